"""Messages about a stream: their keys, in order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import Notice, NoticeType
from datasynth.transports.ws.encode import (
    encode_complete,
    encode_metrics,
    encode_notice,
    encode_progress,
)
from tests.transports.ws.fakes import FakeStream


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

    assert expected == _message(encode_progress(stream.status()))


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

    assert expected == _message(encode_complete(stream.status()))


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
