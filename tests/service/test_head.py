"""The arithmetic of the head."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.service.head import SHORTEST_DELAY, Head


def test_waits_and_then_begins_on_time() -> None:
    """The wait ends at its exact moment, however late somebody looks."""
    head = Head(100, None, 5.0, 0.0)
    head.advance(4.9)
    assert not head.begun
    head.advance(7.0)

    assert 5.0 == head.begun_at


def test_endless_wait_is_ended_by_a_subscriber_alone() -> None:
    """A wait without end has no foreseeable event, and a subscriber ends it."""
    head = Head(100, None, math.inf, 0.0)
    head.advance(1e9)
    assert (False, None) == (head.begun, head.next_event(1e9))
    head.meet(1e9)

    assert 1e9 == head.begun_at


def test_subscriber_during_a_pause_spares_the_wait_afterwards() -> None:
    """Whoever comes while the wait is halted has come: after the pause there is nothing to wait for."""
    head = Head(100, None, 5.0, 0.0)
    head.pause(1.0)
    head.meet(2.0)
    assert not head.begun
    head.resume(3.0)

    assert 3.0 == head.begun_at


@given(
    rate=st.floats(0.1, 1e6),
    steps=st.lists(st.tuples(st.floats(0.0, 10.0), st.booleans()), max_size=30),
)
def test_rate_counts_active_time_alone(rate: float, steps: list[tuple[float, bool]]) -> None:
    """However running and paused times alternate, the head is the running time by the rate."""
    head = Head(10**12, rate, 0.0, 0.0)
    now = active = 0.0
    before = 0
    for seconds, paused in steps:
        if paused:
            head.pause(now)
            head.resume(now + seconds)
        else:
            active += seconds
        now += seconds
        head.advance(now)
        assert head.position >= before
        before = head.position

    assert pytest.approx(active * rate, rel=1e-6, abs=1.001) == head.position


def test_frozen_head_stands_and_catches_up() -> None:
    """While it is frozen nothing moves the head; afterwards the rate's clock has gone on."""
    head = Head(1_000, 10.0, 0.0, 0.0)
    head.advance(1.0)
    head.frozen = True
    head.advance(3.0)
    assert (10, None) == (head.position, head.delay(10, 3.0))
    head.frozen = False
    head.advance(3.0)

    assert 30 == head.position


def test_delay_is_the_time_to_the_entry() -> None:
    """A reader is told exactly when its entry comes, but never less than a hundredth of a second."""
    head = Head(1_000, 10.0, 0.0, 0.0)
    assert pytest.approx(0.1) == head.delay(0, 0.0)
    assert pytest.approx(0.05) == head.delay(0, 0.05)
    assert SHORTEST_DELAY == head.delay(0, 0.0999)
    assert pytest.approx(1.0) == head.delay(9, 0.0)


def test_next_event_is_the_end_of_the_wait_or_of_the_stream() -> None:
    """The ticker is told when the wait ends, then when the clock reaches the end, and nothing in a pause."""
    head = Head(100, 10.0, 2.0, 0.0)
    assert 2.0 == head.next_event(0.0)
    head.advance(2.0)
    assert pytest.approx(10.0) == head.next_event(2.0)
    head.pause(3.0)

    assert head.next_event(3.0) is None


def test_head_never_passes_the_total() -> None:
    """Neither the clock nor a reader moves it past the end, which a trigger can move."""
    head = Head(100, None, 0.0, 0.0)
    head.follow(1_000)
    assert 100 == head.position
    head.total = 107
    head.jump(107, 1.0)

    assert 107 == head.position


def test_clock_stands_above_readers() -> None:
    """With a rate, what readers take does not move the head."""
    head = Head(100, 10.0, 0.0, 0.0)
    head.follow(50)

    assert 0 == head.position


def test_pace_is_that_of_the_last_second() -> None:
    """The pace forgets what was before the last second, and is nothing when the head stands."""
    head = Head(10_000, None, 0.0, 0.0)
    for tick in range(1, 9):
        head.follow(100 * tick if tick <= 4 else 400 + 50 * (tick - 4))
        head.sample(tick / 4)
    assert pytest.approx(200.0) == head.pace(2.0)

    assert 0.0 == head.pace(10.0)
