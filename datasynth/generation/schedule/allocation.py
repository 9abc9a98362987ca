"""Whole numbers of entries and cases for companies, processes, days and series."""

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


def exact(share: float) -> Fraction:
    """Return the decimal number that a share is written as: 0.1 is a tenth, whatever its binary value."""
    return Fraction(repr(share))


def integer_weights(weights: Sequence[float]) -> list[int]:
    """Turn weights into whole numbers in the same proportion, so that what follows is exact.

    They are millionths, or finer parts where some weight has more than six decimals;
    what is above 0 stays above 0.
    """
    shares = [exact(weight) for weight in weights]
    unit = lcm(_MILLION, *(share.denominator for share in shares))
    return [int(share * unit) for share in shares]


def apportion(total: int, weights: Sequence[int], phase: int) -> list[int]:
    """Divide a whole number by weights, by systematic rounding of one cumulative list.

    Rounding each part by itself would lose small ones altogether; with one
    cumulative list and one phase every part comes out within one of its due.
    Weights are at least 0, and not all 0; the phase, 0 … 2^63 - 1, is where the
    first boundary falls.
    """
    size = sum(weights)
    offset = phase % size if size <= _INT64_MOST else phase * size >> _PHASE_BITS
    bounds = [0, *((total * upto + offset) // size for upto in accumulate(weights))]
    bounds[-1] = total
    return [max(high - low, 0) for low, high in pairwise(bounds)]


def spread(total: int, weights: NDArray[np.int64], phase: int) -> NDArray[np.int64]:
    """Spread a whole number over days by their weights.

    Parameters
    ----------
    total
        Times the sum of the weights below 2^63.
    weights : (days,) int64
        Not all 0.
    phase
        Any non-negative number; shifts the rounding.

    Returns
    -------
    (days + 1,) int64
        Cumulative: ``result[d]`` are due before day ``d``; the last is `total`.
    """
    upto = np.concatenate([[0], np.cumsum(weights)])
    return (total * upto + phase % int(upto[-1])) // int(upto[-1])


def interleave(upto: NDArray[np.int64], totals: Sequence[int], phases: Sequence[int]) -> NDArray[np.int64]:
    """Interleave items of several series evenly, by a tree of two-way merges (Bresenham 1965).

    Parameters
    ----------
    upto : (n,) int64
        Numbers of items up to certain points; never falling, at most ``sum(totals)``.
    totals
        Number of items of each series in the end.
    phases
        A non-negative number for each series but the last; shifts the rounding.

    Returns
    -------
    (n, series) int64
        Items of each series by each point; rows sum to `upto`.
    """
    counts = np.empty((len(upto), len(totals)), dtype=np.int64)
    pending = [(0, len(totals), upto)]
    while pending:
        low, high, items = pending.pop()
        if high - low == 1:
            counts[:, low] = items
            continue
        middle = (low + high) // 2
        left = _fraction(items, sum(totals[low:middle]), sum(totals[low:high]), phases[middle - 1])
        pending.append((low, middle, left))
        pending.append((middle, high, items - left))
    return counts


def _fraction(items: NDArray[np.int64], part: int, total: int, phase: int) -> NDArray[np.int64]:
    """Return ``(items * part + phase) // total``, in plain integers where 64 bits are too few."""
    if total == 0:
        return np.zeros_like(items)
    offset = phase % total
    if total * part + offset <= _INT64_MOST:
        return (items * part + offset) // total
    return np.array([(int(item) * part + offset) // total for item in items], dtype=np.int64)
