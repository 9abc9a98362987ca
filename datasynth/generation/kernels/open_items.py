"""Open items: what chains have left to clear, and since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.dealing import card_of, shift_of
from datasynth.generation.kernels.draws import draw
from datasynth.generation.kernels.lines import PARTNER
from datasynth.generation.kernels.locate import find_day
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
        Numbers of the chains.
    starts, window
        Of the chains and of the step that opens the item; see `Schedule`.
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
    """Find the partners of chains, as `fill_codes` does; one turn is one chain."""
    for place in range(len(numbers)):
        bits = draw(key, np.uint64(numbers[place]), PARTNER)
        partner[place] = first + choice[np.int64(bits >> np.uint64(64 - CHOICE_BITS))]


@kernel
def add_item_lines(
    numbers: NDArray[np.int64],
    days: NDArray[np.int64],
    reach: NDArray[np.int64],
    sign: int,
    key: np.uint64,
    class_bits: int,
    shifts: NDArray[np.int64],
    offsets: NDArray[np.int64],
    row_posting: NDArray[np.int16],
    amount: NDArray[np.int64],
    scale: NDArray[np.int32],
    first_row: int,
    posting: int,
    rates: NDArray[np.int64],
    divisor: int,
    open_amount: NDArray[np.int64],
    local_amount: NDArray[np.int64],
) -> None:
    """Add what one step posts to items, of the chains that have come so far; one turn is one item.

    Parameters
    ----------
    numbers, days : (n,) int64
        Numbers of the chains, and when their items were opened.
    reach : (CLASSES,) int64
        How many chains of each class have the step's document.
    sign
        1 for a debit, -1 for a credit.
    key, class_bits, shifts
        Of the chains' draws and their deck.
    offsets, row_posting, amount, scale
        See `Rows`.
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
        if numbers[place] >> CLASS_BITS >= reach[number]:
            continue
        card = card_of(key, numbers[place], class_bits)
        shift = np.int64(0)
        if shifts[card] > 0:
            shift = shift_of(key, numbers[place], shifts[card])
        row = first_row + card
        total = np.int64(0)
        for line in range(offsets[row], offsets[row + 1]):
            if row_posting[line] == posting:
                total += amount[line] + scale[line] * shift
        local = total
        if len(rates) > 0:
            local = valued(total, rates[days[place]], divisor)
        open_amount[place] += sign * total
        local_amount[place] += sign * local
