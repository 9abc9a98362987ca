"""Drawn amounts: each case has an amount of its own, from an inverse distribution in whole minor units.

The templates of such cases give the accounts of their lines and no amounts.  A line
carries the whole amount of its case or a share of it, so all documents of a case agree
to the minor unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.generation.kernels.schedule.counts import CLASS_BITS
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.kernel import Records

QUANTILE_BITS = 12
"""An inverse distribution has ``2 ** QUANTILE_BITS`` parts of equal chance."""

CHANCE_BITS = 20
"""The chance of a round amount is in parts of ``2 ** CHANCE_BITS``."""

TEMPLATE, AMOUNT = np.uint64(40), np.uint64(41)
"""Fields of draws; see `draw`.  Further versions of a case's amount have the fields after `AMOUNT`."""

ORIGINAL = 0
"""Version of the amount that the documents of a case post."""

WRONG_AMOUNT = 1
"""Version of the amount of a case's wrong document, where its amounts are what is wrong."""

POOL_BITS = 8
"""An amount pool has the amounts of ``2 ** POOL_BITS`` cases of each class."""

UNPOOLED = -1
"""In place of binary digits of a pool: each case draws an amount of its own."""

_PART_SHIFT = np.uint64(64 - QUANTILE_BITS)
# What lies between the bits of the part and those of the chance says where in the part.
_WITHIN_BITS = np.uint64(32)
_WITHIN = np.uint64((1 << 32) - 1)
_CHANCE = np.uint64((1 << CHANCE_BITS) - 1)
_CHANCE_SHIFT = np.uint64(CHANCE_BITS)

DISTRIBUTION = np.dtype([("least", np.int64), ("unit", np.int64), ("round_chance", np.int64)])
"""What else is known of a distribution of amounts.

least
    The smallest amount. [minor units]
unit
    What the smallest round amounts are multiples of. [minor units]
round_chance
    Chance of a round amount, in parts of ``2 ** CHANCE_BITS``.
"""


class DrawnAmounts(NamedTuple):
    """Distributions from which the amounts of cases are drawn.

    Attributes
    ----------
    quantiles : (distributions, 2 ** QUANTILE_BITS + 1) int64
        Amounts at equal steps of chance, ascending. [minor units]
    terms : (distributions,)
        See `DISTRIBUTION`.
    """

    quantiles: NDArray[np.int64]
    terms: Records


@kernel
def drawn_amount(
    key: np.uint64, case: int | np.int64, version: int, amounts: DrawnAmounts, distribution: int | np.int64
) -> np.int64:
    """Return the amount of a case: a quantile, linear between its neighbours, sometimes rounded.

    Different `version`, 0 … 20, are independent draws for the same case. [minor units]
    """
    bits = draw(key, np.uint64(case), AMOUNT + np.uint64(version))
    part = np.int64(bits >> _PART_SHIFT)
    within = (bits >> _CHANCE_SHIFT) & _WITHIN
    low = amounts.quantiles[distribution, part]
    width = np.uint64(amounts.quantiles[distribution, part + 1] - low)
    # width · within / 2^32, rounded down; the product itself may not fit into 64 bits.
    upper, lower = width >> _WITHIN_BITS, width & _WITHIN
    amount = low + np.int64(upper * within + ((lower * within) >> _WITHIN_BITS))
    terms = amounts.terms[distribution]
    if np.int64(bits & _CHANCE) < terms.round_chance:
        amount = round_amount(amount, terms.unit)
    return max(amount, terms.least)


@kernel
def round_amount(amount: np.int64, unit: np.int64) -> np.int64:
    """Round to `unit` times 1, 5, 50, 500, …, never coarser than a twentieth of the amount."""
    step, coarse = unit, np.int64(5) * unit
    # Twenty times it may not fit into 64 bits.
    while coarse <= amount // 20:
        step = coarse
        coarse *= 10
    return max((amount + step // 2) // step * step, unit)


@kernel
def drawn_template(key: np.uint64, case: int | np.int64, class_bits: int | np.int64) -> np.int64:
    """Return the template that gives the accounts of a case; ``2 ** class_bits`` are those of a class.

    It is any of all classes, so the accounts of a case tell nothing of its class.
    """
    templates = np.uint64(1) << np.uint64(class_bits + CLASS_BITS)
    return np.int64(below(draw(key, np.uint64(case), TEMPLATE), templates))


@kernel
def part_of(amount: np.int64, parts: np.int64, whole: int | np.int64) -> np.int64:
    """Return ``amount * parts // whole``, without overflow for `parts` up to about `whole`."""
    if parts == whole:
        return amount
    return amount // whole * parts + amount % whole * parts // whole
