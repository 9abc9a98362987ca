"""Balances at the start: what is open, and what a company must own for all that is to come.

Open items are what the cases of the lead days leave.  Cash is what the days'
payments need at most, none of their receipts counted on that day.  Every other
account of the balance sheet begins with what keeps it on its usual side to the
end; equity is the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.closes import ASSET_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.balances.day_balances import DayBalances
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.closes.calendar import ClosingCalendar
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.chart import Chart

CASH = ("bank", "payroll_bank", "petty_cash")
"""Pools of accounts that are never overdrawn."""

# Share capital in monthly turnovers, and what is added to what is needed; our choice.
_CAPITAL = 3
_MARGIN = 10
# All days are looked at in so many spans at first, each of which is cut into so many parts.
_SPANS = 32
_PARTS = 4


def cash_accounts(chart: Chart) -> list[int]:
    """Return the accounts that are never overdrawn."""
    return [account for pool in CASH for account in chart.pools[pool]]


def opening_balances(
    schedule: Schedule,
    chart: Chart,
    closes: ClosingCalendar,
    day_balances: DayBalances,
    build: BuildContext,
) -> NDArray[np.int64]:
    """Work out the balances of all companies at the start.

    `day_balances` know the days of `closing_days` and follow `cash_accounts`.

    Returns
    -------
    (companies, accounts) int64
        Debit positive; each company's sum to nil. [minor units]
    """
    lines = _ClosingLines(closes)
    opened = []
    for company in range(len(schedule.starts)):
        build.checkpoint()
        opened.append(_open_company(company, schedule, chart, closes, day_balances, lines.of(company)))
    return np.stack(opened)


@dataclass(frozen=True, slots=True)
class _Posted:
    """Lines of a company's closes: (lines,) int64 days, accounts and signed amounts."""

    day: NDArray[np.int64]
    account: NDArray[np.int64]
    amount: NDArray[np.int64]


class _ClosingLines:
    def __init__(self, closes: ClosingCalendar) -> None:
        rows = closes.laid.rows
        lengths = np.diff(rows.offsets)
        row = np.repeat(np.arange(len(lengths)), lengths)
        on_debit = np.arange(len(row)) - rows.offsets[row] < rows.debits[row]
        self._company = np.array([entry.company for entry in closes.entries], dtype=np.int64)[row]
        self._lines = _Posted(
            np.array([entry.day for entry in closes.entries], dtype=np.int64)[row],
            rows.account.astype(np.int64),
            np.where(on_debit, rows.amount, -rows.amount),
        )

    def of(self, company: int) -> _Posted:
        mine = np.flatnonzero(self._company == company)
        return _Posted(self._lines.day[mine], self._lines.account[mine], self._lines.amount[mine])


def _open_company(
    company: int,
    schedule: Schedule,
    chart: Chart,
    closes: ClosingCalendar,
    day_balances: DayBalances,
    closing: _Posted,
) -> NDArray[np.int64]:
    facts = closes.facts[company]
    opened = day_balances.opened(company)
    opening = np.zeros(len(chart.accounts), dtype=np.int64)
    cash = cash_accounts(chart)
    lowest, highest = _extremes(day_balances.days[company], day_balances.movements(company), closing)
    equity = {
        chart.only(name)
        for name in ("retained_earnings", "retained_earnings_brought_forward", "income_summary")
    }
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
        opening[chart.pools[asset_class][0]] += facts.opening_cost(number)
        opening[chart.only(f"{asset_class}_depreciation")] -= facts.opening_wear(number)
    opening[chart.only("share_capital")] -= facts.turnover * _CAPITAL
    for index in cash:
        opening[index] = _cash_needed(index, company, schedule.horizon.days, day_balances, closing)
    opening[chart.only("retained_earnings_brought_forward")] = -int(opening.sum())
    return opening


_LEFT_OPEN = frozenset(
    {"net_pay_payable", "wage_tax_payable", "contributions_payable", "other_tax_payable", "loans"}
)
"""Pools of accounts that cases open and clear without items."""


def _ample(need: int) -> int:
    return need + need // _MARGIN if need > 0 else 0


def _extremes(
    days: NDArray[np.int64], movements: NDArray[np.int64], closing: _Posted
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and the highest movement of each account, as closes and the end see it."""
    moved = np.zeros((len(days) + 1, movements.shape[1]), dtype=np.int64)
    np.add.at(moved, (np.searchsorted(days, closing.day + 1), closing.account), closing.amount)
    np.add.accumulate(moved, axis=0, out=moved)
    moved[:-1] += movements
    return np.minimum(moved[:-1].min(axis=0), 0), np.maximum(moved[:-1].max(axis=0), 0)


def _cash_needed(account: int, company: int, days: int, day_balances: DayBalances, closing: _Posted) -> int:
    """Return what an account must hold at the start not to be overdrawn on any day. [minor units]"""
    mine = closing.account == account
    day, amount = closing.day[mine], closing.amount[mine]
    posted = np.zeros((2, days + 1), dtype=np.int64)
    for side in (0, 1):
        np.add.at(posted[side], day + 1, np.maximum(amount if side == 0 else -amount, 0))
    np.add.accumulate(posted, axis=1, out=posted)

    def before(side: int, looked: NDArray[np.int64]) -> NDArray[np.int64]:
        sums = day_balances.posted_before(company, 2 * account + side, looked)
        found: NDArray[np.int64] = sums + posted[side][looked]
        return found

    need = most_needed(partial(before, 1), partial(before, 0), days)
    return _ample(max(need, 0)) + (need > 0)


Sums = Callable[["NDArray[np.int64]"], "NDArray[np.int64]"]
"""What is posted to one side before some days; never falls. [days from the start → minor units]"""


def most_needed(paid: Sums, received: Sums, days: int) -> int:
    """Return what must be there at the start to pay every day before anything is received on it.

    Neither sum falls, so between two days no more is needed than what has been
    paid by the later one, less what had been received by the earlier one.  Spans
    that cannot need the most are left out; the others are cut, down to single days.

    Parameters
    ----------
    paid, received
        Sums before some ascending days; nothing before the first day.
    days
        Number of days, at least 1.

    Returns
    -------
    int
        The most of ``paid(day + 1) - received(day)``. [minor units]
    """
    low, high = _cut(np.zeros(1, dtype=np.int64), np.array([days]), _SPANS)
    most = 0
    found: list[int] = []
    while len(low):
        looked = np.unique(np.concatenate([low, high]))
        paid_by, received_by = paid(looked), received(looked)
        begin, end = np.searchsorted(looked, low), np.searchsorted(looked, high)
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
