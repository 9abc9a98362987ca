"""Server-Sent Events, beside the frames of WebSocket with the same objects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given

from datasynth.encoding import Format
from tests.blocks import spelt_blocks
from tests.encoding.slices import STREAM_ID, cut, encode, unhurried
from tests.naive import encoding as naive

if TYPE_CHECKING:
    from datasynth.generation.block import Block, Vocabulary


def _object(frame: bytes) -> bytes:
    """The JSON text in a frame."""
    return frame[frame.index(b'{"type"') :]


@unhurried
@given(spelt_blocks())
def test_lines_are_whole_events(spelt: tuple[Vocabulary, Block]) -> None:
    """Each line is one event; its id is the sequence number and the number of the line."""
    words, block = spelt
    frames = map(_object, naive.line_events(words, block, STREAM_ID))
    expected = []
    for text in frames:
        told = json.loads(text)
        expected.append(b"id: %d:%d\nevent: entry\ndata: %s\n\n" % (told["sequence"], told["line"], text))

    encoded = encode(Format.SSE_LINES, words, block)

    assert expected == cut(encoded, encoded.line_offsets)


@unhurried
@given(spelt_blocks())
def test_documents_are_whole_events(spelt: tuple[Vocabulary, Block]) -> None:
    """Each entry is one event; its id is the sequence number."""
    words, block = spelt
    frames = map(_object, naive.document_events(words, block, STREAM_ID))
    expected = [
        b"id: %d\nevent: entry\ndata: %s\n\n" % (json.loads(text)["sequence"], text) for text in frames
    ]

    encoded = encode(Format.SSE_DOCUMENTS, words, block)

    assert expected == cut(encoded, encoded.entry_offsets)
