"""Day by day sums of documents in foreign currency and of what settles them.

Companies of one currency deal the templates of one pool at the same rates.  Where
a class has many documents of a day, its templates are valued once and added up in
order; what any company has of them is a difference of such sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.dealing import rotation, template_of
from datasynth.generation.kernels.foreign_sums import add_settlement, add_template
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.summed import DayRates, SeriesGroup, SummedLines


@kernel
def go_round_twice(reached: NDArray[np.int64]) -> None:
    """Continue sums over a class's templates with those of a second round, since runs may wrap around."""
    class_templates = len(reached) >> 1
    whole = reached[class_templates]
    for nth in range(1, class_templates + 1):
        row, earlier = reached[class_templates + nth], reached[nth]
        for place in range(len(row)):
            row[place] = earlier[place] + whole[place]


@kernel
def value_class(
    reached: NDArray[np.int64], first_row: int, lines: SummedLines, rate: np.int64, divisor: int
) -> None:
    """Add up the templates of a class at a day's rate, in order and twice over.

    Parameters
    ----------
    reached : (2 * templates of a class + 1, columns) int64
        Output: sums over the first so many; the first row must be nil.
        [minor units of the company's currency]
    first_row
        Row of the class's first template.
    lines, rate, divisor
        See `SummedLines` and `DayRates`.
    """
    for nth in range(len(reached) >> 1):
        row, earlier = reached[nth + 1], reached[nth]
        for place in range(len(row)):
            row[place] = earlier[place]
        add_template(row, 1, first_row + nth, lines, rate, divisor)
    go_round_twice(reached)


@kernel
def value_totals(
    reached: NDArray[np.int64],
    first_row: int,
    totals: NDArray[np.int64],
    booked: np.int64,
    paid: np.int64,
    divisor: int,
) -> None:
    """Add up what a class's documents are worth at two rates, in a column each; see `value_class`."""
    for nth in range(len(reached) >> 1):
        total = totals[first_row + nth]
        reached[nth + 1, 0] = reached[nth, 0] + valued(total, booked, divisor)
        reached[nth + 1, 1] = reached[nth, 1] + valued(total, paid, divisor)
    go_round_twice(reached)


@kernel
def add_run(
    totals: NDArray[np.int64],
    reached: NDArray[np.int64],
    key: np.uint64,
    number: int,
    low: int,
    high: int,
    class_bits: int,
) -> None:
    """Add a run of a class's cases from the sums over its templates.

    Parameters
    ----------
    totals : (columns,) int64
        Added to. [minor units of the company's currency]
    reached
        From `value_class` or `value_totals`.
    key
        Of the cases' draws.
    number
        The class.
    low, high
        First case, and the one after the last.
    class_bits
        ``2 ** class_bits`` templates a class.
    """
    class_templates = 1 << class_bits
    cycle = low >> class_bits
    cycles = (high >> class_bits) - cycle
    turn = rotation(key, number, cycle, class_templates)
    less = reached[turn + (low & (class_templates - 1))]
    if cycles == 0:
        more = reached[turn + (high & (class_templates - 1))]
        for place in range(len(totals)):
            totals[place] += more[place] - less[place]
        return
    last = rotation(key, number, cycle + cycles, class_templates)
    more = reached[last + (high & (class_templates - 1))]
    before, begun, whole = reached[last], reached[turn], reached[class_templates]
    for place in range(len(totals)):
        totals[place] += more[place] - before[place] + begun[place] - less[place] + cycles * whole[place]


@kernel
def cases_between(upto: NDArray[np.int64], start: int, number: int) -> int:
    """Count the cases of a class that start on a day, of all series."""
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
        The first day, and the one after the last. [days from the start]
    group, lines, rates
        Whose documents.
    """
    class_bits, divisor = group.class_bits, rates.divisor
    reached = np.zeros(((2 << class_bits) + 1, daily.shape[2]), dtype=np.int64)
    begun = np.empty((len(group.key), 2), dtype=np.int64)
    for day in range(first, last):
        rate = rates.rates[LEAD_DAYS + day]
        for number in range(CLASSES):
            cases = 0
            for series in range(len(group.key)):
                begun[series, 0] = group_before(group, series, day, number)
                begun[series, 1] = group_before(group, series, day + 1, number)
                cases += begun[series, 1] - begun[series, 0]
            dense = cases >= 1 << class_bits
            if dense:
                value_class(reached, group.first_row + (number << class_bits), lines, rate, divisor)
            for series in range(len(group.key)):
                low, high = begun[series]
                if low == high:
                    continue
                key, moved = group.key[series], daily[series, day]
                if dense:
                    add_run(moved, reached, key, number, low, high, class_bits)
                    continue
                for nth in range(low, high):
                    row = group.first_row + template_of(key, (nth << CLASS_BITS) + number, class_bits)
                    add_template(moved, 1, row, lines, rate, divisor)


@kernel
def settle_class(
    daily: NDArray[np.int64],
    number: int,
    group: SeriesGroup,
    lines: SummedLines,
    rates: DayRates,
    reached: NDArray[np.int64],
) -> None:
    """Add what settles the documents of one class; one turn is one day of start.

    Parameters
    ----------
    daily, group, lines, rates
        See `sum_settled`.
    number
        The class.
    reached : (2 * templates of a class + 1, 2) int64
        Scratch of `value_totals`.
    """
    class_bits, divisor, upto, totals = group.class_bits, rates.divisor, group.upto, lines.total
    opening, settling = group.settled, group.windows[group.table[0]]
    worth = np.empty(2, dtype=np.int64)
    opened, posted = 0, LEAD_DAYS
    end = first_start(settling, LEAD_DAYS + len(daily), number)
    for start in range(first_start(settling, LEAD_DAYS, number), end):
        while first_start(settling, posted + 1, number) <= start:
            posted += 1
        while opened + 2 < len(opening) and first_start(opening, opened + 1, number) <= start:
            opened += 1
        booked, paid = rates.rates[opened], rates.rates[posted]
        cases = cases_between(upto, start, number)
        dense = cases >= 1 << class_bits
        if dense:
            value_totals(reached, group.first_row + (number << class_bits), totals, booked, paid, divisor)
        for series in range(len(group.key)):
            low, high = of_class(upto[start, series], number), of_class(upto[start + 1, series], number)
            if cases == 0 or low == high:
                continue
            key = group.key[series]
            worth[0], worth[1] = 0, 0
            if dense:
                add_run(worth, reached, key, number, low, high, class_bits)
            else:
                for nth in range(low, high):
                    row = group.first_row + template_of(key, (nth << CLASS_BITS) + number, class_bits)
                    worth[0] += valued(totals[row], booked, divisor)
                    worth[1] += valued(totals[row], paid, divisor)
            add_settlement(daily[posted - LEAD_DAYS, series], worth[0], worth[1], group.receives)


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
        The first class, and the one after the last.
    group, lines, rates
        Whose documents; all of them have the lag table of the first one.
    """
    reached = np.zeros(((2 << group.class_bits) + 1, 2), dtype=np.int64)
    for number in range(first, last):
        settle_class(daily, number, group, lines, rates, reached)
