"""Frames of clients, and what they are said to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.frame_protocol import FrameProtocol, ParseFailed

from bench.fuzz.dice import Dice
from bench.wire.frames import LIMIT, TOO_BIG, Opcode, Talk, close, frame, masked, random_talk


def _code(talk: Talk) -> int | None:
    """What another reader closes with, which knows no limit."""
    reader = FrameProtocol(client=False, extensions=[])
    reader.receive_bytes(talk.data)
    try:
        for heard in reader.received_frames():
            if isinstance(heard.payload, tuple):
                return int(heard.payload[0])
    except ParseFailed as error:
        return int(error.code)
    return None


@given(st.binary(max_size=300), st.binary(min_size=4, max_size=4))
def test_masking_twice_is_nothing(payload: bytes, mask: bytes) -> None:
    """Each byte of the payload meets its byte of the mask."""
    assert payload == masked(masked(payload, mask), mask)
    assert bytes(b ^ mask[at % 4] for at, b in enumerate(payload)) == masked(payload, mask)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, LIMIT])
def test_a_frame_is_read_as_it_was_meant(size: int) -> None:
    """Another library finds the payload."""
    reader = FrameProtocol(client=False, extensions=[])
    reader.receive_bytes(frame(Opcode.BINARY, b"x" * size))

    assert [b"x" * size] == [heard.payload for heard in reader.received_frames()]


def test_a_close_has_code_and_reason() -> None:
    """Or nothing."""
    assert b"\x88\x80\x01\x02\x03\x04" == close(None)
    assert 4000 == _code(Talk("", close(4000, b"why"), None))


def test_talks_end_as_they_say() -> None:
    """A second judge agrees on every code but that of sizes, which is a server's own affair."""
    talks = [random_talk(Dice(number)) for number in range(1_500)]
    expected = [talk for talk in talks if talk.code not in {None, TOO_BIG}]

    assert not [(talk.kind, talk.code, _code(talk)) for talk in expected if talk.code != _code(talk)]
    assert {"closed", "breach", "mutated", "left"} == {talk.kind for talk in talks}
    assert TOO_BIG in {talk.code for talk in talks}
