"""Sums of wrong documents whose cases draw their amounts, and of their reversals, walked one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.document_lines import amount_version, drawing_case, rows_before_variant
from datasynth.generation.kernels.drawn_amounts import drawn_amount, part_of
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES, LEAD_DAYS, find_place, of_class
from datasynth.generation.kernels.schedule.wrong_documents import WRONG, nth_wrong, thinned, wrong_posted
from datasynth.generation.kernels.schedule.wrong_placements import days_started
from datasynth.generation.kernels.sums.drawn_runs import (
    RUN,
    draw_amounts,
    draw_rows,
    empty_scratch,
    value_amounts,
)
from datasynth.generation.kernels.sums.pool_runs import add_passes, take_uses
from datasynth.generation.kernels.valued import FOREIGN, SETTLES, valued
from datasynth.generation.kernels.wrong_amounts import BANK_ACCOUNT, MISTAKEN, POOLED
from datasynth.kernel import allocating, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.generation.kernels.schedule.wrong_documents import WrongTables
    from datasynth.generation.kernels.sums.drawn_runs import AmountDraws
    from datasynth.generation.kernels.valued import Rates

_BOTH = 2
LOSS, GAIN = 1, 3
"""Postings of a settlement that carry its exchange difference; 0 and 2 are the main ones."""


class WrongLines(NamedTuple):
    """What the lines of wrong documents are worked out from.

    Attributes
    ----------
    offsets, debits, account, posting, amount
        Rows of all templates; see `DocumentLines`.
    amounts
        See `TemplateLines`.
    rates
        See `Rates`.
    mistaken : (accounts,) int64
        The account that a wrong document has instead of each; see `ACCOUNT`.
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    amounts: DrawnAmounts
    rates: Rates
    mistaken: NDArray[np.int64]


class SideSums(NamedTuple):
    """Sums to which documents are added.

    Attributes
    ----------
    sums : (n, 2 * accounts) int64
        By run of days, account and side: ``2 * account``, plus 1 for credits. [minor units]
    daily : (days, columns) int64
        The same by day, of the accounts and sides that are followed day by day. [minor units]
    followed : (2 * accounts,) int64
        Column of `daily` of each account and side, or -1.
    """

    sums: NDArray[np.int64]
    daily: NDArray[np.int64]
    followed: NDArray[np.int64]


class WrongRun(NamedTuple):
    """Wrong documents that are added together: scratch of `RUN` places.

    Kernels that take all tables are called once for each run: a call for each document
    would take longer than the rest of its sum.

    Attributes
    ----------
    case, amount
        Cases of the documents, and their wrong amounts. [minor units]
    day, back
        Days of the wrong documents and of their reversals. [days from the start]
    opened
        Days of what the documents settle. [days from the first lead day]
    sums, sums_back
        Rows of `SideSums.sums` of both; below zero for what is left out.
    row
        Rows of lines.
    rate
        Rates of a day.
    worth, booked
        What the amounts are worth, and what was booked of what they settle.
        [minor units of the company's currency]
    times
        How many documents each stands for.
    scratch
        See `draw_amounts`.
    """

    case: NDArray[np.int64]
    amount: NDArray[np.int64]
    day: NDArray[np.int64]
    back: NDArray[np.int64]
    opened: NDArray[np.int64]
    sums: NDArray[np.int64]
    sums_back: NDArray[np.int64]
    row: NDArray[np.int64]
    rate: NDArray[np.int64]
    worth: NDArray[np.int64]
    booked: NDArray[np.int64]
    times: NDArray[np.int64]
    scratch: AmountDraws


@kernel
def amount_of(series: np.record, case: int | np.int64, wrong: WrongTables, amounts: DrawnAmounts) -> np.int64:
    """Return the amount of a wrong document whose case draws it. [minor units]"""
    drawing = drawing_case(series, case, wrong)
    return drawn_amount(series.key, drawing, amount_version(series, WRONG), amounts, series.distribution)


@kernel
def settled(
    at: int, case: int, day: int, tables: ScheduleTables, lines: WrongLines
) -> tuple[np.int64, np.int64]:
    """Return what a wrong settlement clears and pays. [minor units of the company's currency]"""
    series, rates = tables.series[at], lines.rates
    start = find_place(tables.starts[series.case_company, series.case], case)
    before = start + tables.lags[tables.series[series.settles].window, start, case & (CLASSES - 1)]
    amount, day_rates = amount_of(series, case, tables.wrong, lines.amounts), rates.rates[series.rate]
    # Each is rounded by itself, as in `deal_drawn`.
    booked = valued(amount, day_rates[before], rates.divisor[series.rate])
    return booked, valued(amount, day_rates[LEAD_DAYS + day], rates.divisor[series.rate])


