"""Sums of documents in foreign currency and of what settles them, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.foreign_sums import add_settlement, add_template
from datasynth.generation.kernels.templates import template_of
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.summed import DayRates, SeriesGroup, SummedLines


@kernel
def run_of_pass(nth: int, high: int, class_bits: int) -> tuple[int, int]:
    """Return how many cases of a pass come next, before `high`, and for how many passes they stand.

    Every whole pass takes each template once, so all whole ones are added as one.
    """
    turns = min(high, ((nth >> class_bits) + 1) << class_bits) - nth
    return turns, (high - nth) >> class_bits if turns == 1 << class_bits else 1


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
    for day in range(first, last):
        rate = rates.rates[LEAD_DAYS + day]
        for number in range(CLASSES):
            for series in range(len(keys)):
                moved = daily[series, day]
                nth = group_before(group, series, day, number)
                high = group_before(group, series, day + 1, number)
                while nth < high:
                    turns, times = run_of_pass(nth, high, class_bits)
                    for case in range(nth, nth + turns):
                        template = template_of(keys[series], (case << CLASS_BITS) + number, class_bits)
                        add_template(moved, times, group.first_row + template, lines, rate, divisor)
                    nth += turns * times


@kernel
def settle_class(
    daily: NDArray[np.int64], number: int, group: SeriesGroup, lines: SummedLines, rates: DayRates
) -> None:
    """Add what settles the documents of a class, see `sum_settled`; one turn is one day of start."""
    keys, upto, class_bits, receives = group.key, group.upto, group.class_bits, group.receives
    each_day, divisor, totals = rates.rates, rates.divisor, lines.total
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
        for series in range(len(keys)):
            nth, high = of_class(upto[start, series], number), of_class(upto[start + 1, series], number)
            if nth == high:
                continue
            cleared, received = np.int64(0), np.int64(0)
            while nth < high:
                turns, times = run_of_pass(nth, high, class_bits)
                for case in range(nth, nth + turns):
                    template = template_of(keys[series], (case << CLASS_BITS) + number, class_bits)
                    total = totals[group.first_row + template]
                    cleared += times * valued(total, booked, divisor)
                    received += times * valued(total, paid, divisor)
                nth += turns * times
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
    for number in range(first, last):
        settle_class(daily, number, group, lines, rates)
