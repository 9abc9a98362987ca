"""The messages about a stream."""

from __future__ import annotations

import json
from typing import Any

import pytest

from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import Notice, NoticeType
from datasynth.transports.events.messages import (
    complete_message,
    metrics_message,
    notice_message,
    progress_message,
)
from tests.transports.events.fakes import FakeStream


def _items(message: bytes) -> list[tuple[str, Any]]:
    return list(json.loads(message).items())


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

    assert expected == _items(progress_message(stream.snapshot()))


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

    assert expected == _items(complete_message(stream.snapshot()))


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

    assert expected == _items(notice_message("s1", notice))


def test_metrics() -> None:
    """The counters come with a type in front."""
    assert [("type", "metrics"), ("requests", 3)] == _items(metrics_message({"requests": 3}))
