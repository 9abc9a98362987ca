"""What the books of companies say before certain days, while a journal is built.

Leaves in company currency are summed before each day in one pass; those in
foreign currency day by day, since every day has its rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.foreign_days import ForeignDays
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.snapshots import sum_account
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.books.balances import ChainBalances
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.making import Making
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.ledger.chart import Chart


@dataclass(frozen=True, slots=True)
class _Slot:
    """One account and side of a step: sums over the first so many cards, and steps of variation."""

    reached: NDArray[np.int64]
    scale: NDArray[np.int64]


class DayBooks:
    """Books of all companies before each of some days.

    Parameters
    ----------
    schedule, sheet, chart, rates, chains
        Of the journal.
    days
        For each company the days at whose beginning it is looked, ascending.
        [days from the start]
    followed
        Accounts that can be followed day by day; see `posted_before`.
    making
        Where the build can be ended.

    Attributes
    ----------
    days : (n,) int64 for each company
        As given.
    foreign
        What sums documents in foreign currency.
    """

    def __init__(
        self,
        schedule: Schedule,
        sheet: Sheet,
        chart: Chart,
        rates: RateTable,
        chains: ChainBalances,
        days: Sequence[Sequence[int]],
        followed: Iterable[int],
        making: Making,
    ) -> None:
        self.days = [np.array(looked, dtype=np.int64) for looked in days]
        self.foreign = ForeignDays(schedule, sheet, rates, chains)
        self._schedule, self._sheet, self._chains = schedule, sheet, chains
        self._accounts = len(chart.accounts)
        self._making = making
        self._slots: dict[tuple[int, int], _Slot] = {}
        self._valued: dict[int, NDArray[np.int64]] = {}
        self._opened: dict[int, NDArray[np.int64]] = {}
        self._moved: dict[tuple[int, int], NDArray[np.int64]] = {}
        self._posting: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._movements = [np.zeros((len(looked), self._accounts), dtype=np.int64) for looked in self.days]
        sides = frozenset(2 * account + side for account in followed for side in (0, 1))
        self._sum_foreign(sides)
        self._sum_decks(sides)

    def _sum_foreign(self, followed: frozenset[int]) -> None:
        for at, daily in self.foreign.daily(self._making):
            company = self._schedule.leaves[at].company
            upto = np.zeros((len(daily) + 1, daily.shape[1]), dtype=np.int64)
            np.add.accumulate(daily, axis=0, out=upto[1:])
            self._valued[at] = upto[self.days[company]]
            self._move(at, self._valued[at])
            for slot, side in enumerate(self._chains.sums.books(at).sides.tolist()):
                if side in followed:
                    known = self._moved.get((company, side))
                    moved = upto[:, slot]
                    self._moved[company, side] = moved.copy() if known is None else known + moved

    def _sum_decks(self, followed: frozenset[int]) -> None:
        """Sum the leaves in company currency, those that take the cards of one deck after one another."""
        sums = self._chains.sums
        decks: dict[tuple[int, int, int], list[int]] = {}
        for company in range(len(self.days)):
            for at in self._chains.leaves_of(company):
                if sums.books(at).valuation is not Valuation.LOCAL:
                    continue
                sides = sums.books(at).sides.tolist()
                deck = int(self._sheet.leaf_row[at]), int(self._sheet.leaf_bits[at]), len(sides)
                decks.setdefault(deck, []).append(at)
                for slot, side in enumerate(sides):
                    if side in followed:
                        self._posting.setdefault((company, side), []).append((at, slot))
        for leaves in decks.values():
            reached = sums.deck(leaves[0])
            for at in leaves:
                self._making.checkpoint()
                days = self.days[self._schedule.leaves[at].company]
                self._move(at, sums.before_days(at, days, reached))

    def _move(self, at: int, before: NDArray[np.int64]) -> None:
        sides = self._chains.sums.books(at).sides
        moved = self._movements[self._schedule.leaves[at].company]
        # One side at a time: within it no account occurs twice.
        for side, sign in ((0, np.add), (1, np.subtract)):
            slots = np.flatnonzero(sides & 1 == side)
            accounts = sides[slots] >> 1
            moved[:, accounts] = sign(moved[:, accounts], before[:, slots])

    def opened(self, company: int) -> NDArray[np.int64]:
        """Return what a company's chains posted in the lead days; see `ChainBalances.opening`."""
        known = self._opened.get(company)
        if known is None:
            self._making.checkpoint()
            known = self._opened[company] = self._chains.opening(company)
        return known

    def movements(self, company: int) -> NDArray[np.int64]:
        """Sum a company's chains and single documents before each of its days.

        Returns
        -------
        (n, accounts) int64
            Since the start, debit positive. [minor units]
        """
        return self._movements[company]

    def valued(self, at: int) -> NDArray[np.int64]:
        """Return what a leaf in foreign currency, or that settles one, posted before its company's days.

        Returns
        -------
        (n, slots) int64
            Since the start. [minor units]
        """
        return self._valued[at]

    def posted_before(self, company: int, side: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum what a company's chains and single documents post to a followed account before some days.

        Parameters
        ----------
        company
            Index of the company.
        side
            ``2 * account``, plus 1 for credits.
        days : (n,) int64
            [days from the start]

        Returns
        -------
        (n,) int64
            Since the start. [minor units]
        """
        looked = np.concatenate([np.zeros(1, dtype=np.int64), days])
        totals = np.zeros(len(looked), dtype=np.int64)
        sheet, sums = self._sheet, self._chains.sums
        for at, place in self._posting.get((company, side), ()):
            self._making.checkpoint()
            books = sums.books(at)
            slot = self._slot(at, place)
            shifts = sheet.shifts[int(sheet.leaf_shift[at]) :]
            bits = int(sheet.leaf_bits[at])
            sum_account(
                totals,
                looked,
                books.upto,
                books.windows,
                sheet.leaf_key[at],
                shifts,
                slot.reached,
                slot.scale,
                bits,
            )
        found: NDArray[np.int64] = totals[1:] - totals[0]
        valued = self._moved.get((company, side))
        return found if valued is None else found + valued[days]

    def _slot(self, at: int, slot: int) -> _Slot:
        """Return one account of a leaf's cards; leaves of one deck share it."""
        sheet = self._sheet
        first = int(sheet.leaf_row[at])
        if (first, slot) not in self._slots:
            cards = CLASSES << int(sheet.leaf_bits[at])
            begin, end = int(sheet.rows.offsets[first]), int(sheet.rows.offsets[first + cards])
            mine = sheet.slot[begin:end] == slot
            at_row = sheet.rows.offsets[first : first + cards] - begin
            amounts = np.add.reduceat(np.where(mine, sheet.rows.amount[begin:end], 0), at_row)
            scales = np.add.reduceat(np.where(mine, sheet.rows.scale[begin:end], 0).astype(np.int64), at_row)
            self._slots[first, slot] = _Slot(np.concatenate([[0], np.add.accumulate(amounts)]), scales)
        return self._slots[first, slot]
