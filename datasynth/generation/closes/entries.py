"""The entries of one close: what is posted, and how much."""

from __future__ import annotations

from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.close_draws import draw_closes
from datasynth.generation.closes.facts import CloseContext, ClosingEntry
from datasynth.generation.draws import draw, draws
from datasynth.ledger.closes import (
    ASSET_CLASSES,
    CARRY_FORWARD,
    REVERSAL_TYPE,
    Basis,
    ClosingItem,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.closes.close_draws import Drawn
    from datasynth.generation.closes.facts import CompanyFacts
    from datasynth.generation.schedule.closing_plan import Close
    from datasynth.ledger.chart import Chart

# Useful lives of asset classes; our choice, in the order of `ASSET_CLASSES`. [months]
_LIVES = (48, 120, 72, 400)
# What is left of an old class is written down by this part a month, so that there is
# always something to depreciate and never more than is left. [months]
_LAST_MONTHS = 10
_FEWEST_RECEIVERS = 29
_MORE_RECEIVERS = 50
_MOST_RECEIVERS = _FEWEST_RECEIVERS + _MORE_RECEIVERS
"""An allocation has fewer lines to cost centres than that."""

_Lines = tuple[tuple[int, ...], tuple[int, ...]]
"""Accounts and signed amounts, debit positive. [minor units]"""

_TURN = attrgetter("last_day", "day_part")

# Places of their weights among an allocation's draws.
_RECEIVERS = np.arange(2, 2 + _MOST_RECEIVERS, dtype=np.int64)


def most_rows(closes: Sequence[Close], accounts: int) -> tuple[int, int]:
    """Return how many rows the calendar's closes have, and how many lines at the most."""
    entries = [item for close in closes for item in close.items for _ in range(1 + item.reverses)]
    years = sum(close.carries_forward for close in closes)
    long = sum(item.basis is Basis.ALLOCATION for item in entries)
    results = sum(item.basis is Basis.RESULT for item in entries)
    lines = 3 * (len(entries) + years) + long * _MOST_RECEIVERS + results * accounts
    return len(entries) + years, lines


class CloseCalculator:
    """Makes the entries of closes from the balances that they find.

    Parameters
    ----------
    chart
        Chart of accounts.
    seed
        Of the configuration.
    facts
        One for each company.
    """

    def __init__(self, chart: Chart, seed: int, facts: Sequence[CompanyFacts]) -> None:
        self._chart = chart
        self._seed = seed
        self._facts = facts
        self._of_result = [index for index, account in enumerate(chart.accounts) if account.of_result]

    def draw(
        self, company: int, closes: Sequence[Close], when: Sequence[tuple[int, ...]]
    ) -> list[Mapping[str, Drawn]]:
        """Draw what the entries of some closes of a company want; see `draw_closes`."""
        return draw_closes(self._chart, self._seed, self._facts[company], closes, when)

    def entries(
        self,
        close: Close,
        drawn: Mapping[str, Drawn],
        balances: NDArray[np.int64],
        late: NDArray[np.int64],
        around: CloseContext,
    ) -> list[ClosingEntry]:
        """Make the entries of one close, reversals included.

        Parameters
        ----------
        close
            Which close.
        drawn
            What is drawn for it; see `draw`.
        balances : (accounts,) int64
            Before the close, debit positive; brought up to date with what is made here
            but for what the next day takes back. [minor units]
        late : (accounts,) int64
            What is posted between the close's work day and its last day. [minor units]
        around
            What else it depends on.
        """
        facts = self._facts[close.company]
        made: list[ClosingEntry] = []
        later: list[ClosingEntry] = []
        up_to_date = False
        for item in sorted(close.items, key=_TURN):
            if item.last_day and not up_to_date:
                balances += late
                up_to_date = True
            lines = self._lines(item, facts, drawn[item.name], balances, around)
            if item.basis is not Basis.ALLOCATION:  # which moves nothing between accounts
                for account, amount in zip(*lines, strict=True):
                    balances[account] += amount
            made.append(_entry(item, close, lines))
            if item.reverses and close.next_day >= 0:
                later.append(_reversal(made[-1], close.next_day, len(made) - 1))
        if not up_to_date:
            balances += late
        if close.carries_forward:
            lines = self._lines(CARRY_FORWARD, facts, drawn[CARRY_FORWARD.name], balances, around)
            later.append(_entry(CARRY_FORWARD, close, lines)._replace(day=close.next_day))
        return made + later

    def _lines(
        self,
        item: ClosingItem,
        facts: CompanyFacts,
        drawn: Drawn,
        balances: NDArray[np.int64],
        around: CloseContext,
    ) -> _Lines:
        debit, credit, bits, key = drawn
        basis = item.basis
        if basis is Basis.TURNOVER or basis is Basis.ALLOCATION:
            share = _share(facts.turnover, item.permille, bits, facts.smallest)
            return _allocate(debit, share, key) if basis is Basis.ALLOCATION else _two(debit, credit, share)
        if basis is Basis.RESULT:
            return self._close_result(balances, debit)
        if basis is Basis.SUMMARY or basis is Basis.RETAINED:
            return _two(credit, debit, int(balances[debit]))
        if basis is Basis.TAX_RETURN:
            return self._tax_return(balances, debit, credit)
        if basis is Basis.REVALUATION:
            return self._revalue(debit, around.revaluation[item.name.endswith("payables")])
        return _two(debit, credit, self._amount(item, facts, drawn, balances, around))

    def _amount(
        self,
        item: ClosingItem,
        facts: CompanyFacts,
        drawn: Drawn,
        balances: NDArray[np.int64],
        around: CloseContext,
    ) -> int:
        """Return what an item comes to that has two lines, by its basis."""
        basis = item.basis
        if basis is Basis.INTERCOMPANY:
            smaller = facts.partner_turnover[item.receives]
            return _share(smaller, item.permille, drawn.share, facts.smallest)
        if basis is Basis.TAX_PAYMENT:
            return around.tax_due
        if basis is Basis.PROFIT:
            return self._provision(item, facts, balances, drawn.debit)
        if basis is Basis.DEPRECIATION:
            return self._wear(item, facts, balances, around.reserved)
        return max(facts.open_receipts - int(balances[self._chart.only("grir")]), facts.smallest)

    def _close_result(self, balances: NDArray[np.int64], summary: int) -> _Lines:
        left = balances[self._of_result].tolist()
        moved = {index: -amount for index, amount in zip(self._of_result, left, strict=True) if amount}
        return _balanced(moved, summary)

    def _tax_return(self, balances: NDArray[np.int64], output: int, due: int) -> _Lines:
        """Move the taxes on sales and purchases to what is due, or to be got back."""
        accounts = (output, self._chart.only("input_tax"))
        return _balanced({account: -int(balances[account]) for account in accounts if balances[account]}, due)

    def _revalue(self, account: int, more: int) -> _Lines:
        result = self._chart.only("exchange_gain" if more > 0 else "exchange_loss")
        return _two(account, result, more)

    def _provision(
        self, item: ClosingItem, facts: CompanyFacts, balances: NDArray[np.int64], tax: int
    ) -> int:
        so_far = int(balances[tax])
        before_tax = so_far - int(balances[self._of_result].sum())
        return max(before_tax * item.permille // 1_000 - so_far, facts.smallest)

    def _wear(
        self,
        item: ClosingItem,
        facts: CompanyFacts,
        balances: NDArray[np.int64],
        reserved: Sequence[int],
    ) -> int:
        asset_class = item.name.partition(".")[2]
        number = ASSET_CLASSES.index(asset_class)
        worn_account = self._chart.only(f"{asset_class}_depreciation")
        owned = sum(int(balances[account]) for account in self._chart.pools[asset_class])
        cost = facts.opening_cost(number) + owned
        left = cost - facts.opening_wear(number) + int(balances[worn_account]) - reserved[number]
        return max(min(cost // _LIVES[number], left // _LAST_MONTHS), 0)


def _entry(item: ClosingItem, close: Close, lines: _Lines) -> ClosingEntry:
    day = close.last_day if item.last_day else close.work_day
    return ClosingEntry(item, close.company, item.document_type, item.source, day, *lines)


def _reversal(original: ClosingEntry, day: int, place: int) -> ClosingEntry:
    back = tuple([-amount for amount in original.amounts])
    return ClosingEntry(
        original.item, original.company, REVERSAL_TYPE, "reversal", day, original.accounts, back, place
    )


def _share(basis: int, permille: int, bits: int, smallest: int) -> int:
    """Return a share of a basis, drawn between 0.6 and 1.4 times the usual."""
    usual = basis * permille // 1_000
    return max(usual * (600 + ((bits >> 32) * 801 >> 32)) // 1_000, smallest)


def _two(debit: int, credit: int, amount: int) -> _Lines:
    """Return two lines; of a negative amount, with the sides swapped."""
    if amount == 0:
        return _wash(debit)
    return (debit, credit), (amount, -amount)


def _wash(account: int) -> _Lines:
    """Return the least that a document with nothing to post can say."""
    return (account, account), (1, -1)


def _balanced(moved: dict[int, int], other: int) -> _Lines:
    """Return lines by account, and one for what they leave."""
    if not moved:
        return _wash(other)
    rest = -sum(moved.values())
    if rest == 0:
        return tuple(moved), tuple(moved.values())
    return (*moved, other), (*moved.values(), rest)


def _allocate(account: int, amount: int, key: int) -> _Lines:
    receivers = _FEWEST_RECEIVERS + (draw(key, 1, 0) >> 32) * _MORE_RECEIVERS // (1 << 32)
    weights = draws(key, _RECEIVERS[:receivers], 0) >> np.uint64(54)
    spare = max(amount, receivers) - receivers
    # Plain integers, since an amount times all weights may not fit.
    reached = np.add.accumulate(weights.astype(np.int64) + 1).tolist()
    upto = [spare * each // reached[-1] for each in reached]
    received = [after - before + 1 for before, after in pairwise([0, *upto])]
    return (account,) * (receivers + 1), (*received, -max(amount, receivers))