@kernel
def deal_amounts(count: int, series: np.record, lines: WrongLines, run: WrongRun) -> None:
    """Find rows and worths of the first documents of a run."""
    day, opened, rate, scratch = run.day, run.opened, run.rate, run.scratch
    version, row = amount_version(series, WRONG), series.rate
    draw_amounts(
        *(count, series.key, version, lines.amounts, series.distribution, run.case, run.amount, scratch)
    )
    draw_rows(count, series.key, series.class_bits, series.row, run.case, run.row)
    if row < 0:
        for place in range(count):
            run.worth[place] = run.amount[place]
        return
    each_day, divisor = lines.rates.rates[row], lines.rates.divisor[row]
    for place in range(count):
        rate[place] = each_day[LEAD_DAYS + day[place]]
    value_amounts(count, run.amount, rate, divisor, run.worth)
    if series.valuation == SETTLES:
        for place in range(count):
            rate[place] = each_day[opened[place]]
        # Each is rounded by itself, as in `deal_drawn`.
        value_amounts(count, run.amount, rate, divisor, run.booked)
        for place in range(count):
            run.row[place] += rows_before_variant(series, run.booked[place], run.worth[place])


@kernel
def add_rows(count: int, series: np.record, lines: WrongLines, totals: SideSums, run: WrongRun) -> None:
    """Add the lines of the first documents of a run; one turn is one document."""
    sums, daily, followed = totals
    offsets, debits, accounts, postings = lines.offsets, lines.debits, lines.account, lines.posting
    parts, mistaken, whole = lines.amount, lines.mistaken, series.whole
    elsewhere, settles = series.mistake == BANK_ACCOUNT, series.valuation == SETTLES
    for place in range(count):
        row, worth, booked = run.row[place], run.worth[place], run.booked[place]
        own, back = run.sums[place], run.sums_back[place]
        begin, end = offsets[row], offsets[row + 1]
        middle = begin + debits[row]
        for line in range(begin, end):
            account, posting = np.int64(accounts[line]), postings[line]
            if elsewhere:
                account = mistaken[account]
            if not settles:
                amount = part_of(worth, parts[line], whole)
            elif posting != LOSS and posting != GAIN:
                amount = worth if (posting == 0) == (series.receives == 1) else booked
            else:
                amount = abs(worth - booked)
            amount *= run.times[place]
            side = 2 * account + (0 if line < middle else 1)
            # The debits of a reversal are credits of the wrong document.
            other = side ^ 1
            if own >= 0:
                sums[own, side] += amount
                if followed[side] >= 0:
                    daily[run.day[place], followed[side]] += amount
            if back >= 0:
                sums[back, other] += amount
                if followed[other] >= 0:
                    daily[run.back[place], followed[other]] += amount


@kernel
def add_documents(
    count: int, at: int, tables: ScheduleTables, lines: WrongLines, totals: SideSums, run: WrongRun
) -> None:
    """Add the first documents of a run, all of one series of cases, to the sums of accounts and sides."""
    series = tables.series[at]
    deal_amounts(count, series, lines, run)
    add_rows(count, series, lines, totals, run)


@allocating
def empty_run() -> WrongRun:
    """Return a run to be filled."""
    room = np.zeros((12, RUN), dtype=np.int64)
    room[11] = 1
    return WrongRun(
        *(room[0], room[1], room[2], room[3], room[4], room[5]),
        *(room[6], room[7], room[8], room[9], room[10], room[11]),
        empty_scratch(),
    )


@kernel
def fill_run(
    number: int, low: int, count: int, runs: NDArray[np.int64], tables: ScheduleTables, run: WrongRun
) -> None:
    """Fill in the documents of a cell from `low` on; `runs` has the row of `SideSums.sums` of each day."""
    cell = tables.wrong.cells[number]
    starts, chance, phase = tables.starts[cell.case_company, cell.case], cell.chance, cell.phase
    start, upto, day, back, opened = 0, np.int64(-1), 0, 0, 0
    settles = tables.series[cell.series].settles
    settled_window = tables.series[settles].window if settles >= 0 else -1
    for place in range(count):
        case = int((nth_wrong(low + place, chance, phase) << CLASS_BITS) + np.int64(cell.number))
        # Cases ascend, and all of a day of start have the same days.
        if case >= upto:
            if upto < 0:
                start = find_place(starts, case)
            while starts[start + 1] <= case:
                start += 1
            upto = starts[start + 1]
            day, back, _ = days_started(number, start, tables)
            if settled_window >= 0:
                opened = start + int(tables.lags[settled_window, start, cell.number])
        run.case[place], run.day[place], run.back[place], run.opened[place] = case, day, back, opened
        run.sums[place], run.sums_back[place] = runs[day], runs[back]


@kernel
def fill_pooled_run(
    number: int,
    start: int,
    low: int,
    high: int,
    tables: ScheduleTables,
    run: WrongRun,
    uses: NDArray[np.int64],
) -> int:
    """Fill in what a cell's documents of one day of start use of the amount pool; return their number.

    They are those from `low` to before `high`; see `take_uses`.
    """
    cell = tables.wrong.cells[number]
    series = tables.series[cell.series]
    bits = int(series.pool_bits)
    add_passes(series.key ^ POOLED ^ MISTAKEN, int(cell.number), low, high, bits, uses)
    count = take_uses(int(cell.number), bits, uses, run.case, run.times)
    day, back, _ = days_started(number, start, tables)
    run.day[:count], run.back[:count] = day, back
    if series.settles >= 0:
        window = tables.series[series.settles].window
        run.opened[:count] = start + int(tables.lags[window, start, cell.number])
    return count


