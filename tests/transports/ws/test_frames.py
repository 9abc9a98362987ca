"""Single frames, read by a library that is not ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping, Pong, TextMessage

from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import Notice, NoticeType
from datasynth.transports.ws.frames import (
    CloseCode,
    Opcode,
    close_frame,
    encode_complete,
    encode_metrics,
    encode_notice,
    encode_progress,
    frame,
    text_frame,
)
from tests.transports.ws.fakes import FakeStream


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


def _message(frame: bytes) -> list[tuple[str, Any]]:
    return list(json.loads(frame[frame.index(b"{") :]).items())


def test_progress() -> None:
    """`progress` has the page's keys, and the stream's id."""
    stream = FakeStream(total=8)
    stream.current = 2
    expected = [
        ("type", "progress"),
        ("stream_id", "s1"),
        ("current", 2),
        ("total", 8),
        ("percent", 25.0),
        ("rate", 12.3),
    ]

    assert expected == _message(encode_progress(stream.snapshot()))


@pytest.mark.parametrize(("state", "status"), [(State.COMPLETED, "completed"), (State.STOPPED, "stopped")])
def test_complete(state: State, status: str) -> None:
    """`complete` tells how many entries there were, and whether that is all of them."""
    stream = FakeStream(total=8)
    stream.current = 5
    stream.finish(state)
    expected = [
        ("type", "complete"),
        ("stream_id", "s1"),
        ("total_entries", stream.end),
        ("duration_ms", 1200),
        ("status", status),
    ]

    assert expected == _message(encode_complete(stream.snapshot()))


def test_notice() -> None:
    """An announcement has its sentence and whatever it is about."""
    notice = Notice(4, NoticeType.TRIGGER, "A month end.", {"pattern": "month_end", "entries": 7})
    expected = [
        ("type", "trigger"),
        ("stream_id", "s1"),
        ("message", "A month end."),
        ("pattern", "month_end"),
        ("entries", 7),
    ]

    assert expected == _message(encode_notice("s1", notice))


def test_metrics() -> None:
    """The counters come with a type in front."""
    assert [("type", "metrics"), ("requests", 3)] == _message(encode_metrics({"requests": 3}))
