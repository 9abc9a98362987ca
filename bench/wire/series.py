"""One attempt after the other, by several clients at once, until the time is over."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice
from typing import TYPE_CHECKING, NamedTuple

from bench.wire.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CLIENTS = 4
"""How many clients there are at once."""

SERIES = 1_000_000
"""How many attempts there are of one seed, at most."""

_AHEAD = 16 * CLIENTS


class Tried(NamedTuple):
    """What came of one attempt: its kind, what was answered, and what a server must not do."""

    kind: str
    answers: Sequence[str]
    faults: Sequence[str]


def run_series(
    protocol: str, attempt: Callable[[int], Tried], seconds: float, seed: int, most: int = SERIES
) -> Report:
    """Make the attempts of a seed.

    Parameters
    ----------
    protocol
        Name for the report.
    attempt
        Makes the attempt of a number; equal numbers give equal attempts.
    seconds
        When to begin none any more. [s]
    seed
        Which ones.
    most
        How many at most.
    """
    report = Report(protocol)
    end = time.monotonic() + seconds
    numbers = islice(count(seed * SERIES), most)
    with ThreadPoolExecutor(CLIENTS) as clients:
        while time.monotonic() < end and (some := list(islice(numbers, _AHEAD))):
            for number, tried in zip(some, clients.map(attempt, some), strict=True):
                report.sent[tried.kind] += 1
                report.answers.update(tried.answers)
                report.faults += [f"{number}: {fault}" for fault in tried.faults]
    return report
