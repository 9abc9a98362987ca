"""Open items: what cases have left to clear, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.draws import draw
from datasynth.generation.kernels.lines import PARTNER
from datasynth.generation.kernels.placements import find_day
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.generation.kernels.valued import day_of_step, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def opening_days(
    numbers: NDArray[np.int64],
    starts: NDArray[np.int64],
    window: NDArray[np.uint8],
    days: NDArray[np.int64],
) -> None:
    """Find when items were opened; one turn is one item.

    Parameters
    ----------
    numbers : (n,) int64
        Numbers of the cases.
    starts, window
        Of the cases and of the step that opens the item; see `Schedule`.
    days : (n,) int64
        Output; lead days first.
    """
    for place in range(len(numbers)):
        start = find_day(starts, numbers[place])
        days[place] = day_of_step(window, start, numbers[place] & (CLASSES - 1))


@kernel
def choose_partners(
    numbers: NDArray[np.int64],
    key: np.uint64,
    first: int,
    choice: NDArray[np.int32],
    partner: NDArray[np.int64],
) -> None:
    """Find the partners of cases, as `fill_codes` does; one turn is one case."""
    for place in range(len(numbers)):
        bits = draw(key, np.uint64(numbers[place]), PARTNER)
        partner[place] = first + choice[np.int64(bits >> np.uint64(64 - CHOICE_BITS))]


@kernel
def add_item_lines(
    numbers: NDArray[np.int64],
    days: NDArray[np.int64],
    frontier: NDArray[np.int64],
    sign: int,
    key: np.uint64,
    class_bits: int,
    jitters: NDArray[np.int64],
    offsets: NDArray[np.int64],
    row_posting: NDArray[np.int16],
    amount: NDArray[np.int64],
    jitter_unit: NDArray[np.int32],
    first_row: int,
    posting: int,
    rates: NDArray[np.int64],
    divisor: int,
    open_amount: NDArray[np.int64],
    local_amount: NDArray[np.int64],
) -> None:
    """Add what one step posts to items, of the cases that have come so far; one turn is one item.

    Parameters
    ----------
    numbers, days : (n,) int64
        Numbers of the cases, and when their items were opened.
    frontier : (CLASSES,) int64
        How many cases of each class have the step's document.
    sign
        1 for a debit, -1 for a credit.
    key, class_bits, jitters
        Of the cases' draws and their template pool.
    offsets, row_posting, amount, jitter_unit
        See `DocumentLines`.
    first_row, posting
        First row of the step, and which of its postings carries the item.
    rates, divisor
        What the item is valued with at the day it was opened; no rates for one in
        the company's currency.
    open_amount, local_amount : (n,) int64
        Added to. [minor units]
    """
    for place in range(len(numbers)):
        number = numbers[place] & (CLASSES - 1)
        if numbers[place] >> CLASS_BITS >= frontier[number]:
            continue
        template = template_of(key, numbers[place], class_bits)
        jitter = np.int64(0)
        if jitters[template] > 0:
            jitter = jitter_of(key, numbers[place], jitters[template])
        row = first_row + template
        total = np.int64(0)
        for line in range(offsets[row], offsets[row + 1]):
            if row_posting[line] == posting:
                total += amount[line] + jitter_unit[line] * jitter
        local = total
        if len(rates) > 0:
            local = valued(total, rates[days[place]], divisor)
        open_amount[place] += sign * total
        local_amount[place] += sign * local
