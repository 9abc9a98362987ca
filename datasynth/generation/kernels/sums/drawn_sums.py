"""Sums in company currency over documents whose cases draw their amounts: each is visited once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.drawn_amounts import ORIGINAL, drawn_amount, drawn_template, part_of
from datasynth.generation.kernels.schedule.counts import (
    CLASS_BITS,
    CLASSES,
    LEAD_DAYS,
    find_place,
    first_start,
    of_class,
)
from datasynth.generation.kernels.sums.summed import cases_before
from datasynth.generation.kernels.valued import day_of_step, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.kernels.sums.summed import DayRates, SummedLines, SummedSeries

SETTLING_COLUMNS = 4
"""Columns of a settlement: main line in debit, main line in credit, loss, gain."""


@kernel
def add_settlement(
    daily: NDArray[np.int64], day: int | np.int64, booked: np.int64, paid: np.int64, receives: int
) -> None:
    """Add what clears a document that was booked at one rate and is paid at another.

    `daily` (days, SETTLING_COLUMNS) is added to. [minor units of the company's currency]
    """
    # A view of the day's row would cost as much as all of this.
    daily[day, receives] += booked
    daily[day, 1 - receives] += paid
    gained = paid - booked if receives > 0 else booked - paid
    if gained < 0:
        daily[day, 2] -= gained
    else:
        daily[day, 3] += gained


@kernel
def add_lines(
    daily: NDArray[np.int64],
    day: int | np.int64,
    worth: np.int64,
    row: np.int64,
    offsets: NDArray[np.int64],
    column: NDArray[np.int16],
    parts: NDArray[np.int64],
    whole: int,
) -> None:
    """Add the lines of a row to their columns: parts of what the amount of the case is worth.

    A document in foreign currency has one line a side, of the whole amount, so that
    nothing is lost by rounding each of them.
    """
    for line in range(offsets[row], offsets[row + 1]):
        daily[day, column[line]] += part_of(worth, parts[line], whole)


@kernel
def add_drawn(
    totals: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    series: SummedSeries,
    lines: SummedLines,
    amounts: DrawnAmounts,
    rates: DayRates,
) -> None:
    """Add the documents of a run of cases; one turn is one day of start of one class.

    Parameters
    ----------
    totals : (1, columns) int64
        Added to: by the columns of the lines, or `SETTLING_COLUMNS`.
        [minor units of the company's currency]
    low, high : (CLASSES,) int64
        First case of each class, and the one after the last.
    rates
        Empty for documents in company currency.
    """
    key, upto, class_bits, distribution = series.key, series.upto, series.class_bits, series.distribution
    offsets, column, parts = lines.offsets, lines.column, lines.amount
    each_day, divisor = rates.rates, rates.divisor
    in_cases, settles = len(series.window) > 0, len(series.settled) > 0
    for number in range(CLASSES):
        nth = low[number]
        if nth >= high[number]:
            continue
        start = find_place(upto, (nth << CLASS_BITS) + number)
        posted = day_of_step(series.window, start, number) if in_cases else LEAD_DAYS + start
        opened = day_of_step(series.settled, start, number) if settles else 0
        while nth < high[number]:
            end = min(high[number], of_class(upto[start + 1], number))
            for place in range(nth, end):
                case = (place << CLASS_BITS) + number
                amount = drawn_amount(key, case, ORIGINAL, amounts, distribution)
                worth = valued(amount, each_day[posted], divisor) if len(each_day) > 0 else amount
                if settles:
                    booked = valued(amount, each_day[opened], divisor)
                    add_settlement(totals, 0, booked, worth, series.receives)
                else:
                    row = series.first_row + drawn_template(key, case, class_bits)
                    add_lines(totals, 0, worth, row, offsets, column, parts, series.whole)
            nth = end
            start += 1
            # Later starts have later steps, so both days only move on.
            posted = step_after(series.window, posted, start, number) if in_cases else LEAD_DAYS + start
            opened = step_after(series.settled, opened, start, number) if settles else 0


@kernel
def step_after(window: NDArray[np.uint8], day: int, start: int, number: int) -> int:
    """Return the day of a step as `day_of_step` does, searching from `day` on."""
    while day + 2 < len(window) and first_start(window, day + 1, number) <= start:
        day += 1
    return day


@kernel
def fill_step_days(window: NDArray[np.uint8], days: NDArray[np.int16]) -> None:
    """Find the days of a step, from the first lead day; one turn is one day of start and class.

    `days` (starts, CLASSES) is filled; a step behind the data set has the day after the last.
    """
    last = len(window) - 1
    for number in range(CLASSES):
        day = 0
        for start in range(len(days)):
            while day < last and first_start(window, day + 1, number) <= start:
                day += 1
            days[start, number] = day


@kernel
def sum_days(
    daily: NDArray[np.int64],
    first: int,
    last: int,
    step_days: tuple[NDArray[np.int16], NDArray[np.int16]],
    series: SummedSeries,
    lines: SummedLines,
    amounts: DrawnAmounts,
    rates: DayRates,
) -> None:
    """Sum a series' documents of each day; one turn is one case.

    Parameters
    ----------
    daily : (days, columns) int64
        Added to; see `add_document`. [minor units of the company's currency]
    first, last
        First day of start, and the one after the last.
    step_days
        Days of the step, and of the one that it settles; see `fill_step_days`.  Both are
        empty for single documents, which are posted when they start.
    """
    posting, opening = step_days
    in_cases, settles = len(posting) > 0, len(opening) > 0
    key, upto, class_bits, distribution = series.key, series.upto, series.class_bits, series.distribution
    offsets, column, parts = lines.offsets, lines.column, lines.amount
    each_day, divisor = rates.rates, rates.divisor
    for start in range(first, last):
        for case in range(upto[start], upto[start + 1]):
            number = case & (CLASSES - 1)
            posted = np.int64(posting[start, number]) if in_cases else LEAD_DAYS + start
            if not LEAD_DAYS <= posted < LEAD_DAYS + len(daily):
                continue
            day = posted - LEAD_DAYS
            amount = drawn_amount(key, case, ORIGINAL, amounts, distribution)
            worth = valued(amount, each_day[posted], divisor) if len(each_day) > 0 else amount
            if settles:
                booked = valued(amount, each_day[opening[start, number]], divisor)
                add_settlement(daily, day, booked, worth, series.receives)
            else:
                row = series.first_row + drawn_template(key, case, class_bits)
                add_lines(daily, day, worth, row, offsets, column, parts, series.whole)


@kernel
def value_open(
    worths: NDArray[np.int64],
    days: NDArray[np.int64],
    opened: SummedSeries,
    settling: NDArray[np.uint8],
    amounts: DrawnAmounts,
    rates: DayRates,
) -> None:
    """Value what is open before each day at the rate of the day before; one turn is one open case.

    Parameters
    ----------
    worths, days : (n,) int64
        Sums that are added to, and their days.
        [minor units of the company's currency; days from the start]
    opened
        The documents in foreign currency.
    settling
        Lag table of what settles them.
    """
    for at in range(len(days)):
        rate = rates.rates[LEAD_DAYS + days[at] - 1]
        for number in range(CLASSES):
            # Cases of a class keep their order at every step, so those open are consecutive.
            low = cases_before(opened.upto, settling, days[at], number)
            high = cases_before(opened.upto, opened.window, days[at], number)
            for nth in range(low, high):
                case = (nth << CLASS_BITS) + number
                amount = drawn_amount(opened.key, case, ORIGINAL, amounts, opened.distribution)
                worths[at] += valued(amount, rate, rates.divisor)
