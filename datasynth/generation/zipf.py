"""Choices among ranked things: few are chosen often and many seldom (Zipf 1949)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import uniform
from datasynth.generation.elementary import exp, log

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PART = 1 << 15


@lru_cache(maxsize=512)
def zipf_chances(size: int, exponent: float) -> NDArray[np.float64]:
    """Return the cumulated chances of `size` things, the k-th with a weight of ``k ** -exponent``.

    Returns
    -------
    (size,) float64
        Read-only; the last is 1.
    """
    chances = _cumulated(size, exponent)
    chances.setflags(write=False)
    return chances


def _cumulated(size: int, exponent: float) -> NDArray[np.float64]:
    sums = np.empty(size)
    before = 0.0
    # In parts, since a million ranks need temporary arrays of 60 MB; the order of addition stays.
    for begin in range(0, size, _PART):
        ranks = np.arange(begin + 1, min(begin + _PART, size) + 1, dtype=np.float64)
        weights = exp(-exponent * log(ranks))
        weights[0] += before
        np.add.accumulate(weights, out=sums[begin : begin + _PART])
        before = sums[begin + len(ranks) - 1]
    chances: NDArray[np.float64] = sums / sums[-1]
    return chances


def zipf_choice(size: int, bits: NDArray[np.uint64], exponent: float) -> NDArray[np.int64]:
    """Choose a number, 0 … size - 1, by each item of `bits` (n,); see `zipf_chances`."""
    return np.searchsorted(_cumulated(size, exponent), uniform(bits)).astype(np.int64)
