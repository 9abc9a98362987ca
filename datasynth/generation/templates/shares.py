"""Parts of amounts, exactly: rounded to round figures, shared out, drawn, alike for a pair of templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


def rounded(amounts: Whole, unit: int) -> Whole:
    """Round to whole units, fives or their multiples, never coarser than a twentieth of the amount."""
    step = np.full_like(amounts, unit)
    coarse = 5 * unit
    while 20 * coarse <= int(amounts.max()):
        step = np.where(amounts >= 20 * coarse, coarse, step)
        coarse *= 10
    found: Whole = np.maximum((amounts + step // 2) // step * step, unit)
    return found


def share_of(amounts: Whole, parts: Whole | int, whole: int = 1_000, more: int = 0) -> Whole:
    """Return ``(amounts * parts + more) // whole``, the product never larger than the amounts are.

    Parameters
    ----------
    amounts : (n,) int64
        [minor units]
    parts : (n,) int64 or int
        At most about `whole`.
    """
    found: Whole = amounts // whole * parts + (amounts % whole * parts + more) // whole
    return found


def parts(share: float) -> int:
    """Return a share in whole parts. [millionths]"""
    return round(share * 1_000_000)


def between(key: int, templates: int, field: int, low: int, high: int) -> Whole:
    """Draw whole numbers from `low` to `high`, both included, alike for a pair."""
    pairs = np.arange(templates // 2, dtype=np.int64)
    return np.repeat(low + below(draws(key, pairs, field), high - low + 1), 2)


def alike(values: Whole) -> Whole:
    """Make both templates of a pair have an amount, or neither."""
    return np.where(np.repeat(np.minimum(values[0::2], values[1::2]), 2) > 0, values, 0)
