"""What a stream says about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.threads.waker import ThreadWaker

if TYPE_CHECKING:
    from tests.service.harness import Harness


def test_status_in_the_middle(harness: Harness) -> None:
    """A running stream tells where it is, since when, how fast, and what was triggered."""
    stream = harness.start(count=993, entries_per_second=100, wait_for_subscriber=1)
    harness.pass_time(3.5)
    harness.registry.pause()
    harness.registry.trigger("month_end", ThreadWaker())
    harness.pass_time(1.0)
    status = stream.advance().as_dict()

    expected = {
        "stream_id": stream.id,
        "kind": "rest",
        "state": "paused",
        "paused_by": ["user"],
        "current": 250,
        "total": 1_001,
        "percent": 24.98,
        "rate": 0.0,
        "created_at": "2024-05-01T00:00:00.000+00:00",
        "started_at": "2024-05-01T00:00:01.000+00:00",
        "ended_at": None,
        "duration_ms": 3_500,
        "triggers": [{"pattern": "month_end", "at_sequence": 250, "entries": 8}],
        "entries_per_second": 100,
        "error": None,
    }
    assert expected == status


def test_status_of_an_ended_stream(harness: Harness) -> None:
    """A stream that has ended keeps its end and its duration."""
    stream = harness.start(count=1_000, entries_per_second=100)
    harness.pass_time(2.0)
    harness.registry.stop()
    harness.pass_time(50.0)
    status = stream.advance()

    assert (200, 200, 1_000, 2_000) == (status.current, status.end, status.total, status.duration_ms)
    assert "2024-05-01T00:00:02.000+00:00" == status.as_dict()["ended_at"]
