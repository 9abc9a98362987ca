"""The wait for a first subscriber, duration, and the bounds of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import InternalError, TooManyTriggers
from datasynth.service.blocks.block_layout import SMALL_BLOCK_ENTRIES
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.run import MOST_TRIGGERS
from datasynth.service.streams.status import TriggerRecord
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, one, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def test_waits_for_a_subscriber_and_then_runs_unattended(harness: Harness) -> None:
    """Without subscriber and rate a stream waits five seconds, then generation alone moves the head."""
    stream = harness.start(count=5_000)
    harness.pass_time(4.9)
    assert 0 == stream.advance().current
    harness.pass_time(0.2)
    harness.settle(lambda: stream.advance().state is State.COMPLETED)

    assert 5_000 == stream.advance().current


def test_wait_does_not_count_as_duration(harness: Harness) -> None:
    """The time that a stream waits for its first subscriber is no part of its duration."""
    stream = harness.start(count=5_000)
    harness.pass_time(5.0)
    harness.clock.advance(2.0)

    assert 2_000 == stream.snapshot().duration_ms


def test_progress_subscriber_ends_the_wait(harness: Harness) -> None:
    """A progress reader counts as the first subscriber, and the head then runs free."""
    stream = harness.start(count=5_000)
    stream.attach(ThreadWaker())
    harness.settle(lambda: stream.advance().state is State.COMPLETED)

    assert 1_000.0 == harness.clock.now


def test_pause_halts_the_wait_and_resume_begins_it_anew(harness: Harness) -> None:
    """A pause halts the wait for a first subscriber, and a resume begins it from the start."""
    stream = harness.start(count=5_000)
    harness.pass_time(4.0)
    harness.registry.pause()
    harness.pass_time(60.0)
    harness.registry.resume()
    harness.pass_time(4.9)
    assert 0 == stream.advance().current
    harness.pass_time(0.2)

    harness.settle(lambda: stream.advance().state is State.COMPLETED)


def test_stop_during_the_wait_completes_with_nothing(harness: Harness) -> None:
    """A stop during the wait ends the stream with no entries and no duration."""
    stream = harness.start(count=5_000)
    harness.pass_time(3.0)
    harness.registry.stop()
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        assert cursor.poll() is None
        assert cursor.finished

    status = stream.advance()
    assert (State.STOPPED, 0, 0, 0) == (status.state, status.current, status.end, status.duration_ms)


def test_explicit_wait_holds_with_a_rate_too(harness: Harness) -> None:
    """With a rate there is no wait unless it is asked for, and then it comes first."""
    stream = harness.start(count=5_000, entries_per_second=10, wait_for_subscriber=2)
    harness.pass_time(2.0)
    assert 0 == stream.advance().current
    harness.pass_time(1.0)

    assert 10 == stream.advance().current


def test_log_is_bounded(harness: Harness) -> None:
    """A stream takes a thousand triggers and no more."""
    stream = harness.start(count=5_000, entries_per_second=1)
    filler = TriggerRecord("month_end", 0, 1)
    stream._run.triggers.extend([filler] * (MOST_TRIGGERS - 1))
    harness.registry.trigger("month_end", ThreadWaker())

    with pytest.raises(TooManyTriggers):
        harness.registry.trigger("month_end", ThreadWaker())


def test_rate_of_a_run_that_is_over_is_that_of_its_life(harness: Harness) -> None:
    """A stream of 0.3 s has passed its entries in 0.3 s, whenever it is asked."""
    stream = harness.start(count=300, entries_per_second=1_000)
    harness.pass_time(0.3)
    at_once = stream.advance().rate
    harness.pass_time(60.0)

    assert stream.advance().state is State.COMPLETED
    assert pytest.approx(1_000.0) == at_once == stream.advance().rate


def refuse_later_blocks(first: int) -> None:
    """Break every block but the first."""
    if first >= SMALL_BLOCK_ENTRIES:
        raise ZeroDivisionError(first)


def test_head_follows_the_fastest_reader(harness: Harness) -> None:
    """The head is how far the fastest reader has been served; a slow one lags behind it."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        one(behind, slow)
        assert 0 < stream.advance().current <= 1
        read(ahead, fast, 1_500)
        assert ahead.position == stream.advance().current
        one(behind, slow)
        assert ahead.position == stream.advance().current


def test_reader_above_the_head_moves_it_there(harness: Harness) -> None:
    """A reader whose first entry lies above the head moves it there, even while paused."""
    stream = harness.start(count=5_000)
    harness.registry.pause()
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 3_000, waker) as cursor:
        assert 3_000 == stream.advance().current
        assert cursor.poll() is None
        harness.registry.resume()
        assert encoded(FakeJournal(stream.version.spec.config), 3_000, 3_001) == b"".join(
            [one(cursor, waker) for _ in range(1 + 3_000 % 3)]
        )


