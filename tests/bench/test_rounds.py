"""What is measured has been done, and the median counts."""

from __future__ import annotations

import threading

import pytest

from bench.rounds import Tally, middle, pace


def test_every_turn_is_done_once_in_a_run() -> None:
    """Threads share the turns out among themselves."""
    lock = threading.Lock()
    turns: list[int] = []

    def work(turn: int) -> Tally:
        with lock:
            turns.append(turn)
        return Tally(entries=1, lines=3)

    done = pace(work, threads=2, seconds=0.02)

    # Three runs begin with the turns 0 and 1; before them, one turn warms up.
    assert (4, 3) == (turns.count(0), turns.count(1))
    assert done.entries > 0
    assert done.lines == pytest.approx(done.entries * 3)


def test_the_median_run_counts() -> None:
    """One slow or fast run changes nothing."""
    assert Tally(lines=5) == middle([Tally(lines=900), Tally(lines=1), Tally(lines=5)])
