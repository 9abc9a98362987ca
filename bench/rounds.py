"""Does one piece of work over and over, on one thread or several, and says how fast that went."""

from __future__ import annotations

import statistics
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RUNS = 3
"""Times that everything is measured; the median counts."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was done, or what was done in a second.

    Attributes
    ----------
    entries, lines, bytes
        How many.
    """

    entries: float = 0.0
    lines: float = 0.0
    bytes: float = 0.0

    def plus(self, other: Tally) -> Tally:
        """Add up."""
        return Tally(self.entries + other.entries, self.lines + other.lines, self.bytes + other.bytes)

    def over(self, seconds: float) -> Tally:
        """Divide by a time. [s]"""
        return Tally(self.entries / seconds, self.lines / seconds, self.bytes / seconds)


class Work(Protocol):
    """One piece of work; `turn` counts from 0, and each turn is done once in a run."""

    def __call__(self, turn: int) -> Tally:
        """Do it and tell what was done."""
        ...


def pace(work: Work, threads: int, seconds: float) -> Tally:
    """Measure how much is done in a second.

    Parameters
    ----------
    work
        What to do; called from all threads at once.
    threads
        How many do it.
    seconds
        How long each run lasts. [s]

    Returns
    -------
    Tally
        Per second, summed over the threads; of three runs, the one whose bytes,
        lines and entries lie in the middle.
    """
    work(0)
    return middle([_run(work, threads, seconds) for _ in range(RUNS)])


def middle(tallies: Sequence[Tally]) -> Tally:
    """Return the median run."""
    ranked = sorted(tallies, key=lambda tally: (tally.lines, tally.bytes, tally.entries))
    return ranked[len(ranked) // 2]


def middle_time(work: Callable[[], object], times: int = RUNS) -> float:
    """Return the median time that something takes. [s]"""
    return statistics.median(seconds_of(work) for _ in range(times))


def seconds_of(work: Callable[[], object]) -> float:
    """Do it once and return how long it took. [s]"""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _run(work: Work, threads: int, seconds: float) -> Tally:
    rates: list[Tally] = []
    together = threading.Barrier(threads)

    def take_turns(first: int) -> None:
        done, turn = Tally(), first
        together.wait()
        began = time.perf_counter()
        deadline = began + seconds
        now = began
        while now < deadline:
            done = done.plus(work(turn))
            turn += threads
            now = time.perf_counter()
        rates.append(done.over(now - began))

    workers = [threading.Thread(target=take_turns, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(rates) == threads, "a thread failed"
    total = Tally()
    for rate in rates:
        total = total.plus(rate)
    return total
