"""Single frames, read by a library that is not ours."""

from __future__ import annotations

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

from datasynth.transports.ws.frames import (
    CloseCode,
    Opcode,
    close_frame,
    frame,
    text_frame,
)


def _read(data: bytes) -> object:
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(data)
    (event,) = client.events()
    return event


@pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 65_535, 65_536, 100_000])
def test_text(length: int) -> None:
    """A message arrives whole, whichever way its length is written."""
    message = "€" * (length // 3) + "x" * (length % 3)

    assert TextMessage(data=message) == _read(text_frame(message.encode()))


def test_ping_and_pong() -> None:
    """Control frames carry what they are given."""
    assert Ping(payload=b"abc") == _read(frame(Opcode.PING, b"abc"))
    assert Pong(payload=b"") == _read(frame(Opcode.PONG, b""))


def test_close_says_why() -> None:
    """A close frame carries its code and a reason."""
    assert CloseConnection(code=1001, reason="good-bye") == _read(
        close_frame(CloseCode.GOING_AWAY, "good-bye")
    )


def test_close_without_status() -> None:
    """Who closed without a code gets no code back."""
    assert b"\x88\x00" == close_frame(CloseCode.NO_STATUS)
