"""Amounts as 128-bit numbers of one scale, as Arrow keeps decimals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

POWERS = 10 ** np.arange(10, dtype=np.int64)
"""Below 2^31, so that a factor times a half of 32 bits stays within 64."""


@kernel
def scale_amounts(
    halves: NDArray[np.int64],
    amounts: NDArray[np.int64],
    missing_decimals: NDArray[np.int64],
    first: NDArray[np.int64],
) -> None:
    """Multiply amounts by the powers of ten that bring all to one number of decimals.

    Parameters
    ----------
    halves : (m, 2) int64
        Written: low and high half of each product.
    amounts : (m,) int64
        With the decimals of their entry. [minor units]
    missing_decimals : (n,) int64
        Of each entry, 0 … 9.
    first : (n + 1,) int64
        Amounts ``first[i] … first[i + 1] - 1`` are those of entry ``i``.
    """
    for entry in range(len(missing_decimals)):
        factor = POWERS[missing_decimals[entry]]
        for place in range(first[entry], first[entry + 1]):
            low = (amounts[place] & 0xFFFFFFFF) * factor
            high = (amounts[place] >> 32) * factor + (low >> 32)
            halves[place, 0] = (high << 32) | (low & 0xFFFFFFFF)
            halves[place, 1] = high >> 32
