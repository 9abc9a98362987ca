"""Sums over any run of cases in foreign currency, or of their settlements, at the rates of their days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, find_place, of_class
from datasynth.generation.kernels.summed import cases_before
from datasynth.generation.kernels.templates import rotation, template_of
from datasynth.generation.kernels.valued import day_of_step, valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.summed import DayRates, SummedLines, SummedSeries

SETTLING_COLUMNS = 4
"""Columns of a settlement: main line in debit, main line in credit, loss, gain."""


@kernel
def add_template(
    totals: NDArray[np.int64],
    times: int | np.int64,
    row: int | np.int64,
    lines: SummedLines,
    rate: np.int64,
    divisor: int,
) -> None:
    """Add a template `times` times at a day's rate. [minor units of the company's currency]

    Running sums of a side are rounded, and lines are differences of them, so both
    sides come to the same.
    """
    begin = lines.offsets[row]
    middle = begin + lines.debits[row]
    reached, before = np.int64(0), np.int64(0)
    for line in range(begin, lines.offsets[row + 1]):
        if line == middle:
            reached, before = np.int64(0), np.int64(0)
        reached += lines.amount[line]
        after = valued(reached, rate, divisor)
        totals[lines.column[line]] += times * (after - before)
        before = after


@kernel
def add_settlement(
    totals: NDArray[np.int64], booked: int | np.int64, paid: int | np.int64, receives: int
) -> None:
    """Add what clears documents that were booked at one rate and are paid at another.

    Documents that share both rates all gain or all lose, so their sums can be added at once.
    `totals` has `SETTLING_COLUMNS`. [minor units of the company's currency]
    """
    totals[receives] += booked
    totals[1 - receives] += paid
    gained = paid - booked if receives > 0 else booked - paid
    if gained < 0:
        totals[2] -= gained
    else:
        totals[3] += gained


@kernel
def add_valued(
    totals: NDArray[np.int64],
    low: NDArray[np.int64],
    high: NDArray[np.int64],
    series: SummedSeries,
    lines: SummedLines,
    rates: DayRates,
) -> None:
    """Add documents valued at the rates of their days; one turn is one day of start of one class.

    Parameters
    ----------
    totals : (columns,) int64
        Added to: by the columns of the lines, or `SETTLING_COLUMNS`.
        [minor units of the company's currency]
    low, high : (CLASSES,) int64
        First case of each class, and the one after the last.
    """
    key, upto, class_bits, divisor = series.key, series.upto, series.class_bits, rates.divisor
    settles = len(series.settled) > 0
    for number in range(CLASSES):
        nth = low[number]
        if nth >= high[number]:
            continue
        start = find_place(upto, (nth << CLASS_BITS) + number) - 1
        while nth < high[number]:
            start += 1
            end = min(high[number], of_class(upto[start + 1], number))
            if end <= nth:
                continue
            posted = (
                day_of_step(series.window, start, number) if len(series.window) > 0 else LEAD_DAYS + start
            )
            rate = rates.rates[posted]
            booked = rates.rates[day_of_step(series.settled, start, number)] if settles else rate
            while nth < end:
                # Every whole cycle takes each template once, so all of them are added as one.
                times = np.int64(1)
                turns = min(end, ((nth >> class_bits) + 1) << class_bits) - nth
                if turns == 1 << class_bits:
                    times = (end - nth) >> class_bits
                for case in range(nth, nth + turns):
                    row = series.first_row + template_of(key, (case << CLASS_BITS) + number, class_bits)
                    if settles:
                        before = times * valued(lines.total[row], booked, divisor)
                        after = times * valued(lines.total[row], rate, divisor)
                        add_settlement(totals, before, after, series.receives)
                    else:
                        add_template(totals, times, row, lines, rate, divisor)
                nth += times * turns


@kernel
def take_templates(
    key: np.uint64, number: int, cases: int, class_bits: int, taken: NDArray[np.int64]
) -> None:
    """Fill `taken` with how often the first cases of a class take each of its templates."""
    class_templates = 1 << class_bits
    cycles = cases >> class_bits
    for place in range(class_templates):
        taken[place] = cycles
    rest = cases & (class_templates - 1)
    if rest > 0:
        turn = rotation(key, number, cycles, class_templates)
        for nth in range(rest):
            taken[(turn + nth) & (class_templates - 1)] += 1


@kernel
def value_open(
    worths: NDArray[np.int64],
    days: NDArray[np.int64],
    opened: SummedSeries,
    settling: NDArray[np.uint8],
    lines: SummedLines,
    rates: DayRates,
) -> None:
    """Value what is open before each day at the rate of the day before; one turn is one day and class.

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
    class_bits = opened.class_bits
    taken = np.empty((2, 1 << class_bits), dtype=np.int64)
    for at in range(len(days)):
        rate = rates.rates[LEAD_DAYS + days[at] - 1]
        for number in range(CLASSES):
            low = cases_before(opened.upto, settling, days[at], number)
            high = cases_before(opened.upto, opened.window, days[at], number)
            if low >= high:
                continue
            take_templates(opened.key, number, low, class_bits, taken[0])
            take_templates(opened.key, number, high, class_bits, taken[1])
            # Cases of a class keep their order at every step, so those open run from `low` to `high`.
            for place in range(1 << class_bits):
                count = taken[1, place] - taken[0, place]
                if count != 0:
                    amount = lines.total[opened.first_row + (number << class_bits) + place]
                    worths[at] += count * valued(amount, rate, rates.divisor)