@pytest.mark.parametrize("rate", [0.5, 7.0, 10.0, 1_234.5, 100_000.0])
def test_rate_moves_the_head_without_any_reader(harness: Harness, rate: float) -> None:
    """The clock moves the head by the rate, to one per cent, and paused time does not count."""
    stream = harness.start(count=10_000_000, entries_per_second=rate)
    harness.clock.advance(10.3)
    harness.registry.pause()
    harness.clock.advance(1_000.0)
    assert int(10.3 * rate + 1e-6) == stream.advance().current
    harness.registry.resume()
    harness.clock.advance(9.7)

    assert pytest.approx(20.0 * rate, rel=0.01, abs=1) == stream.advance().current


def test_rate_completes_in_time(harness: Harness) -> None:
    """A stream with a rate and nobody there completes when the clock reaches its end."""
    stream = harness.start(count=100, entries_per_second=50)
    harness.pass_time(2.0)

    assert State.COMPLETED is stream.advance().state
    assert pytest.approx(2_000, rel=0.01) == stream.snapshot().duration_ms


def test_rate_of_the_last_second(harness: Harness) -> None:
    """Status tells the head's movement over the last second, and zero once it stands."""
    stream = harness.start(count=100_000, entries_per_second=200)
    harness.pass_time(5.0)
    assert pytest.approx(200, rel=0.01) == stream.advance().rate
    stream.pause()
    harness.pass_time(2.0)

    assert 0 == stream.advance().rate


def test_failing_block_fails_a_running_stream(build: Callable[..., Harness]) -> None:
    """A running stream whose block cannot be made fails for its readers; a replay is an internal error."""
    harness = build(on_block=refuse_later_blocks)
    stream = harness.start(count=3_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker)
        assert cursor.finished
    assert "error" == stream.notices(0)[-1].type
    assert "failed" == stream.advance().state

    stopped = harness.start(count=2 * SMALL_BLOCK_ENTRIES, entries_per_second=1_000)
    harness.clock.advance(3.0)
    harness.registry.stop()
    with stopped.open_cursor(LINES, SMALL_BLOCK_ENTRIES, waker) as cursor, pytest.raises(InternalError):
        read(cursor, waker)


def test_last_reader_leaving_sets_the_head_free(harness: Harness) -> None:
    """When the last entry reader leaves, generation goes on by itself."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
    harness.settle(lambda: stream.advance().state is State.COMPLETED)

    assert 50_000 == stream.snapshot().current


def test_unattended_run_stands_still_while_paused(build: Callable[..., Harness]) -> None:
    """A pause stops generation that nobody reads at once, and submits no further block."""
    computed: list[int] = []
    harness = build(threads=1, on_block=computed.append)
    stream = harness.start(count=10_000_000, wait_for_subscriber=0)
    harness.settle(lambda: stream.advance().current > 0)
    harness.registry.pause()
    head = stream.advance().current
    harness.settle(lambda: harness.services.source.pool.open == 0)
    blocks = len(computed)
    harness.pass_time(1.0)

    assert head == stream.advance().current
    assert blocks == len(computed)
    harness.registry.resume()
    harness.settle(lambda: stream.advance().current > head)
    harness.registry.stop()


def test_free_streams_take_turns(build: Callable[..., Harness]) -> None:
    """Several streams that run free on one thread advance together."""
    harness = build(threads=1)
    first = harness.start(count=10_000_000, wait_for_subscriber=0)
    second = harness.call(10_000_000)
    second.attach(ThreadWaker())
    harness.settle(lambda: second.advance().current > 0)
    begun = first.advance().current, second.advance().current
    harness.settle(lambda: second.advance().current > begun[1] + 100_000)
    gained = first.advance().current - begun[0], second.advance().current - begun[1]

    assert abs(gained[0] - gained[1]) < 0.5 * max(gained)
    assert 2 == harness.registry.stop_all()


def test_entry_reader_after_progress_reader_takes_the_head(harness: Harness) -> None:
    """A reader that joins an unattended run from the first entry gets all, and the head never goes back."""
    stream = harness.start(count=200_000)
    stream.attach(ThreadWaker())
    harness.settle(lambda: stream.advance().current > 0)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        head = stream.advance().current
        data = read(cursor, waker, 2_000)
        assert stream.advance().current >= head
        assert encoded(FakeJournal(stream.version.spec.config), 0, cursor.position) == data


def test_failing_block_fails_an_unattended_run(build: Callable[..., Harness]) -> None:
    """Generation that nobody reads fails its stream as well."""
    harness = build(on_block=refuse_later_blocks)
    stream = harness.start(count=3_000, wait_for_subscriber=0)
    harness.settle(lambda: stream.advance().state == "failed")

    assert SMALL_BLOCK_ENTRIES == stream.snapshot().end
