"""The longest message, held to at headers."""

from __future__ import annotations

import pytest
from wsproto.frame_protocol import FrameProtocol, ParseFailed

from bench.wire.frames import Opcode, frame, header
from datasynth.transports.ws.message_limit import MessageLimit

MOST = 1_000
TEXT, MORE, PING = Opcode.TEXT, Opcode.CONTINUATION, Opcode.PING


def _code(data: bytes, step: int) -> int | None:
    """What frames are refused with, when they come so many bytes at a time."""
    reader = FrameProtocol(client=False, extensions=[MessageLimit(MOST)])
    try:
        for start in range(0, len(data), step):
            reader.receive_bytes(data[start : start + step])
            list(reader.received_frames())
    except ParseFailed as error:
        return int(error.code)
    return None


@pytest.mark.parametrize("step", [1, 7, 5_000])
@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"a" * MOST),
        frame(TEXT, b"a" * MOST) * 3,
        frame(TEXT, b"a" * (MOST - 1), fin=False) + frame(MORE, b"b") + frame(TEXT, b"a" * MOST),
        frame(TEXT, b"a" * MOST, fin=False) + frame(PING, b"c" * 125) + frame(MORE),
    ],
    ids=["one", "three", "parts", "ping"],
)
def test_what_fits(data: bytes, step: int) -> None:
    """A message of the longest, whole or in parts, again and again; pings are none of it."""
    assert _code(data, step) is None


@pytest.mark.parametrize("step", [1, 7, 5_000])
@pytest.mark.parametrize(
    "data",
    [
        header(TEXT, MOST + 1),
        header(TEXT, 1 << 40)[:-4],
        frame(TEXT, b"a" * MOST, fin=False) + header(MORE, 1),
        frame(TEXT, b"a" * MOST, fin=False) + frame(PING, b"c" * 125) + header(MORE, 1),
        frame(TEXT, b"a" * 600, fin=False) + frame(MORE, b"b" * 400, fin=False) + header(MORE, 1),
    ],
    ids=["one", "maskless", "parts", "ping", "three"],
)
def test_what_does_not(data: bytes, step: int) -> None:
    """The header is enough to know, before anything of the payload has come."""
    assert 1009 == _code(data, step)


def test_it_is_never_offered() -> None:
    """No peer hears of it."""
    assert not MessageLimit(MOST).offer()
