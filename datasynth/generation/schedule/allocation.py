"""Whole numbers of entries and cases for companies and processes."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_MILLION = 1_000_000
_PHASE_BITS = 63
_INT64_MOST = (1 << _PHASE_BITS) - 1


def apportion(total: int, shares: Sequence[int], phase: int) -> list[int]:
    """Divide a whole number by systematic rounding of one cumulative list.

    Rounding each share by itself would lose small ones altogether; with one
    cumulative list and one phase every share comes out within one of its due.

    Parameters
    ----------
    total
        What to divide.
    shares
        Non-negative weights, not all 0.
    phase
        Where the first boundary falls; 0 … sum(shares) - 1.

    Returns
    -------
    list of int
        One for each share; they sum to `total`.
    """
    whole = sum(shares)
    bounds = [0, *((total * upto + phase) // whole for upto in accumulate(shares))]
    bounds[-1] = total
    return [max(high - low, 0) for low, high in pairwise(bounds)]


def exact(share: float) -> Fraction:
    """Return the decimal number that a share is written as: 0.1 is a tenth, whatever its binary value."""
    return Fraction(repr(share))


def whole_parts(weights: Sequence[float]) -> list[int]:
    """Turn weights into whole numbers in the same proportion, so that what follows is exact.

    Parameters
    ----------
    weights
        Non-negative; as small, and as different from one another, as numbers can be.

    Returns
    -------
    list of int
        Millionths, or finer parts where some weight has more than six decimals;
        what is above 0 stays above 0.
    """
    shares = [exact(weight) for weight in weights]
    unit = lcm(_MILLION, *(share.denominator for share in shares))
    return [int(share * unit) for share in shares]


def phase_within(phase: int, whole: int) -> int:
    """Return where the first boundary of `apportion` falls, for a phase of 63 bits.

    Parameters
    ----------
    phase
        0 … 2^63 - 1.
    whole
        Sum of the shares.
    """
    return phase % whole if whole <= _INT64_MOST else phase * whole >> _PHASE_BITS


def spread(total: int, weights: NDArray[np.int64], phase: int) -> NDArray[np.int64]:
    """Spread a whole number over days by their weights.

    Parameters
    ----------
    total
        What to spread; times the sum of the weights below 2^63.
    weights : (days,) int64
        Day weights, not all 0.
    phase
        Any non-negative number; shifts the rounding.

    Returns
    -------
    (days + 1,) int64
        Cumulative: ``result[d]`` are due before day ``d``; the last is `total`.
    """
    whole = int(np.add.accumulate(weights)[-1])
    reached = np.concatenate([[0], np.add.accumulate(weights)])
    return (total * reached + phase % whole) // whole


def deal(upto: NDArray[np.int64], totals: Sequence[int], phases: Sequence[int]) -> NDArray[np.int64]:
    """Deal items to series evenly, as a tree of two-way Bresenham merges.

    Parameters
    ----------
    upto : (n,) int64
        Numbers of items dealt by certain points; never falling, at most ``sum(totals)``.
    totals
        How many items each series gets in the end.
    phases
        A non-negative number for each series but the last; shifts the rounding.

    Returns
    -------
    (n, series) int64
        How many items each series has by each point; rows sum to `upto`.
    """
    dealt = np.empty((len(upto), len(totals)), dtype=np.int64)
    pending = [(0, len(totals), upto)]
    while pending:
        low, high, items = pending.pop()
        if high - low == 1:
            dealt[:, low] = items
            continue
        middle = (low + high) // 2
        left = sum(totals[low:middle])
        whole = left + sum(totals[middle:high])
        taken = _fraction(items, left, whole, phases[middle - 1])
        pending.append((low, middle, taken))
        pending.append((middle, high, items - taken))
    return dealt


def _fraction(items: NDArray[np.int64], part: int, whole: int, phase: int) -> NDArray[np.int64]:
    """Return ``(items * part + phase) // whole``, in wide integers where 64 bits do not do."""
    if whole == 0:
        return np.zeros_like(items)
    offset = phase % whole
    if whole * part + offset <= _INT64_MOST:
        return (items * part + offset) // whole
    wide = [(int(item) * part + offset) // whole for item in items]
    return np.array(wide, dtype=np.int64)
