"""Entries as protobuf messages.

The length of a message stands before it.  Room is left for the usual length,
and the few messages whose length takes more or less room are moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.kernels.inlined import inlined
from datasynth.encoding.kernels.text import (
    EIGHT,
    ONE,
    SEVEN,
    TWO,
    move_up,
    put_amount,
    put_bytes,
    put_date,
    put_uuid,
)
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
def put_word(
    out: NDArray[np.uint8],
    at: np.uint64,
    key: np.uint64,
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
    word: int,
) -> np.uint64:
    """Write a string field; an empty string is left out, as proto3 has it."""
    start = np.uint64(starts[np.uint64(word)])
    stop = np.uint64(starts[np.uint64(word) + ONE])
    if stop == start:
        return at
    return close_field(out, at, key, put_bytes(out, at + TWO, words, start, stop))


@inlined
def put_line(
    out: NDArray[np.uint8],
    at: np.uint64,
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
    first_account: int,
    lines: NDArray[np.int64],
    line: int,
    decimals: int,
) -> np.uint64:
    """Write one line as a field of its entry."""
    field = at
    at = put_word(out, field + TWO, KEY_1, words, starts, first_account + lines[line, ACCOUNT])
    key = KEY_2
    for column in range(DEBIT, CREDIT + 1):
        at = close_short(out, at, key, put_amount(out, at + TWO, lines[line, column], decimals))
        key += EIGHT
    return close_field(out, field, KEY_4, at)


@kernel
def encode_messages(
    out: NDArray[np.uint8],
    words: NDArray[np.uint8],
    starts: NDArray[np.int64],
    first_account: int,
    entries: NDArray[np.int64],
    lines: NDArray[np.int64],
    first_line: NDArray[np.int64],
    entry_offsets: NDArray[np.int64],
    payload_offsets: NDArray[np.int64],
) -> int:
    """One message per entry, as an element of ``repeated Entry entries = 1``.

    Parameters
    ----------
    out : uint8, large enough for all messages
    words, starts : uint8, int64
        Word ``i`` is ``words[starts[i]:starts[i + 1]]``; companies first.
    first_account
        Index of the first account's word.
    entries, lines : (n, 5) and (m, 3) int64
    first_line : (n + 1,) int64
    entry_offsets, payload_offsets : (n + 1,) and (n,) int64
        Written: where each element and where each bare message begins.
    """
    at = np.uint64(0)
    for entry in range(len(payload_offsets)):
        start = at
        entry_offsets[entry] = start
        at += TWO
        at = close_short(
            out, at, KEY_1, put_uuid(out, at + TWO, entries[entry, ID_HIGH], entries[entry, ID_LOW])
        )
        at = close_short(out, at, KEY_2, put_date(out, at + TWO, entries[entry, POSTING_DAY]))
        at = put_word(out, at, KEY_3, words, starts, entries[entry, COMPANY])
        for line in range(first_line[entry], first_line[entry + 1]):
            at = put_line(out, at, words, starts, first_account, lines, line, entries[entry, DECIMALS])
        size = at - start - TWO
        at = close_field(out, start, KEY_1, at)
        payload_offsets[entry] = at - size
    entry_offsets[-1] = at
    return int(at)
