"""Keys of several columns as one 64-bit number, and the groups of rows with equal keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation.arrays import Ints, Prints

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def mix(values: Prints) -> Prints:
    """Scatter numbers over 64 bits; distinct ones stay distinct.

    The finaliser of SplitMix64 (Steele, Lea, Flood 2014), after its increment.
    """
    mixed = values + _STEP
    mixed ^= mixed >> np.uint64(30)
    mixed *= _FIRST
    mixed ^= mixed >> np.uint64(27)
    mixed *= _SECOND
    mixed ^= mixed >> np.uint64(31)
    return mixed


def key_of(*columns: NDArray[Any]) -> Prints:
    """Make one key of several columns of integers, whose order matters.

    Returns
    -------
    (n,) uint64
        Equal where all columns are; different otherwise, but for one chance in millions.
    """
    key = np.zeros(columns[0].size, dtype=np.uint64)
    for column in columns:
        key = mix(key ^ column.astype(np.int64, copy=False).view(np.uint64))
    return key


def groups(key: Prints) -> tuple[Ints, Ints]:
    """Sort rows by key, rows with equal keys in their order.

    Returns
    -------
    order : (n,) int64
        Places of the rows.
    starts : (g,) int64
        Where each group begins in it.
    """
    order = np.argsort(key, kind="stable")
    return order, np.flatnonzero(differs(key[order]))


def differs(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell which rows differ from the one before; the first one does."""
    new = np.ones(ordered.size, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return new


def running(values: Ints, starts: Ints) -> Ints:
    """Sum up inside each group; values are in the order of the groups, starts from `groups`."""
    if not values.size:
        return values.copy()
    sums = np.cumsum(values)
    before = sums[starts] - values[starts]
    return sums - np.repeat(before, np.diff(np.append(starts, values.size)))
