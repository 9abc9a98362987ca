"""How an amount of a case is split over several lines of its document.

The lines cut the amount at drawn places: each has a part between nothing and twice the
usual one, and the first line of a posting some parts more.  Most cuts are near an end of
their range, so that lines are as unlike as in life.  No line waits for the others, so
nothing is added up first, and one division serves all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import GAMMA, draw, mix
from datasynth.kernel import kernel

if TYPE_CHECKING:
    SplitDraw = tuple[np.uint64, np.int64, np.int64, np.int64]
    """State of the draws, cut that has been reached, worth of a unit of it, and its binary places."""

SPLIT = np.uint64(8)
"""Field of the draws; see `draw`."""

NEXT = np.uint64(0xD1B54A32D192ED03)
"""Odd; what the state of the draws is raised by from line to line."""

PART = np.int64(1 << 10)
"""The usual part of a line."""

FIRST_BONUS = np.int64(3 << 10)
"""What the first line of a posting has in addition."""

NTH_BITS = 4
"""The last digits of a split's number say which account of its posting it is."""

_NTH = np.int64(15)
_NOISE = np.uint64(54)
_PART_BITS = np.int64(10)
_INWARD_BITS = np.int64(9)
_INWARD = np.int64((1 << 9) - 1)
_PLACES = np.int64(16)
# Amounts below it are divided with binary places; larger ones need none.
_EXACT = np.int64(1 << 46)


@kernel
def begin_split(
    key: np.uint64, number: int, split: int, spare: int | np.int64, parts: int | np.int64
) -> SplitDraw:
    """Return what `cut_at` reads for the lines that share an amount.

    Parameters
    ----------
    key, number
        Of the case.
    split
        Number of the draw; see `DocumentLines`.
    spare
        The amount without one minor unit for each line. [minor units]
    parts
        Number of lines.
    """
    if parts == 1:
        return np.uint64(0), np.int64(0), np.int64(0), np.int64(0)
    state = draw(key, np.uint64(number), SPLIT) + GAMMA * np.uint64(split)
    cut = FIRST_BONUS if np.int64(split) & _NTH == 0 else np.int64(0)
    places = _PLACES if spare < _EXACT else np.int64(0)
    return state, cut, (np.int64(spare) << places) // (cut + (np.int64(parts) << _PART_BITS)), places


@kernel
def cut_at(state: np.uint64, cut: np.int64, worth: np.int64, places: np.int64) -> np.int64:
    """Return how much of the spare amount stands before a cut, which is moved by up to half a part."""
    noise = np.int64(mix(state) >> _NOISE)
    inward = ((noise & _INWARD) * (noise & _INWARD)) >> _INWARD_BITS
    moved = (PART >> 1) - inward if noise > _INWARD else inward - (PART >> 1)
    found: np.int64 = worth * (cut + moved) >> places
    return found
