"""What wrong documents in foreign currency gain until they are reversed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASS_BITS, LEAD_DAYS, find_place, of_class
from datasynth.generation.kernels.schedule.wrong_counts import count_upto
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL, WRONG, nth_wrong, thinned
from datasynth.generation.kernels.schedule.wrong_placements import days_of_wrong
from datasynth.generation.kernels.sums.drawn_runs import RUN
from datasynth.generation.kernels.sums.wrong_drawn_sums import (
    deal_amounts,
    drawn_item,
    empty_run,
    fill_pooled_run,
)
from datasynth.generation.kernels.valued import SETTLES, valued
from datasynth.kernel import allocating

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.generation.kernels.sums.wrong_drawn_sums import WrongLines


@allocating
def gained_by_pooled(
    number: int, low: int, high: int, rate_day: int, tables: ScheduleTables, lines: WrongLines
) -> np.int64:
    """Return what a cell's documents gain whose cases share an amount pool; one turn is one day of start.

    They are those from `low` to before `high`.  [minor units of the company's currency]
    """
    cell, gained = tables.wrong.cells[number], np.int64(0)
    if low >= high:
        return gained
    series, starts = tables.series[cell.series], tables.starts[cell.case_company, cell.case]
    rate, divisor = lines.rates.rates[series.rate, LEAD_DAYS + rate_day], lines.rates.divisor[series.rate]
    run, uses = empty_run(), np.zeros(RUN, dtype=np.int64)
    case = int((nth_wrong(low, cell.chance, cell.phase) << CLASS_BITS) + np.int64(cell.number))
    start = find_place(starts, case)
    while low < high:
        end = min(high, int(thinned(of_class(starts[start + 1], cell.number), cell.chance, cell.phase)))
        if end > low:
            count = fill_pooled_run(number, start, low, end, tables, run, uses)
            deal_amounts(count, series, lines, run)
            local = run.booked if series.valuation == SETTLES else run.worth
            for place in range(count):
                gained += run.times[place] * (valued(run.amount[place], rate, divisor) - local[place])
        low = max(low, end)
        start += 1
    return gained


@allocating
def add_gained(
    pairs: NDArray[np.int64],
    day: int,
    ranks: NDArray[np.int64],
    rate_day: int,
    signs: NDArray[np.int64],
    tables: ScheduleTables,
    lines: WrongLines,
    gained: NDArray[np.int64],
) -> None:
    """Add what wrong documents open at a position gain at a day's rates; one turn is one of them.

    Parameters
    ----------
    pairs : (n, 2) int64
        Series of wrong documents, and of their reversals.
    day, ranks
        Day of the position, and how many documents of each series are before it that day (series,).
    rate_day
        Day of the rates. [days from the start]
    signs : (series, 2) int64
        By which sign the worth of a series' documents counts among receivables and among
        payables: 1 where they are debits, -1 where they are credits, 0 where neither.
    gained : (2,) int64
        Added to: receivables and payables, debit positive. [minor units of the company's currency]
    """
    wrong, tree, rates = tables.wrong, tables.tree, lines.rates
    for pair in range(len(pairs)):
        at, reversing = pairs[pair, 0], pairs[pair, 1]
        first, last = wrong.of_series[at, 0], wrong.of_series[at, 1]
        upto, back = np.zeros(last - first, dtype=np.int64), np.zeros(last - first, dtype=np.int64)
        count_upto(at, WRONG, day, ranks[at], tree.nodes.key[tree.leaf[at]], tables, upto)
        key = tree.nodes.key[tree.leaf[reversing]]
        count_upto(reversing, REVERSAL, day, ranks[reversing], key, tables, back)
        for number in range(first, last):
            cell = wrong.cells[number]
            receivable, payable = signs[cell.series, 0], signs[cell.series, 1]
            if receivable == 0 and payable == 0:
                continue
            row = tables.series[cell.series].rate
            if tables.series[cell.series].pool_bits >= 0:
                low, high = int(back[number - first]), int(upto[number - first])
                more = gained_by_pooled(number, low, high, rate_day, tables, lines)
                gained[0] += receivable * more
                gained[1] += payable * more
                continue
            for place in range(back[number - first], upto[number - first]):
                case = int((nth_wrong(place, cell.chance, cell.phase) << CLASS_BITS) + cell.number)
                posted, _, _ = days_of_wrong(number, case, tables)
                amount, local = drawn_item(cell.series, case, posted, tables, lines)
                more = valued(amount, rates.rates[row, LEAD_DAYS + rate_day], rates.divisor[row]) - local
                gained[0] += receivable * more
                gained[1] += payable * more
