"""The arithmetic of the head."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.service.streams.head import SHORTEST_DELAY, Head
from tests.naive.pace import NaivePace


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


def test_pace_of_a_short_life_is_over_the_time_it_took() -> None:
    """A stream that takes four milliseconds has the rate of those, not of a quarter of a second."""
    head = Head(300, None, 5.0, 0.0)
    head.sample(0.25)
    head.meet(1.0)
    head.follow(300)

    assert pytest.approx(75_000.0) == head.pace(1.004)


def test_pace_does_not_count_the_wait() -> None:
    """Before it has begun it has none, and the time of the wait is no time that entries took."""
    head = Head(1_000, None, math.inf, 0.0)
    for tick in range(40):
        head.sample(tick / 4)
    assert 0.0 == head.pace(10.0)
    head.meet(10.0)
    head.follow(100)

    assert 0.0 == head.pace(10.0)
    assert pytest.approx(200.0) == head.pace(10.5)


def test_pace_does_not_count_what_is_skipped() -> None:
    """A reader that begins far above moves the head there, and nobody has passed those entries."""
    head = Head(10_000_000, None, 0.0, 0.0)
    head.jump(9_000_000, 0.5)
    head.follow(9_000_100)

    assert pytest.approx(100.0) == head.pace(1.0)


@given(
    st.floats(0, 3).map(lambda wait: round(wait, 3)),
    st.lists(st.tuples(st.sampled_from([0.004, 0.1, 0.25, 0.9, 1.5]), st.integers(0, 500), st.booleans())),
)
def test_pace_is_what_its_twin_says(wait: float, steps: list[tuple[float, int, bool]]) -> None:
    """However it moves, jumps and is looked at, the pace is that of somebody who remembers everything."""
    head, twin, now, passed = Head(10**9, None, wait, 0.0), NaivePace(wait), 0.0, 0
    for seconds, entries, jumps in steps:
        now += seconds
        head.advance(now)
        if jumps:
            head.jump(head.position + 7_000, now)
        elif head.begun:
            head.follow(head.position + entries)
            passed += entries
        expected = twin.rate(now, passed) if head.begun else 0.0
        assert pytest.approx(expected) == head.pace(now)
        head.sample(now)
        twin.look(now, passed)
