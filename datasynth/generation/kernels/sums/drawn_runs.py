"""Runs of drawn amounts: what is drawn and valued for one case at a time elsewhere, for many at once.

Sums visit hundreds of millions of documents.  Short loops over a run of them, without
branches, are compiled to instructions that work on several cases each.  The results are
those of `drawn_amount`, `drawn_template` and `valued`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.drawn_amounts import (
    AMOUNT,
    CHANCE_BITS,
    QUANTILE_BITS,
    TEMPLATE,
)
from datasynth.generation.kernels.draws import below, draw
from datasynth.generation.kernels.schedule.counts import CLASS_BITS
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import allocating, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts

RUN = 512
"""So many cases are summed together; their scratch fits into the nearest memory."""

_PART_SHIFT = np.uint64(64 - QUANTILE_BITS)
_CHANCE_SHIFT = np.uint64(CHANCE_BITS)
_CHANCE = np.uint64((1 << CHANCE_BITS) - 1)
_WORD_BITS = np.uint64(32)
_WORD = np.uint64((1 << 32) - 1)
_ONE = np.uint64(1)
# Below it, guesses of quotients are off by one at most.
_EXACT = 1 << 50


class AmountDraws(NamedTuple):
    """Scratch for drawing the amounts of a run of cases: `RUN` places each.

    Attributes
    ----------
    bits
        Draws of the amounts.
    rounded, step
        Places of the round ones, and what these are multiples of.
    """

    bits: NDArray[np.uint64]
    rounded: NDArray[np.int64]
    step: NDArray[np.int64]


@allocating
def empty_scratch() -> AmountDraws:
    """Return scratch for a run of cases."""
    return AmountDraws(
        np.empty(RUN, dtype=np.uint64), np.empty(RUN, dtype=np.int64), np.empty(RUN, dtype=np.int64)
    )


@kernel
def draw_amounts(
    count: int,
    key: np.uint64,
    version: int,
    amounts: DrawnAmounts,
    distribution: int,
    cases: NDArray[np.int64],
    found: NDArray[np.int64],
    scratch: AmountDraws,
) -> None:
    """Draw the amounts of the first `count` cases of a run; see `drawn_amount`."""
    bits, rounded = scratch.bits, scratch.rounded
    quantiles, terms = amounts.quantiles[distribution], amounts.terms[distribution]
    least, unit, chance = terms.least, terms.unit, np.uint64(terms.round_chance)
    field = AMOUNT + np.uint64(version)
    for place in range(count):
        bits[place] = draw(key, np.uint64(cases[place]), field)
    for place in range(count):
        part = bits[place] >> _PART_SHIFT
        within = (bits[place] >> _CHANCE_SHIFT) & _WORD
        low = quantiles[part]
        width = np.uint64(quantiles[part + _ONE] - low)
        upper, lower = width >> _WORD_BITS, width & _WORD
        found[place] = low + np.int64(upper * within + ((lower * within) >> _WORD_BITS))
    chosen = 0
    for place in range(count):
        rounded[chosen] = place
        chosen += 1 if (bits[place] & _CHANCE) < chance else 0
    round_amounts(chosen, unit, found, scratch)
    for place in range(count):
        found[place] = max(found[place], least)


@kernel
def round_amounts(chosen: int, unit: int, found: NDArray[np.int64], scratch: AmountDraws) -> None:
    """Round the amounts at the first `chosen` places of `AmountDraws.rounded`; see `round_amount`."""
    rounded, step = scratch.rounded, scratch.step
    most = np.int64(0)
    for place in range(chosen):
        most = max(most, found[rounded[place]])
        step[place] = unit
    coarse = 5 * unit
    while coarse <= most // 20:
        for place in range(chosen):
            step[place] = coarse if coarse <= found[rounded[place]] // 20 else step[place]
        coarse *= 10
    for place in range(chosen):
        at = rounded[place]
        found[at] = max((found[at] + step[place] // 2) // step[place] * step[place], unit)


@kernel
def draw_rows(
    count: int,
    key: np.uint64,
    class_bits: int,
    first_row: int,
    cases: NDArray[np.int64],
    rows: NDArray[np.int64],
) -> None:
    """Find the rows of the first `count` cases of a run; see `drawn_template`."""
    templates = np.uint64(1) << np.uint64(class_bits + CLASS_BITS)
    for place in range(count):
        rows[place] = first_row + np.int64(below(draw(key, np.uint64(cases[place]), TEMPLATE), templates))


@kernel
def value_amounts(
    count: int,
    amount: NDArray[np.int64],
    rate: NDArray[np.int64],
    divisor: int,
    worth: NDArray[np.int64],
) -> None:
    """Value the first `count` amounts at a rate each; see `valued`.

    Quotients are guessed in floating point, the last of them is put right, and so is what the
    first one leaves, which is exact on every processor.  Where a number is too large for a
    guess, `valued` does it.
    """
    most, highest = np.int64(0), np.int64(0)
    for place in range(count):
        most, highest = max(most, amount[place]), max(highest, rate[place])
    if most >= _EXACT or highest >= _EXACT // divisor - 1:
        for place in range(count):
            worth[place] = valued(amount[place], rate[place], divisor)
        return
    part, half = 1.0 / divisor, divisor >> 1
    for place in range(count):
        whole = np.int64(amount[place] * part)
        rest = amount[place] - whole * divisor
        product = rest * rate[place] + half
        cents = np.int64(product * part)
        rest = product - cents * divisor
        cents += np.int64(rest >= divisor) - np.int64(rest < 0)
        worth[place] = whole * rate[place] + cents
