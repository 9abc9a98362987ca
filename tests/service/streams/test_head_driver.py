"""What moves the head: readers, the clock, and what breaks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import InternalError
from datasynth.service.journals.version import BLOCK_ENTRIES
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, one, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def refuse_later_blocks(first: int) -> None:
    """Break every block but the first."""
    if first >= BLOCK_ENTRIES:
        raise ZeroDivisionError(first)


def test_head_follows_the_fastest_reader(harness: Harness) -> None:
    """The head is how far the fastest reader has been served; a slow one lags behind it."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        one(behind, slow)
        assert 0 < stream.current <= 1
        read(ahead, fast, 1_500)
        assert ahead.position == stream.current
        one(behind, slow)
        assert ahead.position == stream.current


def test_reader_above_the_head_moves_it_there(harness: Harness) -> None:
    """A reader whose first entry lies above the head moves it there, even while paused."""
    stream = harness.start(count=5_000)
    harness.registry.pause()
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 3_000, waker) as cursor:
        assert 3_000 == stream.current
        assert cursor.poll() is None
        harness.registry.resume()
        assert encoded(FakeJournal(stream.config), 3_000, 3_001) == b"".join(
            [one(cursor, waker) for _ in range(1 + 3_000 % 3)]
        )


@pytest.mark.parametrize("rate", [0.5, 7.0, 10.0, 1_234.5, 100_000.0])
def test_rate_moves_the_head_without_any_reader(harness: Harness, rate: float) -> None:
    """The clock moves the head by the rate, to one per cent, and paused time does not count."""
    stream = harness.start(count=10_000_000, entries_per_second=rate)
    harness.clock.advance(10.3)
    harness.registry.pause()
    harness.clock.advance(1_000.0)
    assert int(10.3 * rate + 1e-6) == stream.current
    harness.registry.resume()
    harness.clock.advance(9.7)

    assert pytest.approx(20.0 * rate, rel=0.01, abs=1) == stream.current


def test_rate_completes_in_time(harness: Harness) -> None:
    """A stream with a rate and nobody there completes when the clock reaches its end."""
    stream = harness.start(count=100, entries_per_second=50)
    harness.pass_time(2.0)

    assert State.COMPLETED is stream.state
    assert pytest.approx(2_000, rel=0.01) == stream.duration_ms


def test_rate_of_the_last_second(harness: Harness) -> None:
    """Status tells the head's movement over the last second, and zero once it stands."""
    stream = harness.start(count=100_000, entries_per_second=200)
    harness.pass_time(5.0)
    assert pytest.approx(200, rel=0.01) == stream.status().rate
    stream.pause()
    harness.pass_time(2.0)

    assert 0 == stream.status().rate


def test_failing_block_fails_a_running_stream(build: Callable[..., Harness]) -> None:
    """A running stream whose block cannot be made fails for its readers; a replay is an internal error."""
    harness = build(on_block=refuse_later_blocks)
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker)
        assert cursor.finished
    assert "error" == stream.notices(0)[-1].type
    assert "failed" == stream.state

    stopped = harness.start(count=2 * BLOCK_ENTRIES, entries_per_second=1_000)
    harness.clock.advance(3.0)
    harness.registry.stop()
    with stopped.open_cursor(LINES, BLOCK_ENTRIES, waker) as cursor, pytest.raises(InternalError):
        read(cursor, waker)
