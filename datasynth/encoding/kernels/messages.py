"""Entries as protobuf messages.

The length of a message stands before it.  Room is left for the usual length,
and the few messages whose length takes more or less room are moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.kernels.text import (
    EIGHT,
    ONE,
    SEVEN,
    TWO,
    WordTable,
    move_up,
    put_amount,
    put_date,
    put_uuid,
    put_word,
)
from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.encoding.kernels.records import BlockColumns

# Keys of length-delimited fields: the field's number times eight, plus two.
KEY_1 = np.uint64(0x0A)
KEY_2 = np.uint64(0x12)
KEY_3 = np.uint64(0x1A)
KEY_4 = np.uint64(0x22)

# Columns of the entries and of the lines that `encode_messages` reads.
ID_HIGH = 0
ID_LOW = 1
POSTING_DAY = 2
COMPANY = 3
DECIMALS = 4
ACCOUNT = 0
DEBIT = 1
CREDIT = 2

# Seven bits a byte: 64 bits take ten.
LARGEST_VARINT = 10
LARGEST_7 = np.uint64(127)
MORE = np.uint64(128)


@inlined
def varint_size(number: np.uint64) -> np.uint64:
    """Bytes that a number takes."""
    size = ONE
    while number > LARGEST_7:
        number >>= SEVEN
        size += ONE
    return size


@inlined
def close_field(out: NDArray[np.uint8], start: np.uint64, key: np.uint64, end: np.uint64) -> np.uint64:
    """Write key and length of the field at `start`, whose value begins two bytes on and ends at `end`."""
    value = start + TWO
    size = end - value
    # A length up to 127 takes the one byte that was left for it.
    out[start] = key
    place = start + ONE
    if size > LARGEST_7:
        end = move_up(out, place + varint_size(size), value, end)
    while size > LARGEST_7:
        out[place] = (size & LARGEST_7) | MORE
        size >>= SEVEN
        place += ONE
    out[place] = size
    return end


@inlined
def close_short(out: NDArray[np.uint8], start: np.uint64, key: np.uint64, end: np.uint64) -> np.uint64:
    """Do what `close_field` does for a value that is surely shorter than 128 bytes."""
    out[start] = key
    out[start + ONE] = end - start - TWO
    return end


@inlined
def put_text(out: NDArray[np.uint8], at: np.uint64, key: np.uint64, words: WordTable, word: int) -> np.uint64:
    """Write a string field; an empty string is left out, as proto3 has it."""
    end = put_word(out, at + TWO, words, np.uint64(word))
    if end == at + TWO:
        return at
    return close_field(out, at, key, end)


@inlined
def put_line(
    out: NDArray[np.uint8],
    at: np.uint64,
    words: WordTable,
    account: int,
    lines: NDArray[np.int64],
    line: int,
    decimals: int,
) -> np.uint64:
    """Write one line, whose account is a word, as a field of its entry."""
    field = at
    at = put_text(out, field + TWO, KEY_1, words, account)
    key = KEY_2
    for column in range(DEBIT, CREDIT + 1):
        at = close_short(out, at, key, put_amount(out, at + TWO, lines[line, column], decimals))
        key += EIGHT
    return close_field(out, field, KEY_4, at)


@kernel
def encode_messages(
    out: NDArray[np.uint8],
    words: WordTable,
    first_account: int,
    columns: BlockColumns,
    entry_offsets: NDArray[np.int64],
    payload_offsets: NDArray[np.int64],
) -> int:
    """One message per entry, as an element of ``repeated Entry entries = 1``.

    Parameters
    ----------
    out : uint8, large enough for all messages
    words
        Companies first.
    first_account
        Index of the first account's word.
    columns
        Five columns of entries and three of lines.
    entry_offsets, payload_offsets : (n + 1,) and (n,) int64
        Written: where each element and where each bare message begins.
    """
    entries, lines, first_line = columns
    at = np.uint64(0)
    for entry in range(len(payload_offsets)):
        start = at
        entry_offsets[entry] = start
        at += TWO
        at = close_short(
            out, at, KEY_1, put_uuid(out, at + TWO, entries[entry, ID_HIGH], entries[entry, ID_LOW])
        )
        at = close_short(out, at, KEY_2, put_date(out, at + TWO, entries[entry, POSTING_DAY]))
        at = put_text(out, at, KEY_3, words, entries[entry, COMPANY])
        for line in range(first_line[entry], first_line[entry + 1]):
            account = first_account + lines[line, ACCOUNT]
            at = put_line(out, at, words, account, lines, line, entries[entry, DECIMALS])
        # The size of the bare message, which `close_field` may move.
        size = at - start - TWO
        at = close_field(out, start, KEY_1, at)
        payload_offsets[entry] = at - size
    entry_offsets[-1] = at
    return int(at)
