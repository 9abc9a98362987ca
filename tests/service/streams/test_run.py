"""The wait for a first subscriber, duration, and the bounds of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import TooManyTriggers
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.run import MOST_TRIGGERS
from datasynth.service.streams.status import TriggerRecord
from datasynth.service.threads.waker import ThreadWaker
from tests.service.harness import LINES

if TYPE_CHECKING:
    from tests.service.harness import Harness


def test_waits_for_a_subscriber_and_then_runs_free(harness: Harness) -> None:
    """Without subscriber and rate a stream waits five seconds, then generation alone moves the head."""
    stream = harness.start(count=5_000)
    harness.pass_time(4.9)
    assert 0 == stream.current
    harness.pass_time(0.2)
    harness.settle(lambda: stream.state is State.COMPLETED)

    assert 5_000 == stream.current


def test_wait_does_not_count_as_duration(harness: Harness) -> None:
    """The time that a stream waits for its first subscriber is no part of its duration."""
    stream = harness.start(count=5_000)
    harness.pass_time(5.0)
    harness.clock.advance(2.0)

    assert 2_000 == stream.duration_ms


def test_progress_subscriber_ends_the_wait(harness: Harness) -> None:
    """A progress reader counts as the first subscriber, and the head then runs free."""
    stream = harness.start(count=5_000)
    stream.attach(ThreadWaker())
    harness.settle(lambda: stream.state is State.COMPLETED)

    assert 1_000.0 == harness.clock.now


def test_pause_halts_the_wait_and_resume_begins_it_anew(harness: Harness) -> None:
    """A pause halts the wait for a first subscriber, and a resume begins it from the start."""
    stream = harness.start(count=5_000)
    harness.pass_time(4.0)
    harness.registry.pause()
    harness.pass_time(60.0)
    harness.registry.resume()
    harness.pass_time(4.9)
    assert 0 == stream.current
    harness.pass_time(0.2)

    harness.settle(lambda: stream.state is State.COMPLETED)


def test_stop_during_the_wait_completes_with_nothing(harness: Harness) -> None:
    """A stop during the wait ends the stream with no entries and no duration."""
    stream = harness.start(count=5_000)
    harness.pass_time(3.0)
    harness.registry.stop()
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        assert cursor.poll() is None
        assert cursor.finished

    status = stream.status()
    assert (State.STOPPED, 0, 0, 0) == (status.state, status.current, status.end, status.duration_ms)


def test_explicit_wait_holds_with_a_rate_too(harness: Harness) -> None:
    """With a rate there is no wait unless it is asked for, and then it comes first."""
    stream = harness.start(count=5_000, entries_per_second=10, wait_for_subscriber=2)
    harness.pass_time(2.0)
    assert 0 == stream.current
    harness.pass_time(1.0)

    assert 10 == stream.current


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
    at_once = stream.status().rate
    harness.pass_time(60.0)

    assert stream.state is State.COMPLETED
    assert pytest.approx(1_000.0) == at_once == stream.status().rate
