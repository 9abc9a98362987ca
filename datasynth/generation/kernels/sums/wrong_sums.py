"""Sums of wrong documents and of their reversals, which are walked one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.document_lines import amount_version, settlement, wrong_amounts
from datasynth.generation.kernels.drawn_amounts import drawn_amount, drawn_template, part_of
from datasynth.generation.kernels.schedule.class_order import class_order
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, LEAD_DAYS
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL, WRONG, nth_wrong, wrong_posted
from datasynth.generation.kernels.schedule.wrong_placements import cell_at, days_of_wrong, order_size
from datasynth.generation.kernels.templates import jitter_of, template_of
from datasynth.generation.kernels.valued import FOREIGN, SETTLES, valued
from datasynth.generation.kernels.wrong_amounts import AMOUNTS, BANK_ACCOUNT
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.drawn_amounts import DrawnAmounts
    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.generation.kernels.valued import Rates
    from datasynth.kernel import Records

LOSS, GAIN = 1, 3
"""Postings of a settlement that carry its exchange difference; 0 and 2 are the main ones."""


class WrongLines(NamedTuple):
    """What the lines of wrong documents are worked out from.

    Attributes
    ----------
    offsets, debits, account, posting, amount, jitter_unit
        Rows of all templates; see `DocumentLines`.
    rings, amounts
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
    jitter_unit: NDArray[np.int32]
    rings: Records
    amounts: DrawnAmounts
    rates: Rates
    mistaken: NDArray[np.int64]


class SideSums(NamedTuple):
    """Sums to which documents are added.

    Attributes
    ----------
    sums : (2 * accounts,) int64
        By account and side: ``2 * account``, plus 1 for credits. [minor units]
    daily : (columns,) int64
        The same, of the accounts and sides that are followed day by day. [minor units]
    followed : (2 * accounts,) int64
        Column of `daily` of each account and side, or -1.
    """

    sums: NDArray[np.int64]
    daily: NDArray[np.int64]
    followed: NDArray[np.int64]


@kernel
def add_amount(side: int | np.int64, amount: int | np.int64, totals: SideSums) -> None:
    """Add an amount to an account's side."""
    totals.sums[side] += amount
    if totals.followed[side] >= 0:
        totals.daily[totals.followed[side]] += amount


@kernel
def amount_of(at: int, case: int, tables: ScheduleTables, lines: WrongLines) -> np.int64:
    """Return the amount of a wrong document whose case draws it. [minor units]"""
    series = tables.series[at]
    return drawn_amount(series.key, case, amount_version(series, WRONG), lines.amounts, series.distribution)


@kernel
def template_and_jitter(
    at: int, case: int, tables: ScheduleTables, lines: WrongLines
) -> tuple[np.int64, np.int64]:
    """Return template and jitter of a wrong document whose amounts are those of a template."""
    series = tables.series[at]
    template = template_of(series.key, case, series.class_bits)
    jitter = jitter_of(series.key, case, series.class_bits, template, lines.rings, series.first_ring)
    if series.mistake == AMOUNTS:
        template, jitter = wrong_amounts(series, case, template, jitter, lines.rings)
    return template, jitter


@kernel
def settled(
    at: int, case: int, day: int, tables: ScheduleTables, lines: WrongLines
) -> tuple[np.int64, np.int64]:
    """Return what a wrong settlement clears and pays. [minor units of the company's currency]"""
    series, rates = tables.series[at], lines.rates
    return settlement(
        case,
        day,
        amount_of(at, case, tables, lines),
        tables.windows[tables.series[series.settles].window],
        tables.starts[series.case_company, series.case],
        rates.rates[series.rate],
        rates.divisor[series.rate],
    )


@kernel
def add_settlement(
    at: int, case: int, day: int, side: int, tables: ScheduleTables, lines: WrongLines, totals: SideSums
) -> None:
    """Add a case's wrong settlement, or its reversal; see `add_document`."""
    series = tables.series[at]
    booked, paid = settled(at, case, day, tables, lines)
    own = series.row + drawn_template(series.key, case, series.class_bits)
    gained = paid - booked if series.receives == 1 else booked - paid
    variant = 1 if gained < 0 else 2 if gained > 0 else 0
    own += np.int64(variant) << (series.class_bits + CLASS_BITS)
    begin, end = lines.offsets[own], lines.offsets[own + 1]
    for line in range(begin, end):
        posting, account = lines.posting[line], np.int64(lines.account[line])
        amount = abs(paid - booked)
        if posting != LOSS and posting != GAIN:
            amount = paid if (posting == 0) == (series.receives == 1) else booked
        if series.mistake == BANK_ACCOUNT:
            account = lines.mistaken[account]
        credit = side if line < begin + lines.debits[own] else 1 - side
        add_amount(2 * account + credit, amount, totals)


@kernel
def add_document(
    at: int,
    case: int,
    day: int,
    side: int,
    tables: ScheduleTables,
    lines: WrongLines,
    totals: SideSums,
) -> None:
    """Add a case's wrong document in a series, or its reversal, to the sums of accounts and sides.

    Parameters
    ----------
    day
        Day of the wrong document. [days from the start]
    side
        0 for the wrong document, 1 for its reversal, whose debits are its credits.
    totals
        Added to.
    """
    series = tables.series[at]
    if series.valuation == SETTLES:
        add_settlement(at, case, day, side, tables, lines, totals)
        return
    worth, jitter = np.int64(0), np.int64(0)
    drawn = series.distribution >= 0
    if drawn:
        worth = amount_of(at, case, tables, lines)
        if series.valuation == FOREIGN:
            rate = lines.rates.rates[series.rate, LEAD_DAYS + day]
            worth = valued(worth, rate, lines.rates.divisor[series.rate])
        template = drawn_template(series.key, case, series.class_bits)
    else:
        template, jitter = template_and_jitter(at, case, tables, lines)
    row = series.row + template
    begin, end = lines.offsets[row], lines.offsets[row + 1]
    middle = begin + lines.debits[row]
    for line in range(begin, end):
        account = np.int64(lines.account[line])
        if series.mistake == BANK_ACCOUNT:
            account = lines.mistaken[account]
        amount = lines.amount[line] + lines.jitter_unit[line] * jitter
        if drawn:
            amount = part_of(worth, lines.amount[line], series.whole)
        add_amount(2 * account + (side if line < middle else 1 - side), amount, totals)


