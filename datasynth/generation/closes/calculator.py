"""The entries of one close: accounts and amounts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.close_draws import draw_closes
from datasynth.generation.closes.entries import ClosingEntry
from datasynth.generation.draws import draw, draws
from datasynth.ledger.closes import ASSET_CLASSES, CARRY_FORWARD, REVERSAL_TYPE, Basis, ClosingItem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.closes.close_draws import EntryDraws
    from datasynth.generation.closes.company_figures import CompanyFigures
    from datasynth.generation.schedule.closing_plan import Close
    from datasynth.ledger.chart import Chart

# Useful lives of asset classes; our choice, in the order of `ASSET_CLASSES`. [months]
_LIVES = (48, 120, 72, 400)
# Near the end of its life a class is depreciated by this part of the rest a month, so
# that there is always something to depreciate and never more than is left. [months]
_LAST_MONTHS = 10
# Cost centres that an allocation charges; our choice.
_FEWEST_RECEIVERS = 29
_MORE_RECEIVERS = 50
_MOST_RECEIVERS = _FEWEST_RECEIVERS + _MORE_RECEIVERS
"""An allocation has fewer lines to cost centres than this."""

_Lines = tuple[tuple[int, ...], tuple[int, ...]]
"""Accounts and signed amounts, debit positive. [minor units]"""

_TURN = attrgetter("last_day", "day_part")

# Draw indexes of the weights of an allocation's cost centres.
_RECEIVERS = np.arange(2, 2 + _MOST_RECEIVERS, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class BooksAtClose:
    """The books of a company at a close.

    Attributes
    ----------
    balances : (accounts,) int64
        Before the close, debit positive; `CloseCalculator.entries` adds `late` and its
        own entries up to the last day. [minor units]
    late : (accounts,) int64
        Posted between the close's work day and its last day. [minor units]
    revaluation
        By how much open receivables and payables in foreign currency are worth more than
        they were booked at, debit positive. [minor units]
    tax_due
        Amount of the tax return before, or 0. [minor units]
    reserved
        Depreciation that other closes will post, by asset class. [minor units]
    """

    balances: NDArray[np.int64]
    late: NDArray[np.int64]
    revaluation: tuple[int, int] = (0, 0)
    tax_due: int = 0
    reserved: tuple[int, ...] = (0,) * len(ASSET_CLASSES)


def most_rows(closes: Sequence[Close], accounts: int) -> tuple[int, int]:
    """Return the number of rows of the calendar's closes, and the most lines they can have."""
    entries = [item for close in closes for item in close.items for _ in range(1 + item.reverses)]
    years = sum(close.carries_forward for close in closes)
    long = sum(item.basis is Basis.ALLOCATION for item in entries)
    results = sum(item.basis is Basis.RESULT for item in entries)
    lines = 3 * (len(entries) + years) + long * _MOST_RECEIVERS + results * accounts
    return len(entries) + years, lines


