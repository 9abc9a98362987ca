"""How an amount of a case is split over several lines of its document.

Each line takes a drawn share of what the lines before it have left, on average one
part of as many as there are lines to come; the last one takes the rest.  So lines are
nearly as unlike as if the amount was cut at random places: most are smaller than the
average, some three times as large.  The first line of a posting has some parts more.
No line waits for those after it, so nothing is added up first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import GAMMA, draw, mix
from datasynth.kernel import kernel

if TYPE_CHECKING:
    SplitDraw = tuple[np.uint64, np.uint64]
    """State of the draws, and what is left for the lines to come, of `WHOLE`."""

SPLIT = np.uint64(8)
"""Field of the draws; see `draw`."""

NEXT = np.uint64(0xD1B54A32D192ED03)
"""Odd; what the state of the draws is raised by from line to line."""

WHOLE = np.uint64(1 << 32)
"""All that lines share, in the units of `left_after`."""

FIRST_BONUS = np.uint64(3)
"""What the first line of a posting has in addition. [parts]"""

NTH_BITS = 4
"""The last digits of a split's number say which account of its posting it is."""

_NTH = 15
_HALF = np.uint64(32)
_LOW = np.uint64((1 << 32) - 1)
_QUARTER = np.uint64(16)
_LAST = np.uint64((1 << 16) - 1)
_ONE = np.uint64(1)
_TWO_BITS = np.uint64(17)
_FOUR_BITS = np.uint64(2)


@kernel
def begin_split(key: np.uint64, number: int, split: int, lines: int | np.int64) -> SplitDraw:
    """Return what `left_after` reads for the lines that share an amount.

    Parameters
    ----------
    key, number
        Of the case.
    split
        Number of the draw; see `DocumentLines`.
    lines
        Number of lines.
    """
    if lines == 1:
        return np.uint64(0), WHOLE
    state = draw(key, np.uint64(number), SPLIT) + GAMMA * np.uint64(split)
    if split & _NTH > 0:
        return state, WHOLE
    parts = np.uint64(lines)
    # What is not left is the bonus, which the first line has besides its share of the rest.
    return state, (parts << _HALF) // (parts + FIRST_BONUS)


@kernel
def left_after(state: np.uint64, left: np.uint64, lines: int | np.int64) -> np.uint64:
    """Return what a line leaves to those after it; `lines`, two or more, counts them all."""
    bits = mix(state)
    one, other = bits >> _HALF, bits & _LOW
    if lines > 3:
        # One draw times the mean of two others is a quarter on average, so a line takes up to four parts.
        two = (other >> _QUARTER) + (other & _LAST)
        share = (one * two >> _TWO_BITS) // np.uint64(np.uint32(lines)) << _FOUR_BITS
    elif lines == 3:
        # The smaller of two draws is a third on average, and the mean of two is a half.
        share = min(one, other)
    else:
        share = (one + other) >> _ONE
    return left - (left * share >> _HALF)


@kernel
def amount_of(left: np.uint64, spare: np.uint64) -> np.int64:
    """Return which amount is left of a spare one. [minor units]"""
    # In two halves, since the product may exceed 64 bits.
    return np.int64((spare >> _HALF) * left + ((spare & _LOW) * left >> _HALF))
