"""Amounts in company currency of documents in foreign currency, and of what settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import first_start
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOCAL, FOREIGN, SETTLES = 0, 1, 2
"""See `Valuation`."""

BOOKED = 1
PAID = 2
DIFFERENCE = 3
"""What a line of a settling document carries; see `POSTING`."""


class Rates(NamedTuple):
    """Rates between pairs of currencies, as kernels read them; see `RateTable`."""

    rates: NDArray[np.int64]
    divisor: NDArray[np.int64]
    printed: NDArray[np.int64]
    places: NDArray[np.int8]


@kernel
def valued(amount: int | np.int64, rate: int | np.int64, divisor: int | np.int64) -> np.int64:
    """Return an amount, at least 0, in company currency, rounded half up. [minor units]

    Exact wherever the result fits into 63 bits: the product of amount and rate may not,
    so the whole divisors in the amount are valued apart from the rest.  `rate` times
    `divisor` is below 2^64; see `RateTable`.
    """
    parts = np.uint64(divisor)
    each = np.uint64(rate)
    whole, rest = np.uint64(0), np.uint64(amount)
    if rest >= parts:
        whole = rest // parts
        rest -= whole * parts
    # Half a divisor is added and the quotient rounded down, which rounds half up.
    return np.int64(whole * each + (rest * each + (parts >> np.uint64(1))) // parts)


@kernel
def day_of_step(window: NDArray[np.uint8], start: int, number: int) -> int:
    """Return the day on which the cases of a class and day of start have a step, by binary search.

    Days count from the first lead day; a step after the last known day is given that day.
    """
    low = 0
    high = len(window) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if first_start(window, middle, number) <= start:
            low = middle
        else:
            high = middle
    return low
