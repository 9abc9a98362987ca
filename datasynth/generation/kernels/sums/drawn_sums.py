"""Sums in company currency over documents whose cases draw their amounts: each is visited once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.drawn_amounts import ORIGINAL, part_of
from datasynth.generation.kernels.schedule.counts import (
    CLASS_BITS,
    CLASSES,
    LEAD_DAYS,
    find_place,
    first_start,
    of_class,
)
from datasynth.generation.kernels.sums.drawn_runs import (
    RUN,
    draw_amounts,
    draw_rows,
    empty_scratch,
    value_amounts,
)
from datasynth.generation.kernels.sums.pool_runs import add_right_uses, take_uses
from datasynth.generation.kernels.sums.summed import cases_before
from datasynth.generation.kernels.valued import day_of_step
from datasynth.kernel import allocating, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.kernels.sums.drawn_runs import AmountDraws
    from datasynth.generation.kernels.sums.summed import DayRates, SummedLines, SummedSeries

SETTLING_COLUMNS = 4
"""Columns of a settlement: main line in debit, main line in credit, loss, gain."""


class DocumentRun(NamedTuple):
    """A run of documents whose cases draw their amounts: scratch of `RUN` places each.

    Attributes
    ----------
    case, amount
        Cases, and their amounts. [minor units]
    row
        Rows of lines that are posted.
    day
        Row of the sums that each document is added to.
    rate, opened
        Rates of the document's day, and of that on which what it settles was booked.
    worth, booked
        Amounts at these rates. [minor units of the company's currency]
    times
        How many documents each stands for.
    """

    case: NDArray[np.int64]
    amount: NDArray[np.int64]
    row: NDArray[np.int64]
    day: NDArray[np.int64]
    rate: NDArray[np.int64]
    opened: NDArray[np.int64]
    worth: NDArray[np.int64]
    booked: NDArray[np.int64]
    times: NDArray[np.int64]


@allocating
def empty_dated_run() -> DocumentRun:
    """Return scratch for a run of documents."""
    room = np.empty((9, RUN), dtype=np.int64)
    room[8] = 1
    return DocumentRun(room[0], room[1], room[2], room[3], room[4], room[5], room[6], room[7], room[8])


@kernel
def add_settlements(daily: NDArray[np.int64], count: int, receives: int, run: DocumentRun) -> None:
    """Add what clears the first `count` documents, booked at one rate and paid at another.

    `daily` (days, SETTLING_COLUMNS) is added to. [minor units of the company's currency]
    """
    days, times = run.day, run.times
    for place in range(count):
        # A view of the day's row would cost as much as all of this.
        day, worth, booked = days[place], times[place] * run.worth[place], times[place] * run.booked[place]
        gained = worth - booked
        if receives == 0:
            gained = -gained
        daily[day, receives] += booked
        daily[day, 1 - receives] += worth
        daily[day, 2] += max(-gained, 0)
        daily[day, 3] += max(gained, 0)


@kernel
def add_lines(
    daily: NDArray[np.int64],
    count: int,
    worth: NDArray[np.int64],
    lines: SummedLines,
    whole: int,
    run: DocumentRun,
) -> None:
    """Add the lines of the first `count` documents: parts of what the amount of each case is worth.

    A document in foreign currency has one line a side, of the whole amount, so that
    nothing is lost by rounding each of them.
    """
    offsets, column, parts = lines.offsets, lines.column, lines.amount
    days, rows, times = run.day, run.row, run.times
    for place in range(count):
        day, row = days[place], rows[place]
        for line in range(offsets[row], offsets[row + 1]):
            daily[day, column[line]] += times[place] * part_of(worth[place], parts[line], whole)


@kernel
def add_run(
    daily: NDArray[np.int64],
    count: int,
    series: SummedSeries,
    lines: SummedLines,
    rates: DayRates,
    run: DocumentRun,
) -> None:
    """Add the first `count` documents of a run, of which cases, amounts, days and rates are known.

    Parameters
    ----------
    daily : (days, columns) int64
        Added to: by the columns of the lines, or `SETTLING_COLUMNS`.
        [minor units of the company's currency]
    rates
        Empty for documents in company currency.
    """
    worth = run.amount
    if len(rates.rates) > 0:
        worth = run.worth
        value_amounts(count, run.amount, run.rate, rates.divisor, worth)
    if len(series.settled) > 0:
        value_amounts(count, run.amount, run.opened, rates.divisor, run.booked)
        add_settlements(daily, count, series.receives, run)
    else:
        draw_rows(count, series.key, series.class_bits, series.first_row, run.case, run.row)
        add_lines(daily, count, worth, lines, series.whole, run)


@kernel
def take_pool(
    number: int,
    low: int,
    high: int,
    series: SummedSeries,
    amounts: DrawnAmounts,
    uses: NDArray[np.int64],
    run: DocumentRun,
    scratch: AmountDraws,
) -> int:
    """Fill in what a run of a class's cases uses of the amount pool, and return how many amounts these are.

    `uses` is as `take_uses` leaves it.
    """
    bits, thinning = int(series.pool_bits), (series.thinning[number, 0], series.thinning[number, 1])
    add_right_uses(series.key, number, (low, high), thinning, bits, uses)
    count = take_uses(number, bits, uses, run.case, run.times)
    draw_amounts(*(count, series.key, ORIGINAL, amounts, series.distribution, run.case, run.amount, scratch))
    return count


@allocating
def add_pooled(
    totals: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    series: SummedSeries,
    lines: SummedLines,
    amounts: DrawnAmounts,
    rates: DayRates,
) -> None:
    """Do what `add_drawn` does for cases that share an amount pool."""
    upto, each_day, run, scratch = series.upto, rates.rates, empty_dated_run(), empty_scratch()
    in_cases, settles, valued = len(series.window) > 0, len(series.settled) > 0, len(each_day) > 0
    uses = np.zeros(RUN, dtype=np.int64)
    run.day[:] = 0
    for number in range(CLASSES):
        nth = low[number]
        if nth >= high[number]:
            continue
        start = find_place(upto, (nth << CLASS_BITS) + number)
        while nth < high[number]:
            # Without rates all days are alike.
            end = min(high[number], of_class(upto[start + 1], number)) if valued else high[number]
            if end > nth:
                count = take_pool(number, nth, end, series, amounts, uses, run, scratch)
                if valued:
                    run.rate[:count] = each_day[
                        day_of_step(series.window, start, number) if in_cases else LEAD_DAYS + start
                    ]
                if settles:
                    run.opened[:count] = each_day[day_of_step(series.settled, start, number)]
                add_run(totals, count, series, lines, rates, run)
            nth = max(nth, end)
            start += 1


@allocating
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
        Added to; see `add_run`. [minor units of the company's currency]
    low, high : (CLASSES,) int64
        First case of each class, and the one after the last.
    rates
        Empty for documents in company currency.
    """
    if series.pool_bits >= 0:
        add_pooled(totals, low, high, series, lines, amounts, rates)
        return
    upto, each_day, run, scratch, count = series.upto, rates.rates, empty_dated_run(), empty_scratch(), 0
    in_cases, settles, valued = len(series.window) > 0, len(series.settled) > 0, len(each_day) > 0
    key, distribution = series.key, series.distribution
    run.day[:] = 0
    for number in range(CLASSES):
        nth = low[number]
        if nth >= high[number]:
            continue
        start = find_place(upto, (nth << CLASS_BITS) + number)
        posted = day_of_step(series.window, start, number) if in_cases else LEAD_DAYS + start
        opened = day_of_step(series.settled, start, number) if settles else 0
        while nth < high[number]:
            rate = each_day[posted] if valued else 0
            booked = each_day[opened] if settles else 0
            end = min(high[number], of_class(upto[start + 1], number))
            for place in range(nth, end):
                run.case[count] = (place << CLASS_BITS) + number
                run.rate[count], run.opened[count] = rate, booked
                count += 1
                if count == RUN:
                    draw_amounts(count, key, ORIGINAL, amounts, distribution, run.case, run.amount, scratch)
                    add_run(totals, count, series, lines, rates, run)
                    count = 0
            nth = end
            start += 1
            # Later starts have later steps, so both days only move on.
            posted = step_after(series.window, posted, start, number) if in_cases else LEAD_DAYS + start
            opened = step_after(series.settled, opened, start, number) if settles else 0
    draw_amounts(count, key, ORIGINAL, amounts, distribution, run.case, run.amount, scratch)
    add_run(totals, count, series, lines, rates, run)


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


@allocating
def draw_cases(
    first: int,
    key: np.uint64,
    amounts: DrawnAmounts,
    distribution: int,
    drawn: NDArray[np.int64],
) -> None:
    """Draw the amounts of the cases from `first` on into `drawn`; one turn is one run of cases."""
    cases, scratch = np.empty(RUN, dtype=np.int64), empty_scratch()
    for begin in range(0, len(drawn), RUN):
        count = min(RUN, len(drawn) - begin)
        for place in range(count):
            cases[place] = first + begin + place
        found = drawn[begin : begin + count]
        draw_amounts(count, key, ORIGINAL, amounts, distribution, cases, found, scratch)


@allocating
def sum_pooled_days(
    daily: NDArray[np.int64],
    step_days: tuple[NDArray[np.int16], NDArray[np.int16]],
    series: SummedSeries,
    lines: SummedLines,
    amounts: DrawnAmounts,
    rates: DayRates,
) -> None:
    """Do what `sum_days` does for all cases, which share an amount pool; one turn is one class and start."""
    posting, opening = step_days
    in_cases, settles, valued = len(posting) > 0, len(opening) > 0, len(rates.rates) > 0
    upto, each_day, run, scratch = series.upto, rates.rates, empty_dated_run(), empty_scratch()
    uses = np.zeros(RUN, dtype=np.int64)
    for number in range(CLASSES):
        for start in range(LEAD_DAYS + len(daily) if in_cases else len(daily)):
            posted = np.int64(posting[start, number]) if in_cases else LEAD_DAYS + start
            low, high = of_class(upto[start], number), of_class(upto[start + 1], number)
            if low >= high or not LEAD_DAYS <= posted < LEAD_DAYS + len(daily):
                continue
            count = take_pool(number, low, high, series, amounts, uses, run, scratch)
            run.day[:count] = posted - LEAD_DAYS
            if valued:
                run.rate[:count] = each_day[posted]
            if settles:
                run.opened[:count] = each_day[opening[start, number]]
            add_run(daily, count, series, lines, rates, run)


@kernel
def sum_days(
    daily: NDArray[np.int64],
    first: int,
    last: int,
    drawn: NDArray[np.int64],
    step_days: tuple[NDArray[np.int16], NDArray[np.int16]],
    series: SummedSeries,
    lines: SummedLines,
    rates: DayRates,
) -> None:
    """Sum a series' documents of each day; one turn is one case.

    Parameters
    ----------
    daily : (days, columns) int64
        Added to; see `add_run`. [minor units of the company's currency]
    first, last
        First day of start, and the one after the last.
    drawn
        Amounts of the cases of these days; see `draw_cases`. [minor units]
    step_days
        Days of the step, and of the one that it settles; see `fill_step_days`.  Both are
        empty for single documents, which are posted when they start.
    """
    posting, opening = step_days
    in_cases, settles, valued = len(posting) > 0, len(opening) > 0, len(rates.rates) > 0
    upto, each_day, run, count = series.upto, rates.rates, empty_dated_run(), 0
    for start in range(first, last):
        for case in range(upto[start], upto[start + 1]):
            number = case & (CLASSES - 1)
            posted = np.int64(posting[start, number]) if in_cases else LEAD_DAYS + start
            if not LEAD_DAYS <= posted < LEAD_DAYS + len(daily):
                continue
            run.case[count], run.amount[count] = case, drawn[case - upto[first]]
            run.day[count] = posted - LEAD_DAYS
            if valued:
                run.rate[count] = each_day[posted]
            if settles:
                run.opened[count] = each_day[opening[start, number]]
            count += 1
            if count == RUN:
                add_run(daily, count, series, lines, rates, run)
                count = 0
    add_run(daily, count, series, lines, rates, run)


@allocating
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
    run, scratch, count = empty_dated_run(), empty_scratch(), 0
    key, distribution, divisor = opened.key, opened.distribution, rates.divisor
    uses = np.zeros(RUN, dtype=np.int64)
    for at in range(len(days)):
        run.rate[:] = rates.rates[LEAD_DAYS + days[at] - 1]
        for number in range(CLASSES):
            # Cases of a class keep their order at every step, so those open are consecutive.
            low = cases_before(opened.upto, settling, days[at], number)
            high = cases_before(opened.upto, opened.window, days[at], number)
            if opened.pool_bits >= 0:
                if high > low:
                    count = take_pool(number, low, high, opened, amounts, uses, run, scratch)
                    worths[at] += worth_of_run(count, divisor, run)
                    count = 0
                continue
            for nth in range(low, high):
                run.case[count] = (nth << CLASS_BITS) + number
                count += 1
                if count == RUN:
                    draw_amounts(count, key, ORIGINAL, amounts, distribution, run.case, run.amount, scratch)
                    worths[at] += worth_of_run(count, divisor, run)
                    count = 0
        draw_amounts(count, key, ORIGINAL, amounts, distribution, run.case, run.amount, scratch)
        worths[at] += worth_of_run(count, divisor, run)
        count = 0


@kernel
def worth_of_run(count: int, divisor: int, run: DocumentRun) -> np.int64:
    """Return what the first `count` amounts of a run are worth. [minor units of the company's currency]"""
    value_amounts(count, run.amount, run.rate, divisor, run.worth)
    total = np.int64(0)
    for place in range(count):
        total += run.times[place] * run.worth[place]
    return total
