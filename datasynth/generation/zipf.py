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

    Parameters
    ----------
    exponent
        Concentration (Zipf 1949).

    Returns
    -------
    (size,) float64
        Read-only; the last is 1.
    """
    chances = _reached(size, exponent)
    chances.setflags(write=False)
    return chances


def _reached(size: int, exponent: float) -> NDArray[np.float64]:
    reached = np.empty(size)
    before = 0.0
    # In parts, since a million ranks have temporary arrays of 60 MB; sums go on in order, to the last bit.
    for begin in range(0, size, _PART):
        ranks = np.arange(begin + 1, min(begin + _PART, size) + 1, dtype=np.float64)
        weights = exp(-exponent * log(ranks))
        weights[0] += before
        np.add.accumulate(weights, out=reached[begin : begin + _PART])
        before = reached[begin + len(ranks) - 1]
    chances: NDArray[np.float64] = reached / reached[-1]
    return chances


def zipf_choice(size: int, bits: NDArray[np.uint64], exponent: float) -> NDArray[np.int64]:
    """Choose among `size` things; see `zipf_chances`.

    Parameters
    ----------
    bits : (n,) uint64
        Draws.

    Returns
    -------
    (n,) int64
        0 … size - 1.
    """
    return np.searchsorted(_reached(size, exponent), uniform(bits)).astype(np.int64)
