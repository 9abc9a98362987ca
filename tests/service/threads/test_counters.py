"""Counts and gauges."""

from __future__ import annotations

from datasynth.service.threads.counters import Count, Counters


def test_counts_add_up_with_and_without_labels() -> None:
    """Each combination of labels is a count of its own; the snapshot sums them."""
    counters = Counters()
    counters.add(Count.REQUESTS, labels=(("status", "200"),))
    counters.add(Count.REQUESTS, 2, labels=(("status", "404"),))

    assert 2 == counters.counts()[Count.REQUESTS, (("status", "404"),)]
    assert 3 == counters.snapshot()["requests"]


def test_every_count_is_there_from_the_start() -> None:
    """A count that nothing was added to is zero, not missing."""
    assert {str(count): 0 for count in Count} == Counters().snapshot()


def test_gauges_are_read_when_asked() -> None:
    """A gauge shows what its function returns at the time."""
    counters = Counters()
    level = [1.0]
    counters.gauge("level", lambda: level[0])
    level[0] = 5.0

    assert {"level": 5.0} == counters.gauges()
    assert 5.0 == counters.snapshot()["level"]
