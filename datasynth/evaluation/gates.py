"""A gate: one figure of a data set, what it may be, and the verdict."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Count = int | np.integer[Any]

MANY = 20_000
"""Entries from which shares, correlation, entropy, patterns and concentration are judged."""

BENFORD = 50_000
"""Entries from which first digits are judged."""

DEVIATIONS = 3.0
"""Standard deviations of a share that chance is given on top of a tolerance."""


class Verdict(StrEnum):
    """What is said of a figure."""

    PASS = "pass"  # noqa: S105  # a verdict, no secret
    FAIL = "fail"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Gate:
    """A figure and its bounds.

    Attributes
    ----------
    name
        Group and gate, as ``balance.sides``; fixed, for programs.
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
    """Print a figure: whole numbers with separators, others with four significant decimals."""
    if value is None:
        return "–"
    if isinstance(value, int) or (float(value).is_integer() and abs(value) >= 1_000):  # noqa: PLR2004  # no decimals to lose
        return f"{int(value):,}"
    return f"{value:.4f}" if abs(value) >= 0.01 else f"{value:.5f}"  # noqa: PLR2004  # small shares need a digit more


def no_faults(name: str, faults: NDArray[np.bool_], note: str = "", first: str = "entry") -> Gate:
    """Make the gate of something that must not occur.

    Parameters
    ----------
    name
        Of the gate.
    faults : (n,) bool
        Where it occurs.
    note
        What is counted.
    first
        What the places are, for the note on the first fault.
    """
    found = int(np.count_nonzero(faults))
    if found:
        note = f"{note}; first at {first} {int(np.argmax(faults)):,}" if note else f"first at {first}"
    return Gate(name, found, 0, 0, note)


def count_of_faults(name: str, found: Count, note: str = "") -> Gate:
    """Make the gate of something that must not occur, from how often it does."""
    return Gate(name, int(found), 0, 0, note)


def not_judged(name: str, why: str, figure: float | None = None) -> Gate:
    """Make a gate that is passed over, and say why."""
    return Gate(name, figure, note=why, judged=False)


def chance(expected: float, entries: float) -> float:
    """Return how far a share may stray by chance."""
    p = min(max(expected, 0.0), 1.0)
    return math.sqrt(p * (1.0 - p) / entries) if entries else 0.0


def share_near(
    name: str,
    hits: Count,
    entries: int,
    expected: float,
    tolerance: float,
    deviations: float = DEVIATIONS,
    note: str = "",
) -> Gate:
    """Make the gate of a share that should be near an expected one.

    Parameters
    ----------
    name
        Of the gate.
    hits, entries
        How many of how many.
    expected
        The share that is promised.
    tolerance
        How far from it the share may be, chance aside.
    deviations
        What chance is given. [standard deviations]
    note
        What is counted.
    """
    if not entries:
        return not_judged(name, "there are none")
    margin = tolerance + deviations * chance(expected, entries)
    return Gate(name, float(hits / entries), max(expected - margin, 0.0), min(expected + margin, 1.0), note)


def share_between(name: str, hits: Count, entries: int, low: float, high: float, note: str = "") -> Gate:
    """Make the gate of a share in a range, chance given at both ends."""
    if not entries:
        return not_judged(name, "there are none")
    lowest = low - DEVIATIONS * chance(low, entries)
    highest = high + DEVIATIONS * chance(high, entries)
    return Gate(name, float(hits / entries), max(lowest, 0.0), min(highest, 1.0), note)


def only_from(gates: list[Gate], entries: int, needed: int) -> list[Gate]:
    """Leave gates unjudged, their figures kept, where there are too few entries for them."""
    if entries >= needed:
        return gates
    why = f"judged from {needed:,} entries"
    return [Gate(gate.name, gate.figure, gate.low, gate.high, why, judged=False) for gate in gates]
