"""Amounts in company currency of documents in foreign currency, and of what settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, first_start, of_class
from datasynth.generation.kernels.placements import find_day
from datasynth.generation.kernels.templates import template_of
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOREIGN = 1
SETTLES = 2
"""What a series' documents are, beside those in company currency: see `Valuation`."""

BOOKED = 1
PAID = 2
DIFFERENCE = 3
"""What a line of a settling document carries: see `posting_value` of `fill_lines`."""


@kernel
def valued(amount: int | np.int64, rate: int | np.int64, divisor: int | np.int64) -> np.int64:
    """Return an amount in company currency, rounded half up. [minor units]

    Exact wherever the result fits into 63 bits: the whole divisors in the amount and
    the rest are valued apart, since their products need more bits than there are.

    Parameters
    ----------
    amount
        At least 0. [minor units]
    rate, divisor
        See `RateTable`; their product is below 2^64.
    """
    parts = np.uint64(divisor)
    each = np.uint64(rate)
    whole, rest = np.uint64(0), np.uint64(amount)
    if rest >= parts:
        whole = rest // parts
        rest -= whole * parts
    return np.int64(whole * each + (rest * each + (parts >> np.uint64(1))) // parts)


@kernel
def day_of_step(window: NDArray[np.uint8], start: int, number: int) -> int:
    """Return the day on which cases of a day of start and a class have a step, by binary search.

    Days count from the first lead day; past the last one known, that one is returned.
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


@kernel
def add_valued(
    totals: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    key: np.uint64,
    upto: NDArray[np.int64],
    lead: int,
    windows: NDArray[np.uint8],
    settled: NDArray[np.uint8],
    rates: NDArray[np.int64],
    divisor: int,
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    column: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    settles: int,
    booked_column: int,
) -> None:
    """Add documents valued at the rates of their days; one turn is one day of start of one class.

    Parameters
    ----------
    totals : (columns,) int64
        Added to. [minor units of the company's currency]
    low, high : (CLASSES,) int64
        First case of each class, and the one after the last.
    key
        Of the cases' draws.
    upto : (days + 1,) int64
        Cases, or single documents, before each day.
    lead
        First day of `upto` in `rates`.
    windows : (days, CLASSES) uint8
        Of the step; none for single documents, which are posted on their day.
    settled : (days, CLASSES) uint8
        Of the step in foreign currency, if this one settles it.
    rates : (days,) int64
        Lead days first.
    divisor
        See `valued`.
    offsets, debits, column, amount
        Lines of all rows.
    first_row
        Row of the first template of the step in foreign currency.
    class_bits
        ``2 ** class_bits`` templates a class.
    settles
        0 for a document in foreign currency; 1 for the receipt that settles
        one, 2 for the payment: then slots are those of `settling_columns`.
    booked_column
        Slot of what is cleared, among those.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    class_templates = 1 << class_bits
    for number in range(CLASSES):
        nth = low[number]
        if nth >= high[number]:
            continue
        day = find_day(upto, (nth << CLASS_BITS) + number)
        while nth < high[number]:
            end = min(high[number], of_class(upto[day + 1], number))
            if end <= nth:
                day += 1
                continue
            posted = lead + day
            if len(windows) > 0:
                posted = day_of_step(windows, day, number)
            first = rates[posted]
            second = first
            if settles > 0:
                first = rates[day_of_step(settled, day, number)]
            while nth < end:
                # Whole cycles have every template once, each cycle in an order of its own.
                times = np.int64(1)
                turns = min(end, ((nth >> class_bits) + 1) << class_bits) - nth
                if turns == class_templates:
                    times = (end - nth) >> class_bits
                for step in range(turns):
                    template = template_of(key, ((nth + step) << CLASS_BITS) + number, class_bits)
                    row = first_row + template
                    begin = offsets[row]
                    whole = np.int64(0)
                    for line in range(begin, begin + debits[row]):
                        whole += amount[line]
                    if settles > 0:
                        booked = valued(whole, first, divisor)
                        paid = valued(whole, second, divisor)
                        totals[booked_column] += times * booked
                        totals[1 - booked_column] += times * paid
                        gained = paid - booked if settles == 1 else booked - paid
                        if gained < 0:
                            totals[2] -= times * gained
                        else:
                            totals[3] += times * gained
                        continue
                    reached, before = np.int64(0), np.int64(0)
                    for line in range(begin, offsets[row + 1]):
                        if line == begin + debits[row]:
                            reached, before = np.int64(0), np.int64(0)
                        reached += amount[line]
                        after = valued(reached, first, divisor)
                        totals[column[line]] += times * (after - before)
                        before = after
                nth += times * turns
            day += 1
