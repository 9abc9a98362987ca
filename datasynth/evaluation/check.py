"""A check: one figure of a data set, what it may be, and the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from datasynth.evaluation.arrays import Truths

    Count = int | np.integer[Any]

MANY = 20_000
"""Entries from which shares, correlation, entropy, patterns and concentration are judged."""

BENFORD = 50_000
"""Entries from which first digits are judged."""

DEVIATIONS = 3.0
"""Standard deviations of a share that chance is given on top of a tolerance."""


NORMAL = 100
"""Mean from which a Poisson number is about a normal one."""


class Verdict(StrEnum):
    """What is said of a figure."""

    PASS = "pass"  # noqa: S105  # a verdict, no secret
    FAIL = "fail"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Check:
    """A figure and its bounds.

    Attributes
    ----------
    name
        Group and check, as ``balance.sides``; fixed, for programs.
    figure
        What was found; None where nothing could be.
    low, high
        What it may be, both included; None for no bound.
    note
        One line for a person: what is counted, where the first fault is, why it is not judged.
    judged
        Whether the figure counts.
    """

    name: str
    figure: float | None
    low: float | None = None
    high: float | None = None
    note: str = ""
    judged: bool = True

    @property
    def group(self) -> str:
        """What the name begins with."""
        return self.name.partition(".")[0]

    @property
    def verdict(self) -> Verdict:
        """Pass, fail or not judged; a figure that is no number fails."""
        if not self.judged or self.figure is None:
            return Verdict.NOT_JUDGED
        above = self.low is None or self.figure >= self.low
        below = self.high is None or self.figure <= self.high
        return Verdict.PASS if above and below else Verdict.FAIL

    @property
    def bounds(self) -> str:
        """The bounds in words, as ``≤ 0.006``."""
        if self.low is None and self.high is None:
            return "reported"
        if self.low == self.high:
            return f"= {number(self.low)}"
        if self.low is None:
            return f"≤ {number(self.high)}"
        if self.high is None:
            return f"≥ {number(self.low)}"
        return f"{number(self.low)} … {number(self.high)}"


def number(value: float | None) -> str:
    """Print a figure: whole numbers with separators, others with four decimals, below 0.01 with five."""
    if value is None:
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) >= 1_000):  # noqa: PLR2004  # no decimals to lose
        return f"{int(value):,}"
    return f"{value:.4f}" if abs(value) >= 0.01 else f"{value:.5f}"  # noqa: PLR2004  # small shares need a digit more


def no_fault(name: str, faults: Truths | Count, note: str) -> Check:
    """Check that something does not occur.

    Parameters
    ----------
    faults : (n,) bool, or a number
        The entries in which it occurs, or how often it does.
    """
    if not isinstance(faults, np.ndarray):
        return Check(name, int(faults), 0, 0, note)
    found = int(np.count_nonzero(faults))
    first = f"; first at entry {int(np.argmax(faults)):,}" if found else ""
    return Check(name, found, 0, 0, f"{note}{first}")


def no_faults(*faults: tuple[str, Truths | Count, str]) -> list[Check]:
    """Check that none of several things occurs, each as `no_fault` takes it."""
    return [no_fault(*fault) for fault in faults]


def not_judged(name: str, why: str, figure: float | None = None) -> Check:
    """Pass over a check, and say why."""
    return Check(name, figure, note=why, judged=False)


def chance(expected: float, entries: float) -> float:
    """Return the standard deviation of a share of so many entries: that of a binomial distribution."""
    p = min(max(expected, 0.0), 1.0)
    return math.sqrt(p * (1.0 - p) / entries) if entries else 0.0


def most_of_rare(expected: float, chance: float) -> int:
    """Return the least number that a Poisson number of a mean exceeds with less than some chance.

    Three standard deviations will not do: of a mean of 0.05 they are exceeded in one of twenty data sets.
    From a mean of `NORMAL` on, a normal number is near enough.
    """
    if expected >= NORMAL:
        return math.ceil(expected + NormalDist().inv_cdf(1.0 - chance) * math.sqrt(expected))
    left, part, most = -math.expm1(-expected), math.exp(-expected), 0
    while left >= chance:
        most += 1
        part *= expected / most
        left -= part
    return most


def share_near(
    name: str,
    hits: Count,
    entries: int,
    expected: float,
    tolerance: float,
    deviations: float = DEVIATIONS,
    note: str = "",
) -> Check:
    """Check that a share, so many hits of so many entries, is near an expected one.

    Parameters
    ----------
    tolerance
        How far from it the share may be, chance aside.
    deviations
        What chance is given. [standard deviations]
    """
    if not entries:
        return not_judged(name, "none in the data")
    margin = tolerance + deviations * chance(expected, entries)
    return Check(name, float(hits / entries), max(expected - margin, 0.0), min(expected + margin, 1.0), note)


def share_between(name: str, hits: Count, entries: int, low: float, high: float, note: str = "") -> Check:
    """Check that a share is in a range; chance is given at both ends."""
    if not entries:
        return not_judged(name, "none in the data")
    lowest = low - DEVIATIONS * chance(low, entries)
    highest = high + DEVIATIONS * chance(high, entries)
    return Check(name, float(hits / entries), max(lowest, 0.0), min(highest, 1.0), note)


def only_from(needed: int, entries: int, *checks: Check) -> list[Check]:
    """Leave checks unjudged, their figures kept, where there are fewer entries than they need."""
    if entries >= needed:
        return [*checks]
    return [replace(check, note=f"checked from {needed:,} entries", judged=False) for check in checks]
