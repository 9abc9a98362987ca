"""Protobuf messages, beside those of the protobuf library."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from datasynth.encoding import Format
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.slices import cut, encode, unhurried
from tests.naive import encoding as naive

if TYPE_CHECKING:
    from datasynth.encoding import Encoded
    from datasynth.generation.block import Block, Vocabulary


def payloads(encoded: Encoded) -> list[bytes]:
    """The bare messages of an encoded block."""
    assert encoded.payload_offsets is not None
    data = encoded.data.tobytes()
    ends = encoded.entry_offsets[1:].tolist()
    return [data[first:last] for first, last in zip(encoded.payload_offsets.tolist(), ends, strict=True)]


def element(payload: bytes) -> bytes:
    """A message as an element of field 1: key, length, message."""
    size, length = len(payload), b""
    while size > 127:
        length += bytes([size & 127 | 128])
        size >>= 7
    return b"\x0a" + length + bytes([size]) + payload


@unhurried
@given(spelt_blocks())
def test_messages_are_what_the_library_writes(spelt: tuple[Vocabulary, Block]) -> None:
    """Each bare message is byte for byte that of the library, empty strings left out."""
    words, block = spelt

    encoded = encode(Format.PROTOBUF, words, block)

    expected = naive.messages(words, block)
    assert expected == payloads(encoded)
    assert [element(message) for message in expected] == cut(encoded, encoded.entry_offsets)
    assert encoded.line_offsets is None


@pytest.mark.parametrize("lines", [1, 2, 3, 100, 500, 1_000])
def test_lengths_of_every_size(lines: int) -> None:
    """Entries whose lengths take one to three bytes stand beside each other."""
    block = sample_block([lines, 1, lines, 2])

    encoded = encode(Format.PROTOBUF, PLAIN, block)

    assert [element(message) for message in naive.messages(PLAIN, block)] == cut(
        encoded, encoded.entry_offsets
    )


@pytest.mark.parametrize("letters", [0, 1, 90, 100, 127, 128, 200, 20_000])
def test_words_of_every_size(letters: int) -> None:
    """Account numbers and company codes may be empty or longer than one byte can say."""
    word = "x" * letters
    words = dataclasses.replace(PLAIN, accounts=(word, "1"), companies=("1", word))
    block = sample_block([3, 2, 4], words=words)

    assert naive.messages(words, block) == payloads(encode(Format.PROTOBUF, words, block))
