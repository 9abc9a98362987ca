"""The end of waiting for a request."""

from __future__ import annotations

from datasynth.transports.rpc.request_timeouts import RequestTimeouts
from tests.transports.rpc.harness import Clock


class Waiting:
    """A call that remembers how its wait ended."""

    def __init__(self) -> None:
        self.ends: list[str] = []

    def time_out(self) -> None:
        self.ends.append("gave up")

    def evict(self) -> None:
        self.ends.append("gave way")


def test_a_request_in_time_ends_the_wait() -> None:
    """Once the message is there nobody waits for it any more."""
    clock, call = Clock(), Waiting()
    timeouts = RequestTimeouts(10.0, clock)

    timeouts.begin(call)
    assert timeouts.end(call)
    clock.now += 1_000
    timeouts.tick()

    assert [] == call.ends
    assert not timeouts.end(call)
    assert len(timeouts) == 0


def test_only_overdue_calls_are_given_up() -> None:
    """The wait ends at its deadline, not before, and for each call at its own."""
    clock, early, late = Clock(), Waiting(), Waiting()
    timeouts = RequestTimeouts(10.0, clock)
    seen = []
    timeouts.begin(early)
    clock.now += 0.5
    timeouts.begin(late)
    for seconds in (9.25, 0.25, 0.5):
        clock.now += seconds
        timeouts.tick()
        seen.append((len(early.ends), len(late.ends)))

    assert [(0, 0), (1, 0), (1, 1)] == seen
    assert early.ends == late.ends == ["gave up"]
    assert not timeouts.end(early)


def test_each_message_is_waited_for_anew() -> None:
    """A conversation may last as long as it goes on."""
    clock, call = Clock(), Waiting()
    timeouts = RequestTimeouts(10.0, clock)
    for _ in range(5):
        timeouts.begin(call)
        clock.now += 6.0
        timeouts.tick()
        assert timeouts.end(call)

    assert [] == call.ends


def test_too_many_calls_are_not_waited_for() -> None:
    """The call that has waited longest makes room for the newest."""
    calls = [Waiting() for _ in range(5)]
    timeouts = RequestTimeouts(most=3)
    for call in calls:
        timeouts.begin(call)

    assert [["gave way"], ["gave way"], [], [], []] == [call.ends for call in calls]
    assert len(timeouts) == 3
