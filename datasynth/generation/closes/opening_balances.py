"""Balances at the start: open items, and what a company must own for all that is to come.

The cases of the lead days leave the open items.  Cash covers the payments of every
day, even if that day's receipts come after them.  Every other account of the balance
sheet begins with what keeps it on its usual side to the end; equity is the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.ledger.closes import ASSET_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.closes.calculator import CloseCalculator
    from datasynth.generation.closes.calendar import ClosingCalendar
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.chart import Chart

CASH = ("bank", "payroll_bank", "petty_cash")
"""Pools of accounts that are never overdrawn."""

_EQUITY = ("retained_earnings", "retained_earnings_brought_forward", "income_summary")
"""Pools of accounts that take the rest of the opening balances, or begin at nil."""

# Share capital in monthly turnovers, and the part (a tenth) added to what is needed; our choice.
_CAPITAL = 3
_MARGIN = 10
# The search for the most needed cash begins with so many spans, and cuts each into so many parts.
_SPANS = 32
_PARTS = 4


def cash_accounts(chart: Chart) -> list[int]:
    """Return the accounts that are never overdrawn."""
    return [account for pool in CASH for account in chart.pools[pool]]


_LEFT_OPEN = frozenset(
    {"net_pay_payable", "wage_tax_payable", "contributions_payable", "other_tax_payable", "loans"}
)
"""Pools of accounts that cases open and clear without items."""


def opening_balances(
    schedule: Schedule, closes: ClosingCalendar, day_balances: DayBalances, build: BuildContext
) -> NDArray[np.int64]:
    """Work out the balances of all companies at the start.

    `day_balances` hold the days of `closing_days` and follow `cash_accounts`.

    Returns
    -------
    (companies, accounts) int64
        Debit positive; each company's sum to nil. [minor units]
    """
    opening = []
    for company, closing in enumerate(_closing_lines(closes)):
        build.checkpoint()
        opening.append(
            _open_company(company, schedule.horizon.days, closes.calculator, day_balances, closing)
        )
    return np.stack(opening)


class _ClosingLines(NamedTuple):
    """Lines of a company's closes: (lines,) int64 days, accounts and signed amounts."""

    day: NDArray[np.int64]
    account: NDArray[np.int64]
    amount: NDArray[np.int64]


def _closing_lines(closes: ClosingCalendar) -> list[_ClosingLines]:
    """Return the lines of each company's closes."""
    lines = closes.rows.lines
    lengths = np.diff(lines.offsets)
    row = np.repeat(np.arange(len(lengths)), lengths)
    on_debit = np.arange(len(row)) - lines.offsets[row] < lines.debits[row]
    company = np.array([entry.company for entry in closes.entries], dtype=np.int64)[row]
    day = np.array([entry.day for entry in closes.entries], dtype=np.int64)[row]
    account, amount = lines.account.astype(np.int64), np.where(on_debit, lines.amount, -lines.amount)
    mine = (company == figures.company for figures in closes.calculator.figures)
    return [_ClosingLines(day[these], account[these], amount[these]) for these in mine]


def _open_company(
    company: int, days: int, calculator: CloseCalculator, day_balances: DayBalances, closing: _ClosingLines
) -> NDArray[np.int64]:
    chart, figures = calculator.chart, calculator.figures[company]
    opened = day_balances.opened(company)
    opening = np.zeros(len(chart.accounts), dtype=np.int64)
    cash = cash_accounts(chart)
    lowest, highest = _extremes(day_balances.days[company], day_balances.movements(company), closing)
    equity = {chart.only(name) for name in _EQUITY}
    for index, account in enumerate(chart.accounts):
        if account.of_result or index in equity or index in cash:
            continue
        if account.control or account.pool in _LEFT_OPEN:
            opening[index] = opened[index]
        elif account.normal_side == "debit":
            opening[index] = _ample(-int(lowest[index]))
        else:
            opening[index] = -_ample(int(highest[index]))
    for number, asset_class in enumerate(ASSET_CLASSES):
        opening[chart.pools[asset_class][0]] += figures.opening_cost(number)
        opening[chart.only(f"{asset_class}_depreciation")] -= figures.opening_depreciation(number)
    opening[chart.only("share_capital")] -= figures.turnover * _CAPITAL
    for index in cash:
        opening[index] = _cash_needed(index, company, days, day_balances, closing)
    opening[chart.only("retained_earnings_brought_forward")] = -int(opening.sum())
    return opening


def _ample(need: int) -> int:
    return need + need // _MARGIN if need > 0 else 0


def _extremes(
    days: NDArray[np.int64], movements: NDArray[np.int64], closing: _ClosingLines
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and the highest movement of each account, at its closes and at the end."""
    moved = np.zeros((len(days) + 1, movements.shape[1]), dtype=np.int64)
    np.add.at(moved, (np.searchsorted(days, closing.day + 1), closing.account), closing.amount)
    np.add.accumulate(moved, axis=0, out=moved)
    moved[:-1] += movements
    return np.minimum(moved[:-1].min(axis=0), 0), np.maximum(moved[:-1].max(axis=0), 0)


def _cash_needed(
    account: int, company: int, days: int, day_balances: DayBalances, closing: _ClosingLines
) -> int:
    """Return what an account must hold at the start so that no day overdraws it. [minor units]"""
    mine = closing.account == account
    day, amount = closing.day[mine], closing.amount[mine]
    posted = np.zeros((2, days + 1), dtype=np.int64)
    for side in (0, 1):
        np.add.at(posted[side], day + 1, np.maximum(amount if side == 0 else -amount, 0))
    np.add.accumulate(posted, axis=1, out=posted)

    def before(side: int, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        sums = day_balances.posted_before(company, 2 * account + side, wanted)
        found: NDArray[np.int64] = sums + posted[side][wanted]
        return found

    need = most_needed(partial(before, 1), partial(before, 0), days)
    return _ample(max(need, 0)) + (need > 0)


Sums = Callable[["NDArray[np.int64]"], "NDArray[np.int64]"]
"""Sums of one side before some days; they never fall. [days from the start → minor units]"""


def most_needed(paid: Sums, received: Sums, days: int) -> int:
    """Return what must be there at the start to pay on every day before anything is received on it.

    That is the most of ``paid(day + 1) - received(day)``, or 0. [minor units]

    Neither sum falls, so between two days no more is needed than what has been
    paid by the later one, less what had been received by the earlier one.  Spans
    that cannot need the most are left out; the others are cut, down to single days.
    """
    low, high = _cut(np.zeros(1, dtype=np.int64), np.array([days]), _SPANS)
    most = 0
    found: list[int] = []
    while len(low):
        ends = np.unique(np.concatenate([low, high]))
        paid_by, received_by = paid(ends), received(ends)
        begin, end = np.searchsorted(ends, low), np.searchsorted(ends, high)
        bound = paid_by[end] - received_by[begin]
        most = max(most, int((paid_by - received_by).max()))
        single = high - low == 1
        found += bound[single].tolist()
        wide = ~single & (bound > max([most, *found]))
        low, high = _cut(low[wide], high[wide], _PARTS)
    return max([most, *found])


def _cut(
    low: NDArray[np.int64], high: NDArray[np.int64], parts: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut spans of days into parts, as equal as can be."""
    part = np.arange(parts + 1, dtype=np.int64)
    bounds = low[:, None] + (high - low)[:, None] * part[None, :] // parts
    begin, end = bounds[:, :-1].ravel(), bounds[:, 1:].ravel()
    some = end > begin
    return begin[some], end[some]
