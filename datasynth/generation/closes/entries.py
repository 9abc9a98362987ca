"""The entries of one close: what is posted, and how much."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING

from datasynth.generation.closes.facts import ClosingEntry, Line, Surroundings
from datasynth.generation.draws import draw, make_key
from datasynth.ledger.closes import (
    ASSET_CLASSES,
    CARRY_FORWARD,
    REVERSAL_TYPE,
    Basis,
    ClosingItem,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.closes.facts import CompanyFacts
    from datasynth.generation.closes.plan import Close
    from datasynth.ledger.chart import Chart

# Useful lives of asset classes; our choice, in the order of `ASSET_CLASSES`. [months]
_LIVES = (48, 120, 72, 400)
# What is left of an old class is written down by this part a month, so that there is
# always something to depreciate and never more than is left. [months]
_LAST_MONTHS = 10
_FEWEST_RECEIVERS = 29
_MORE_RECEIVERS = 50
MOST_RECEIVERS = _FEWEST_RECEIVERS + _MORE_RECEIVERS
"""An allocation has fewer lines to cost centres than that."""


class ClosingDesk:
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

    def entries(
        self,
        close: Close,
        when: tuple[int, ...],
        balances: list[int],
        late: Sequence[int],
        around: Surroundings,
    ) -> list[ClosingEntry]:
        """Make the entries of one close, reversals included.

        Parameters
        ----------
        close
            Which close.
        when
            What tells this close's draws from those of other closes.
        balances
            Balance of every account before the close, debit positive; brought up
            to date with what is made here but for what the next day takes back.
            [minor units]
        late
            What is posted between the close's work day and its last day, by account.
            [minor units]
        around
            What else it depends on.
        """
        facts = self._facts[close.company]
        made: list[ClosingEntry] = []
        later: list[ClosingEntry] = []
        up_to_date = False
        for item in sorted(close.items, key=lambda item: (item.last_day, item.band)):
            if item.last_day and not up_to_date:
                _add(balances, late)
                up_to_date = True
            lines = self._lines(item, facts, when, balances, around)
            _post(balances, lines)
            made.append(_entry(item, close, lines))
            if item.reverses and close.next_day >= 0:
                later.append(_reversal(made[-1], close.next_day, len(made) - 1))
        if not up_to_date:
            _add(balances, late)
        if close.carries_forward:
            lines = self._lines(CARRY_FORWARD, facts, when, balances, around)
            later.append(replace(_entry(CARRY_FORWARD, close, lines), day=close.next_day))
        return made + later

    def _lines(
        self,
        item: ClosingItem,
        facts: CompanyFacts,
        when: tuple[int, ...],
        balances: Sequence[int],
        around: Surroundings,
    ) -> tuple[Line, ...]:
        key = make_key(self._seed, "close", item.name, facts.company, *when)
        debit = self._account(item.debit, key, 0)
        credit = self._account(item.credit, key, 1)
        basis = item.basis
        if basis is Basis.RESULT:
            return self._close_result(balances, debit)
        if basis is Basis.SUMMARY or basis is Basis.RETAINED:
            return _two(credit, debit, balances[debit])
        if basis is Basis.TAX_RETURN:
            return self._tax_return(balances, debit, credit)
        if basis is Basis.REVALUATION:
            return self._revalue(debit, around.revaluation[item.name.endswith("payables")])
        if basis is Basis.ALLOCATION or basis is Basis.TURNOVER:
            share = _share(facts.turnover, item.permille, draw(key, 0, 2), facts.smallest)
            return _allocate(debit, share, key) if basis is Basis.ALLOCATION else _two(debit, credit, share)
        return _two(debit, credit, self._amount(item, facts, when, balances, around, debit))

    def _amount(
        self,
        item: ClosingItem,
        facts: CompanyFacts,
        when: tuple[int, ...],
        balances: Sequence[int],
        around: Surroundings,
        debit: int,
    ) -> int:
        """Return what an item comes to that has two lines, by its basis."""
        basis = item.basis
        if basis is Basis.INTERCOMPANY:
            return self._intercompany(item, facts, when)
        if basis is Basis.TAX_PAYMENT:
            return around.tax_due
        if basis is Basis.PROFIT:
            return self._provision(item, facts, balances, debit)
        if basis is Basis.DEPRECIATION:
            return self._wear(item, facts, balances, around.reserved)
        return max(facts.open_receipts - balances[self._chart.only("grir")], facts.smallest)

    def _account(self, pool: str, key: int, field: int) -> int:
        members = self._chart.pools[pool]
        if len(members) == 1:
            return members[0]
        return members[(draw(key, 0, field) >> 32) * len(members) >> 32]

    def _close_result(self, balances: Sequence[int], summary: int) -> tuple[Line, ...]:
        lines = [(index, -balances[index]) for index in self._of_result if balances[index] != 0]
        result = -sum(amount for _, amount in lines)
        if result != 0:
            lines.append((summary, result))
        return tuple(lines) or _wash(summary)

    def _tax_return(self, balances: Sequence[int], output: int, due: int) -> tuple[Line, ...]:
        """Move the taxes on sales and purchases to what is due, or to be got back."""
        accounts = (output, self._chart.only("input_tax"))
        lines = [(account, -balances[account]) for account in accounts if balances[account]]
        rest = sum(amount for _, amount in lines)
        if rest:
            lines.append((due, -rest))
        return tuple(lines) or _wash(due)

    def _revalue(self, account: int, more: int) -> tuple[Line, ...]:
        result = self._chart.only("exchange_gain" if more > 0 else "exchange_loss")
        return _two(account, result, more)

    def _intercompany(self, item: ClosingItem, facts: CompanyFacts, when: tuple[int, ...]) -> int:
        receiving = item.name.endswith(("received", "paid"))
        charger = facts.charger if receiving else facts.company
        key = make_key(self._seed, "intercompany", charger, *when)
        return _share(facts.partner_turnover[receiving], item.permille, draw(key, 0, 0), facts.smallest)

    def _provision(self, item: ClosingItem, facts: CompanyFacts, balances: Sequence[int], tax: int) -> int:
        before_tax = balances[tax] - sum([balances[index] for index in self._of_result])
        return max(before_tax * item.permille // 1_000 - balances[tax], facts.smallest)

    def _wear(
        self,
        item: ClosingItem,
        facts: CompanyFacts,
        balances: Sequence[int],
        reserved: Sequence[int],
    ) -> int:
        asset_class = item.name.partition(".")[2]
        number = ASSET_CLASSES.index(asset_class)
        worn_account = self._chart.only(f"{asset_class}_depreciation")
        owned = sum(balances[account] for account in self._chart.pools[asset_class])
        cost = facts.opening_cost(number) + owned
        left = cost - facts.opening_wear(number) + balances[worn_account] - reserved[number]
        return max(min(cost // _LIVES[number], left // _LAST_MONTHS), 0)


def _entry(item: ClosingItem, close: Close, lines: tuple[Line, ...]) -> ClosingEntry:
    day = close.last_day if item.last_day else close.work_day
    return ClosingEntry(item, close.company, item.document_type, item.source, day, lines)


def _reversal(original: ClosingEntry, day: int, place: int) -> ClosingEntry:
    lines = tuple([(account, -amount) for account, amount in original.lines])
    return ClosingEntry(original.item, original.company, REVERSAL_TYPE, "reversal", day, lines, place)


def _add(balances: list[int], movements: Sequence[int]) -> None:
    balances[:] = [kept + more for kept, more in zip(balances, movements, strict=True)]


def _post(balances: list[int], lines: tuple[Line, ...]) -> None:
    for account, amount in lines:
        balances[account] += amount


def _share(basis: int, permille: int, bits: int, smallest: int) -> int:
    """Return a share of a basis, drawn between 0.6 and 1.4 times the usual."""
    usual = basis * permille // 1_000
    return max(usual * (600 + ((bits >> 32) * 801 >> 32)) // 1_000, smallest)


def _two(debit: int, credit: int, amount: int) -> tuple[Line, ...]:
    """Return two lines; of a negative amount, with the sides swapped."""
    if amount == 0:
        return _wash(debit)
    return ((debit, amount), (credit, -amount))


def _wash(account: int) -> tuple[Line, ...]:
    """Return the least that a document with nothing to post can say."""
    return ((account, 1), (account, -1))


def _allocate(account: int, amount: int, key: int) -> tuple[Line, ...]:
    receivers = _FEWEST_RECEIVERS + (draw(key, 1, 0) >> 32) * _MORE_RECEIVERS // (1 << 32)
    weights = [1 + (draw(key, 2 + number, 0) >> 54) for number in range(receivers)]
    spare = max(amount, receivers) - receivers
    whole = sum(weights)
    before = 0
    lines = []
    for reached in accumulate(weights):
        upto = spare * reached // whole
        lines.append((account, upto - before + 1))
        before = upto
    return (*lines, (account, -max(amount, receivers)))
