"""WebSocket frames, beside frames built step by step, and read by a WebSocket library."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from wsproto.frame_protocol import FrameProtocol, Opcode

from datasynth.encoding import Format, make_encoder
from datasynth.generation.block import Vocabulary
from datasynth.ledger.references import ReferenceKind
from tests.blocks import PLAIN, sample_block, spelt_blocks
from tests.encoding.slices import STREAM_ID, cut, encode, unhurried
from tests.naive import encoding as naive

if TYPE_CHECKING:
    from datasynth.generation.block import Block


@unhurried
@given(spelt_blocks())
def test_lines_are_whole_frames(spelt: tuple[Vocabulary, Block]) -> None:
    """Each line is one text frame with the page's five keys in `data`."""
    words, block = spelt

    encoded = encode(Format.WS_LINES, words, block)

    assert naive.line_events(words, block, STREAM_ID) == cut(encoded, encoded.line_offsets)


@unhurried
@given(spelt_blocks())
def test_documents_are_whole_frames(spelt: tuple[Vocabulary, Block]) -> None:
    """Each entry is one text frame with the document in `data`."""
    words, block = spelt

    encoded = encode(Format.WS_DOCUMENTS, words, block)

    assert naive.document_events(words, block, STREAM_ID) == cut(encoded, encoded.entry_offsets)


@pytest.mark.parametrize("lines", [1, 100, 118, 119, 120, 121, 1_000, 3_000])
def test_long_documents_take_longer_headers(lines: int) -> None:
    """Documents on either side of 65,535 bytes, and after them short ones, are all right."""
    block = sample_block([lines, 1, lines, 2])

    encoded = encode(Format.WS_DOCUMENTS, PLAIN, block)

    assert naive.document_events(PLAIN, block, STREAM_ID) == cut(encoded, encoded.entry_offsets)


@pytest.mark.parametrize("surplus", range(-3, 4))
def test_the_largest_payload_of_the_middle_header(surplus: int) -> None:
    """A payload of 65,535 bytes has a length of 16 bits, and one byte more has 64."""
    block = sample_block([1])
    empty = dataclasses.replace(PLAIN, header_texts=("",))
    [shortest] = naive.document_events(empty, block, STREAM_ID)
    size = 65_535 + surplus
    words = dataclasses.replace(PLAIN, header_texts=("x" * (size - len(shortest) + 4),))

    frame = encode(Format.WS_DOCUMENTS, words, block).data.tobytes()

    assert naive.document_events(words, block, STREAM_ID) == [frame]
    assert size + (4 if surplus <= 0 else 10) == len(frame)


def test_a_websocket_library_reads_the_frames() -> None:
    """A run of frames, as a client receives it, is a run of JSON texts."""
    block = sample_block([2, 200, 3])
    protocol = FrameProtocol(client=True, extensions=[])

    protocol.receive_bytes(encode(Format.WS_DOCUMENTS, PLAIN, block).data.tobytes())
    frames = list(protocol.received_frames())

    assert [Opcode.TEXT] * 3 == [frame.opcode for frame in frames]
    assert naive.documents(PLAIN, block) == [json.loads(str(frame.payload))["data"] for frame in frames]


def test_a_stream_id_cannot_break_the_json() -> None:
    """Quotes in a stream's id are escaped like those of any word."""
    block = sample_block([1])

    frame = make_encoder(Format.WS_LINES, PLAIN, 'a"b').encode(block).data.tobytes()

    assert naive.line_events(PLAIN, block, 'a"b') == [frame]


def test_the_shortest_events() -> None:
    """Where all words and the stream's id are empty, headers are still right."""
    empty: dict[str, Any] = {
        field.name: ("",)
        for field in dataclasses.fields(PLAIN)
        if isinstance(getattr(PLAIN, field.name)[0], str)
    }
    kind = ReferenceKind("", 1)
    codes = {"company_currencies": (0,), "currency_decimals": (0,)}
    words = Vocabulary(**{**empty, **codes, "reference_kinds": (kind,), "batch_kind": kind})
    block = sample_block([1, 1], words=words)

    frames = make_encoder(Format.WS_LINES, words, "").encode(block).data.tobytes()

    assert b"".join(naive.line_events(words, block, "")) == frames
