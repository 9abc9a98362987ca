"""Balances at the start: what is open, and what a company must own for all that is to come.

Open items are what the chains of the lead days leave.  Cash is what the days'
payments need at most, none of their receipts counted on that day.  Every other
account of the balance sheet begins with what keeps it on its usual side to the
end; equity is the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.closes import ASSET_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.books.balances import ChainBalances
    from datasynth.generation.closes.calendar import ClosingCalendar
    from datasynth.generation.closes.facts import ClosingEntry
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart

CASH = ("bank", "payroll_bank", "petty_cash")
"""Pools of accounts that are never overdrawn."""

# Share capital in monthly turnovers, and what is added to what is needed; our choice.
_CAPITAL = 3
_MARGIN = 10


def open_books(
    schedule: Schedule, chart: Chart, chains: ChainBalances, closes: ClosingCalendar
) -> NDArray[np.int64]:
    """Work out the balances of all companies at the start.

    Returns
    -------
    (companies, accounts) int64
        Debit positive; each company's sum to nil. [minor units]
    """
    return np.stack(
        [_open_company(company, schedule, chart, chains, closes) for company in range(len(schedule.starts))]
    )


def _open_company(
    company: int, schedule: Schedule, chart: Chart, chains: ChainBalances, closes: ClosingCalendar
) -> NDArray[np.int64]:
    facts = closes.facts[company]
    own = closes.of_company(company)
    opened = chains.opening(company)
    opening = np.zeros(len(chart.accounts), dtype=np.int64)
    cash = [account for pool in CASH for account in chart.pools[pool]]
    lowest, highest = _extremes(company, schedule, chains, closes, own)
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
        opening[index] = _cash_needed(index, company, schedule, chains, own)
    opening[chart.only("retained_earnings_brought_forward")] = -int(opening.sum())
    return opening


_LEFT_OPEN = frozenset(
    {"net_pay_payable", "wage_tax_payable", "contributions_payable", "other_tax_payable", "loans"}
)
"""Pools of accounts that chains open and clear without items."""


def _ample(need: int) -> int:
    return need + need // _MARGIN if need > 0 else 0


def _extremes(
    company: int,
    schedule: Schedule,
    chains: ChainBalances,
    closes: ClosingCalendar,
    own: Sequence[ClosingEntry],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the lowest and the highest movement of each account, as closes and the end see it."""
    end = schedule.horizon.days
    looked = closes.looked.get(company, [])
    found = [closes.movements[company]] if looked else []
    if not looked or looked[-1] < end:
        looked = [*looked, end]
        turnover = chains.before_days(company, [end])
        found.append(turnover[:, :, 0] - turnover[:, :, 1])
    moved = np.concatenate(found)
    for entry in own:
        after = int(np.searchsorted(looked, entry.day + 1))
        for account, amount in entry.lines:
            moved[after:, account] += amount
    return np.minimum(moved.min(axis=0), 0), np.maximum(moved.max(axis=0), 0)


def _cash_needed(
    account: int, company: int, schedule: Schedule, chains: ChainBalances, own: Sequence[ClosingEntry]
) -> int:
    """Return what an account must hold at the start not to be overdrawn on any day. [minor units]"""
    received, paid = (np.zeros(schedule.horizon.days, dtype=np.int64) for _ in range(2))
    for at, leaf in enumerate(schedule.leaves):
        if leaf.company == company and leaf.kind is not LeafKind.CLOSE:
            received += chains.sums.moved_daily(at, 2 * account)
            paid += chains.sums.moved_daily(at, 2 * account + 1)
    for entry in own:
        for on, amount in entry.lines:
            if on == account:
                (received if amount > 0 else paid)[entry.day] += abs(amount)
    before = np.concatenate([[0], np.add.accumulate(received)[:-1]])
    need = int((np.add.accumulate(paid) - before).max())
    return _ample(max(need, 0)) + (need > 0)
