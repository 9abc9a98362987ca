"""Pairs of rows of a group whose values are in a certain proportion, counted without forming them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datasynth.evaluation.arrays import Ints


class Band(NamedTuple):
    """How many per cent of the smaller value the larger one is, both ends included; at least 100."""

    low: int
    high: int

    @property
    def width(self) -> float:
        """Width of the band on the scale of the logarithm."""
        return float(np.log(self.high / self.low))


def companions(group: NDArray[Any], value: Ints, bands: Sequence[Band]) -> Ints:
    """Count with how many other rows of its group each row makes a pair whose values lie in a band.

    Sorted by group and value, the larger rows that go with a row stand side by side: a binary search finds
    where they begin and end. So the work is that of sorting, however many pairs there are.

    Parameters
    ----------
    group : (n,) integers
        Rows with equal ones are compared.
    value : (n,) int64
        Above zero and below 2^55.

    Returns
    -------
    (len(bands), n) int64
        Half the sum of a row is the number of pairs in its band.
    """
    key, scale = _keys(group, value)
    order = np.argsort(key, kind="stable")
    found = np.empty((len(bands), value.size), dtype=np.int64)
    if not value.size:
        return found
    ends = _ends(key[order], value[order], scale, bands)
    for counts, (begin, end) in zip(found, ends, strict=True):
        # A row's larger companions are a range of places; its smaller ones are the ranges it lies in.
        begun, ended = (np.bincount(places, minlength=value.size + 1)[:-1] for places in (begin, end))
        counts[order] = end - begin + np.cumsum(begun - ended)
    return found


def _keys(group: NDArray[Any], value: Ints) -> tuple[Ints, Ints]:
    """Number rows such that groups follow each other and values ascend in each.

    A value's rank among all, which are returned too, stands for it: group and value need more than 64 bits.
    """
    values, rank = np.unique(value, return_inverse=True)
    _, place = np.unique(group, return_inverse=True)
    return place.astype(np.int64) * (values.size + 1) + rank, values


def _ends(key: Ints, value: Ints, scale: Ints, bands: Sequence[Band]) -> Iterator[tuple[Ints, Ints]]:
    """Return from which place up to which the larger companions of each ordered row stand, by band."""
    first = key - key % (scale.size + 1)
    after = np.arange(1, key.size + 1)
    for low, high in bands:
        least, most = -(-value * low // 100), value * high // 100
        begin = np.searchsorted(key, first + np.searchsorted(scale, least))
        end = np.searchsorted(key, first + np.searchsorted(scale, most, side="right"))
        # Of two equal rows the later one counts as the larger, and no row as its own companion.
        begin = np.maximum(begin, after)
        yield begin, np.maximum(end, begin)
