"""Random counts of days: a total that is dealt over weighted days, exactly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import draw
from datasynth.generation.kernels.elementary import quantile_of
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Below this mean a binomial draw is inverted term by term, from here on by its normal approximation.
_LARGE_MEAN = 12.0
# A count below `_LARGE_MEAN` on average exceeds this less often than once in 10^16.
_MOST_TERMS = 64
# What rounding to whole numbers adds to a variance.
_ROUNDING = 1.0 / 12.0


@kernel
def power_of(base: float, exponent: int) -> float:
    """Raise to a whole power by squaring."""
    found = 1.0
    while exponent > 0:
        if exponent & 1:
            found *= base
        base *= base
        exponent >>= 1
    return found


@kernel
def binomial_of(
    uniform: float, trials: int, share: float, central: NDArray[np.float64], middle: NDArray[np.float64]
) -> int:
    """Return how many of some trials succeed, as the quantile of a number between 0 and 1.

    Exact below a mean of 12; from there on the normal quantile with the term of the skewness
    (Cornish and Fisher 1938), which errs by less than the chance of a single count.
    """
    rare = min(share, 1.0 - share)
    mean = trials * rare
    if mean < _LARGE_MEAN:
        chance = power_of(1.0 - rare, trials)
        found = 0
        while uniform > chance and found < trials and found < _MOST_TERMS:
            uniform -= chance
            chance *= (trials - found) * rare / ((found + 1) * (1.0 - rare))
            found += 1
    else:
        z = quantile_of(uniform, central, middle)
        deviation = math.sqrt(mean * (1.0 - rare) - _ROUNDING)
        skew = (1.0 - 2.0 * rare) * (z * z - 1.0) / 6.0
        found = min(max(math.floor(mean + deviation * z + skew + 0.5), 0), trials)
    return found if share <= 0.5 else trials - found


@kernel
def deal_total(
    key: np.uint64,
    total: int,
    weights: NDArray[np.float64],
    tables: tuple[NDArray[np.float64], NDArray[np.float64]],
    sums: NDArray[np.float64],
    counts: NDArray[np.int64],
    before: NDArray[np.int64],
) -> None:
    """Deal a total over days by their weights, and count what lies before each; one turn is one node.

    The days are the leaves of a binary tree, in `sums` and `counts` from the middle on; each node
    divides its count between its halves by a binomial draw.
    """
    leaves = len(sums) >> 1
    sums[leaves:] = 0.0
    for day in range(len(weights)):
        sums[leaves + day] = weights[day]
    for node in range(leaves - 1, 0, -1):
        sums[node] = sums[2 * node] + sums[2 * node + 1]
    counts[1] = total
    for node in range(1, leaves):
        left = 0
        if counts[node] > 0:
            bits = draw(key, np.uint64(node), np.uint64(0))
            uniform = (np.float64(bits >> np.uint64(12)) + 0.5) / 4503599627370496.0
            left = binomial_of(uniform, counts[node], sums[2 * node] / sums[node], tables[0], tables[1])
        counts[2 * node] = left
        counts[2 * node + 1] = counts[node] - left
    before[0] = 0
    for day in range(len(weights)):
        before[day + 1] = before[day] + counts[leaves + day]
