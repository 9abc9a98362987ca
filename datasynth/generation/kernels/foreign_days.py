"""Sums of documents in foreign currency and of what settles them, day by day.

Companies of one currency take the templates of one pool at the same rates.  Where
a class has many documents on a day, its templates are valued once and added up in
order; the sum of any company is then a difference of these prefix sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.foreign_sums import add_settlement, add_template
from datasynth.generation.kernels.summed import dealt_run
from datasynth.generation.kernels.templates import template_of
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.summed import DayRates, DealtRun, SeriesGroup, SummedLines


@kernel
def value_class(
    prefix: NDArray[np.int64], first_row: int, lines: SummedLines, rate: np.int64, divisor: int
) -> None:
    """Add up the templates of a class at a day's rate; one turn is one template.

    `prefix` is filled with the sums over the first templates; its first row must be
    nil.  `first_row` is the row of the class's first template.
    [minor units of the company's currency]
    """
    for nth in range(len(prefix) - 1):
        sums, earlier = prefix[nth + 1], prefix[nth]
        for place in range(len(sums)):
            sums[place] = earlier[place]
        add_template(sums, 1, first_row + nth, lines, rate, divisor)


@kernel
def value_totals(
    prefix: NDArray[np.int64],
    first_row: int,
    totals: NDArray[np.int64],
    booked: np.int64,
    paid: np.int64,
    divisor: int,
) -> None:
    """Add up the totals of a class's templates at two rates, a column each; see `value_class`."""
    for nth in range(len(prefix) - 1):
        total = totals[first_row + nth]
        prefix[nth + 1, 0] = prefix[nth, 0] + valued(total, booked, divisor)
        prefix[nth + 1, 1] = prefix[nth, 1] + valued(total, paid, divisor)


@kernel
def run_sum(prefix: NDArray[np.int64], column: int, low: DealtRun, high: DealtRun) -> np.int64:
    """Return the sum of a run of a class's cases in one column of `value_class` or `value_totals`.

    `low` and `high` are the `dealt_run` of the cases before the run, and before its end.
    """
    cycles, begin, end = high
    cycles_before, begin_before, end_before = low
    whole = (cycles - cycles_before) * prefix[len(prefix) - 1, column]
    before = prefix[end_before, column] - prefix[begin_before, column]
    found: np.int64 = whole + prefix[end, column] - prefix[begin, column] - before
    return found


@kernel
def cases_between(upto: NDArray[np.int64], start: int, number: int) -> int:
    """Count the cases of a class that start on a day, over all series."""
    cases = 0
    for series in range(upto.shape[1]):
        cases += of_class(upto[start + 1, series], number) - of_class(upto[start, series], number)
    return cases


@kernel
def group_before(group: SeriesGroup, series: int, day: int, number: int) -> int:
    """Count a class's cases of one series before a day; see `cases_before`."""
    if group.windows.shape[1] > 0:
        start = first_start(group.windows[group.table[series]], LEAD_DAYS + day, number)
        return of_class(group.upto[start, series], number)
    return of_class(group.upto[day, series], number)


@kernel
def sum_foreign(
    daily: NDArray[np.int64], first: int, last: int, group: SeriesGroup, lines: SummedLines, rates: DayRates
) -> None:
    """Sum the documents in foreign currency of each day; one turn is one day and class.

    Parameters
    ----------
    daily : (series, days, columns) int64
        Added to. [minor units of the company's currency]
    first, last
        First day, and the one after the last. [days from the start]
    """
    keys, class_bits, divisor = group.key, group.class_bits, rates.divisor
    prefix = np.zeros(((1 << class_bits) + 1, daily.shape[2]), dtype=np.int64)
    begun = np.empty((len(keys), 2), dtype=np.int64)
    for day in range(first, last):
        rate = rates.rates[LEAD_DAYS + day]
        for number in range(CLASSES):
            cases = 0
            for series in range(len(keys)):
                begun[series, 0] = group_before(group, series, day, number)
                begun[series, 1] = group_before(group, series, day + 1, number)
                cases += begun[series, 1] - begun[series, 0]
            # With as many cases as templates, it is less work to value each template once.
            dense = cases >= 1 << class_bits
            if dense:
                value_class(prefix, group.first_row + (number << class_bits), lines, rate, divisor)
            for series in range(len(keys)):
                low, high = begun[series, 0], begun[series, 1]
                if low == high:
                    continue
                moved = daily[series, day]
                if dense:
                    before = dealt_run(keys[series], number, low, class_bits)
                    after = dealt_run(keys[series], number, high, class_bits)
                    for column in range(len(moved)):
                        moved[column] += run_sum(prefix, column, before, after)
                    continue
                for nth in range(low, high):
                    template = template_of(keys[series], (nth << CLASS_BITS) + number, class_bits)
                    add_template(moved, 1, group.first_row + template, lines, rate, divisor)


@kernel
def settle_class(
    daily: NDArray[np.int64],
    number: int,
    group: SeriesGroup,
    lines: SummedLines,
    rates: DayRates,
    prefix: NDArray[np.int64],
) -> None:
    """Add what settles the documents of a class, see `sum_settled`; one turn is one day of start."""
    keys, upto, class_bits, receives = group.key, group.upto, group.class_bits, group.receives
    each_day, divisor, totals = rates.rates, rates.divisor, lines.total
    class_row = group.first_row + (number << class_bits)
    opening, settling = group.settled, group.windows[group.table[0]]
    opened, posted = 0, LEAD_DAYS
    end = first_start(settling, LEAD_DAYS + len(daily), number)
    # Later starts have later steps, so both days only move on, and nothing is searched.
    for start in range(first_start(settling, LEAD_DAYS, number), end):
        while first_start(settling, posted + 1, number) <= start:
            posted += 1
        # Steps after the last known day are given that day; see `day_of_step`.
        while opened + 2 < len(opening) and first_start(opening, opened + 1, number) <= start:
            opened += 1
        booked, paid = each_day[opened], each_day[posted]
        cases = cases_between(upto, start, number)
        dense = cases >= 1 << class_bits
        if dense:
            value_totals(prefix, class_row, totals, booked, paid, divisor)
        for series in range(len(keys) if cases > 0 else 0):
            low, high = of_class(upto[start, series], number), of_class(upto[start + 1, series], number)
            if low == high:
                continue
            cleared, received = np.int64(0), np.int64(0)
            if dense:
                before = dealt_run(keys[series], number, low, class_bits)
                after = dealt_run(keys[series], number, high, class_bits)
                cleared, received = run_sum(prefix, 0, before, after), run_sum(prefix, 1, before, after)
            else:
                for nth in range(low, high):
                    template = template_of(keys[series], (nth << CLASS_BITS) + number, class_bits)
                    total = totals[group.first_row + template]
                    cleared += valued(total, booked, divisor)
                    received += valued(total, paid, divisor)
            add_settlement(daily[posted - LEAD_DAYS, series], cleared, received, receives)


@kernel
def sum_settled(
    daily: NDArray[np.int64], first: int, last: int, group: SeriesGroup, lines: SummedLines, rates: DayRates
) -> None:
    """Sum what settles documents in foreign currency, day by day; one turn is one class.

    Parameters
    ----------
    daily : (days, series, SETTLING_COLUMNS) int64
        Added to. [minor units of the company's currency]
    first, last
        First class, and the one after the last.
    group
        All of its series have the lag table of the first one.
    """
    prefix = np.zeros(((1 << group.class_bits) + 1, 2), dtype=np.int64)
    for number in range(first, last):
        settle_class(daily, number, group, lines, rates, prefix)