class CloseCalculator:
    """Makes the entries of closes from the books that they find; `figures` are one for each company."""

    def __init__(self, chart: Chart, seed: int, figures: Sequence[CompanyFigures]) -> None:
        self.chart = chart
        self.figures = figures
        self._seed = seed
        self._of_result = [index for index, account in enumerate(chart.accounts) if account.of_result]

    def draw(
        self, company: int, closes: Sequence[Close], when: Sequence[tuple[int, ...]]
    ) -> list[Mapping[str, EntryDraws]]:
        """Draw for some closes of a company; see `draw_closes`."""
        return draw_closes(self.chart, self._seed, self.figures[company], closes, when)

    def entries(
        self, close: Close, drawn: Mapping[str, EntryDraws], books: BooksAtClose
    ) -> list[ClosingEntry]:
        """Make the entries of one close, reversals included, and add those up to its last day to `books`."""
        figures, balances = self.figures[close.company], books.balances
        made: list[ClosingEntry] = []
        later: list[ClosingEntry] = []
        up_to_date = False
        for item in sorted(close.items, key=_TURN):
            if item.last_day and not up_to_date:
                balances += books.late
                up_to_date = True
            lines = self._lines(item, figures, drawn[item.name], books)
            if item.basis is not Basis.ALLOCATION:  # which moves nothing between accounts
                for account, amount in zip(*lines, strict=True):
                    balances[account] += amount
            made.append(_entry(item, close, lines))
            if item.reverses and close.next_day >= 0:
                later.append(_reversal(made[-1], close.next_day, len(made) - 1))
        if not up_to_date:
            balances += books.late
        if close.carries_forward:
            lines = self._lines(CARRY_FORWARD, figures, drawn[CARRY_FORWARD.name], books)
            later.append(_entry(CARRY_FORWARD, close, lines)._replace(day=close.next_day))
        return made + later

    def _lines(
        self, item: ClosingItem, figures: CompanyFigures, drawn: EntryDraws, books: BooksAtClose
    ) -> _Lines:
        """Return the lines of an item, by its basis."""
        debit, credit, bits, key = drawn
        match item.basis:
            case Basis.ALLOCATION:
                return _allocate(debit, _share(figures.turnover, item, bits, figures.smallest), key)
            case Basis.RESULT:
                return self._close_result(books.balances, debit)
            case Basis.SUMMARY | Basis.RETAINED:
                return _two(credit, debit, int(books.balances[debit]))
            case Basis.TAX_RETURN:
                return self._tax_return(books.balances, debit, credit)
            case Basis.REVALUATION:
                return self._revalue(debit, books.revaluation[item.name.endswith("payables")])
        return _two(debit, credit, self._amount(item, figures, drawn, books))

    def _amount(
        self, item: ClosingItem, figures: CompanyFigures, drawn: EntryDraws, books: BooksAtClose
    ) -> int:
        """Return the amount of an item that debits one account and credits another. [minor units]"""
        match item.basis:
            case Basis.TURNOVER:
                return _share(figures.turnover, item, drawn.share, figures.smallest)
            case Basis.INTERCOMPANY:
                return _share(figures.partner_turnover[item.receives], item, drawn.share, figures.smallest)
            case Basis.TAX_PAYMENT:
                return books.tax_due
            case Basis.PROFIT:
                return self._provision(item, figures, books.balances, drawn.debit)
            case Basis.DEPRECIATION:
                return self._depreciation(item, figures, books)
        not_invoiced = figures.open_receipts - int(books.balances[self.chart.only("grir")])
        return max(not_invoiced, figures.smallest)

    def _close_result(self, balances: NDArray[np.int64], summary: int) -> _Lines:
        left = balances[self._of_result].tolist()
        moved = {index: -amount for index, amount in zip(self._of_result, left, strict=True) if amount}
        return _balanced(moved, summary)

    def _tax_return(self, balances: NDArray[np.int64], output: int, due: int) -> _Lines:
        """Move the taxes on sales and purchases to the account of the tax due."""
        accounts = (output, self.chart.only("input_tax"))
        return _balanced({account: -int(balances[account]) for account in accounts if balances[account]}, due)

    def _revalue(self, account: int, more: int) -> _Lines:
        result = self.chart.only("exchange_gain" if more > 0 else "exchange_loss")
        return _two(account, result, more)

    def _provision(
        self, item: ClosingItem, figures: CompanyFigures, balances: NDArray[np.int64], tax: int
    ) -> int:
        """Return the tax on the profit so far, less what has been provided for. [minor units]"""
        so_far = int(balances[tax])
        before_tax = so_far - int(balances[self._of_result].sum())
        return max(before_tax * item.permille // 1_000 - so_far, figures.smallest)

    def _depreciation(self, item: ClosingItem, figures: CompanyFigures, books: BooksAtClose) -> int:
        """Return a month's share of an asset class's cost, or of the rest near its end. [minor units]"""
        asset_class = item.name.partition(".")[2]
        number = ASSET_CLASSES.index(asset_class)
        posted = int(books.balances[self.chart.only(f"{asset_class}_depreciation")])
        bought = sum(int(books.balances[account]) for account in self.chart.pools[asset_class])
        cost = figures.opening_cost(number) + bought
        left = cost - figures.opening_depreciation(number) + posted - books.reserved[number]
        return max(min(cost // _LIVES[number], left // _LAST_MONTHS), 0)


def _entry(item: ClosingItem, close: Close, lines: _Lines) -> ClosingEntry:
    day = close.last_day if item.last_day else close.work_day
    return ClosingEntry(item, close.company, item.document_type, item.source, day, *lines)


def _reversal(original: ClosingEntry, day: int, place: int) -> ClosingEntry:
    back = tuple([-amount for amount in original.amounts])
    return ClosingEntry(
        original.item, original.company, REVERSAL_TYPE, "reversal", day, original.accounts, back, place
    )


def _share(turnover: int, item: ClosingItem, bits: int, smallest: int) -> int:
    """Return an item's share of a turnover, drawn between 0.6 and 1.4 times the usual. [minor units]"""
    usual = turnover * item.permille // 1_000
    return max(usual * (600 + ((bits >> 32) * 801 >> 32)) // 1_000, smallest)


def _two(debit: int, credit: int, amount: int) -> _Lines:
    """Return two lines; a negative amount swaps the sides."""
    if amount == 0:
        return _wash(debit)
    return (debit, credit), (amount, -amount)


def _wash(account: int) -> _Lines:
    """Return the lines of an entry without amount: one minor unit, debit and credit of one account."""
    return (account, account), (1, -1)


def _balanced(moved: dict[int, int], other: int) -> _Lines:
    """Return a line for each account, and one for the difference."""
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