@allocating
def add_pooled_run(
    number: int,
    low: int,
    high: int,
    side: int,
    runs: NDArray[np.int64],
    tables: ScheduleTables,
    lines: WrongLines,
    totals: SideSums,
    run: WrongRun,
) -> None:
    """Add wrong documents of a cell whose cases share an amount pool; one turn is one day of start.

    For `side` 0 the documents alone, for 1 their reversals, for `_BOTH` both.
    """
    cell = tables.wrong.cells[number]
    starts, chance, phase = tables.starts[cell.case_company, cell.case], cell.chance, cell.phase
    uses = np.zeros(RUN, dtype=np.int64)
    if low >= high:
        return
    start = find_place(starts, int((nth_wrong(low, chance, phase) << CLASS_BITS) + np.int64(cell.number)))
    while low < high:
        end = min(high, int(thinned(of_class(starts[start + 1], cell.number), chance, phase)))
        if end > low:
            count = fill_pooled_run(number, start, low, end, tables, run, uses)
            run.sums[:count] = -1 if side == 1 else runs[run.day[0]]
            run.sums_back[:count] = -1 if side == 0 else runs[run.back[0]]
            add_documents(count, cell.series, tables, lines, totals, run)
        low = max(low, end)
        start += 1


@allocating
def add_run(
    number: int,
    low: int,
    high: int,
    side: int,
    tables: ScheduleTables,
    lines: WrongLines,
    totals: SideSums,
) -> None:
    """Add wrong documents of a cell, from `low` to before `high`, or their reversals for `side` 1.

    `totals` have one row.
    """
    if low >= high:
        return
    run, runs = empty_run(), np.zeros(len(tables.entries_before), dtype=np.int64)
    if tables.series[tables.wrong.cells[number].series].pool_bits >= 0:
        add_pooled_run(number, low, high, side, runs, tables, lines, totals, run)
        return
    for begin in range(low, high, RUN):
        count = min(RUN, high - begin)
        fill_run(number, begin, count, runs, tables, run)
        (run.sums_back if side == 0 else run.sums)[:] = -1
        add_documents(count, tables.wrong.cells[number].series, tables, lines, totals, run)


@allocating
def tabulate_wrong(
    at: int, runs: NDArray[np.int64], tables: ScheduleTables, lines: WrongLines, totals: SideSums
) -> None:
    """Sum a series of wrong documents, with their reversals; one turn is one run of a cell.

    Parameters
    ----------
    at
        Series of the wrong documents.
    runs : (days,) int64
        Row of `totals.sums` of each day.
    totals
        Added to.
    """
    run = empty_run()
    for number in range(tables.wrong.of_series[at, 0], tables.wrong.of_series[at, 1]):
        cell = tables.wrong.cells[number]
        if tables.series[cell.series].distribution < 0:
            continue
        if tables.series[cell.series].pool_bits >= 0:
            add_pooled_run(number, cell.first, cell.last, _BOTH, runs, tables, lines, totals, run)
            run.times[:] = 1
            continue
        for begin in range(cell.first, cell.last, RUN):
            count = min(RUN, cell.last - begin)
            fill_run(number, begin, count, runs, tables, run)
            add_documents(count, cell.series, tables, lines, totals, run)


@kernel
def add_wrong(
    at: int,
    version: int,
    since: int,
    upto: NDArray[np.int64],
    tables: ScheduleTables,
    lines: WrongLines,
    totals: SideSums,
) -> None:
    """Add the documents of a series from a day on, until each cell has `upto`; see `count_upto`."""
    wrong = tables.wrong
    first = wrong.of_series[at, 0]
    for number in range(len(upto)):
        cell = wrong.cells[first + number]
        if tables.series[cell.series].distribution < 0:
            continue
        low = wrong_posted(cell, version, LEAD_DAYS + since, tables.starts, tables.windows, wrong.business)
        add_run(
            first + number, int(low), int(upto[number]), 0 if version == WRONG else 1, tables, lines, totals
        )


@kernel
def drawn_item(
    at: int, case: int, day: int, tables: ScheduleTables, lines: WrongLines
) -> tuple[np.int64, np.int64]:
    """Return what a case's wrong document posts to an item, in its currency and in the company's.

    It is the whole amount, whichever posting it is.  `day` is that of the document.
    [minor units; days from the start]
    """
    series = tables.series[at]
    total = amount_of(series, case, tables.wrong, lines.amounts)
    local = total
    if series.valuation == SETTLES:
        local, _ = settled(at, case, day, tables, lines)
    elif series.valuation == FOREIGN:
        rate = lines.rates.rates[series.rate, LEAD_DAYS + day]
        local = valued(total, rate, lines.rates.divisor[series.rate])
    return total, local