@kernel
def add_run(
    number: int,
    low: int,
    high: int,
    side: int,
    tables: ScheduleTables,
    lines: WrongLines,
    totals: SideSums,
) -> None:
    """Add wrong documents of a cell, from `low` to before `high`, or their reversals; see `add_document`."""
    cell = tables.wrong.cells[number]
    for place in range(low, high):
        case = int((nth_wrong(place, cell.chance, cell.phase) << CLASS_BITS) + cell.number)
        day, _, _ = days_of_wrong(number, case, tables)
        add_document(cell.series, case, day, side, tables, lines, totals)


@kernel
def tabulate_wrong(
    at: int,
    days: NDArray[np.int64],
    followed: NDArray[np.int64],
    tables: ScheduleTables,
    lines: WrongLines,
    sums: NDArray[np.int64],
    daily: NDArray[np.int64],
) -> None:
    """Sum a series of wrong documents, with their reversals, between days; one turn is one document.

    Parameters
    ----------
    at
        Series of the wrong documents.
    days : (n,) int64
        Ascending; the last is the end of the data set. [days from the start]
    followed : (2 * accounts,) int64
        Column of `daily` of each account and side, or -1.
    sums : (n, 2 * accounts) int64
        Added to: what is posted from the day before each of `days` on. [minor units]
    daily : (days, columns) int64
        Added to: what is posted on each day. [minor units]
    """
    first, last = tables.wrong.of_series[at, 0], tables.wrong.of_series[at, 1]
    for number in range(first, last):
        cell = tables.wrong.cells[number]
        for place in range(cell.first, cell.last):
            case = int((nth_wrong(place, cell.chance, cell.phase) << CLASS_BITS) + cell.number)
            posted, back, _ = days_of_wrong(number, case, tables)
            for side in range(2):
                day = posted if side == 0 else back
                totals = SideSums(sums[np.searchsorted(days, day, side="right")], daily[day], followed)
                add_document(cell.series, case, posted, side, tables, lines, totals)


@kernel
def count_upto(
    at: int,
    version: int,
    day: int,
    rank: int,
    key: np.uint64,
    tables: ScheduleTables,
    upto: NDArray[np.int64],
) -> None:
    """Count the documents of each cell of a series before a position; one turn is one cell.

    The position is on `day`, after `rank` of the series' documents of that day; `key` is that
    of the series' node.  [days from the start]
    """
    wrong, starts, windows = tables.wrong, tables.starts, tables.windows
    first, last = wrong.of_series[at, 0], wrong.of_series[at, 1]
    size, order, rest = order_size(last - first), class_order(key, day), np.int64(rank)
    for place in range(size):
        number = cell_at(order, place, size)
        if number >= last - first:
            continue
        cell = wrong.cells[first + number]
        count = wrong_posted(cell, version, LEAD_DAYS + day, starts, windows, wrong.business)
        if rest > 0:
            later = wrong_posted(cell, version, LEAD_DAYS + day + 1, starts, windows, wrong.business)
            taken = min(later - count, rest)
            rest -= taken
            count += taken
        upto[number] = count


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
        low = wrong_posted(cell, version, LEAD_DAYS + since, tables.starts, tables.windows, wrong.business)
        add_run(
            first + number, int(low), int(upto[number]), 0 if version == WRONG else 1, tables, lines, totals
        )


@kernel
def posted_to_item(
    at: int, case: int, day: int, posting: int, tables: ScheduleTables, lines: WrongLines
) -> tuple[np.int64, np.int64]:
    """Return what a case's wrong document posts to an item, in its currency and in the company's.

    `posting` carries the item; `day` is that of the document. [minor units; days from the start]
    """
    series = tables.series[at]
    if series.distribution >= 0:
        # Items are of the whole amount.
        total = amount_of(at, case, tables, lines)
        local = total
        if series.valuation == SETTLES:
            local, _ = settled(at, case, day, tables, lines)
        elif series.valuation == FOREIGN:
            rate = lines.rates.rates[series.rate, LEAD_DAYS + day]
            local = valued(total, rate, lines.rates.divisor[series.rate])
        return total, local
    template, jitter = template_and_jitter(at, case, tables, lines)
    row = series.row + template
    total = np.int64(0)
    for line in range(lines.offsets[row], lines.offsets[row + 1]):
        if lines.posting[line] == posting:
            total += lines.amount[line] + lines.jitter_unit[line] * jitter
    return total, total


@kernel
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
            for place in range(back[number - first], upto[number - first]):
                case = int((nth_wrong(place, cell.chance, cell.phase) << CLASS_BITS) + cell.number)
                posted, _, _ = days_of_wrong(number, case, tables)
                # Amounts are drawn, so they are of the whole document, whichever posting it is.
                amount, local = posted_to_item(cell.series, case, posted, 0, tables, lines)
                more = valued(amount, rates.rates[row, LEAD_DAYS + rate_day], rates.divisor[row]) - local
                gained[0] += receivable * more
                gained[1] += payable * more
