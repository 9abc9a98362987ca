"""Sums over chains and single documents at any position, without the entries before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import add_chains, add_days, reach_before, reach_single
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.locate import fill_cells, find_day
from datasynth.generation.kernels.ranks import rank_leaves
from datasynth.generation.kernels.snapshots import sum_days, sum_valued_days
from datasynth.generation.kernels.valued import add_valued
from datasynth.generation.leaf_books import describe_books, one_account
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.plan import Schedule
    from datasynth.generation.sheet import Sheet
    from datasynth.ledger.chart import Chart

    Reach = NDArray[np.int64]


def merge_key(seed: int) -> int:
    """Return the key of the merge phases of every day."""
    return make_key(seed, "merge")


class ChainBalances:
    """Sums over chains and single documents; closes are not among them.

    Parameters
    ----------
    config, schedule, sheet, chart, rates
        Of the journal.
    """

    def __init__(
        self, config: Config, schedule: Schedule, sheet: Sheet, chart: Chart, rates: RateTable
    ) -> None:
        self._schedule = schedule
        self._sheet = sheet
        self._accounts = len(chart.accounts)
        self._rates = rates
        self._day_key = np.uint64(merge_key(config.general.seed))
        self._counted = [at for at, leaf in enumerate(schedule.leaves) if leaf.kind is not LeafKind.CLOSE]
        self._books = {at: describe_books(config, schedule, sheet, chart, rates, at) for at in self._counted}
        self._first = {at: self.reach(at, 0) for at in self._counted}

    def before_days(self, company: int, days: Sequence[int]) -> NDArray[np.int64]:
        """Sum a company's documents before each of some days.

        Parameters
        ----------
        company
            Index of the company.
        days
            Days from the start, ascending.

        Returns
        -------
        (days, accounts, 2) int64
            Debits and credits since the start. [minor units]
        """
        flat = np.zeros((len(days), 2 * self._accounts), dtype=np.int64)
        for at in self._of(company):
            self._add_days(flat, at, days)
        return np.add.accumulate(flat, axis=0).reshape(len(days), self._accounts, 2)

    def _add_days(self, flat: NDArray[np.int64], at: int, days: Sequence[int]) -> None:
        """Add what a leaf's documents move from each of some days to the next."""
        books = self._books[at]
        if books.valuation is Valuation.LOCAL:
            reached = self._local_days(at, [0, *days])
            flat[:, books.sides] += np.diff(reached, axis=0)
        else:
            flat[:, books.sides] += self._valued_days(at, days)[:, : len(books.sides)]

    def opening(self, company: int) -> NDArray[np.int64]:
        """Sum what a company's chains posted in the lead days: the opening balance of what they leave open.

        Returns
        -------
        (accounts,) int64
            Debit positive. [minor units]
        """
        flat = np.zeros((1, 2 * self._accounts), dtype=np.int64)
        for at in self._of(company):
            if self._schedule.leaves[at].kind is LeafKind.CHAIN:
                self.add(flat, at, np.zeros(CLASSES, dtype=np.int64), self._first[at])
        both = flat.reshape(self._accounts, 2)
        net: NDArray[np.int64] = both[:, 0] - both[:, 1]
        return net

    def leaf_ranks(self, position: int) -> tuple[int, NDArray[np.int64]]:
        """Count the documents of every leaf among a day's entries before a position.

        Parameters
        ----------
        position
            Number of entries before the position; below the total.

        Returns
        -------
        day
            Day of the entry at the position. [days from the start]
        ranks : (leaves,) int64
            Documents of that day before the position.
        """
        schedule = self._schedule
        day = int(find_day(schedule.entries_before, position))
        counts = np.zeros(len(schedule.tree.left), dtype=np.int64)
        ranks = np.zeros(len(schedule.tree.left), dtype=np.int64)
        found = np.zeros(len(schedule.leaves), dtype=np.int64)
        rank_leaves(
            position - int(schedule.entries_before[day]),
            day,
            self._day_key,
            schedule.before,
            schedule.tree.left,
            schedule.tree.right,
            schedule.tree.leaf,
            schedule.tree.roots,
            counts,
            ranks,
            found,
        )
        return day, found

    def at(self, position: int) -> NDArray[np.int64]:
        """Sum all documents before a position.

        Parameters
        ----------
        position
            Number of entries before it.

        Returns
        -------
        (companies, accounts, 2) int64
            Debits and credits since the start. [minor units]
        """
        reaches = self.reaches(position)
        flat = np.zeros((len(self._schedule.starts), 1, 2 * self._accounts), dtype=np.int64)
        for at in self._counted:
            self.add(flat[self._schedule.leaves[at].company], at, self._first[at], reaches[at])
        return flat.reshape(len(flat), self._accounts, 2)

    def reaches(self, position: int) -> dict[int, Reach]:
        """Return, for each leaf, how many chains of each class have their document before a position."""
        if position == self._schedule.total:
            end = self._schedule.horizon.days
            return {at: self.reach(at, end) for at in self._counted}
        day, ranks = self.leaf_ranks(position)
        return {at: self._reach_within(at, day, int(ranks[at])) for at in self._counted}

    def reach(self, at: int, day: int) -> Reach:
        """Count the chains of each class whose document is before a day. [days from the start]"""
        leaf = self._schedule.leaves[at]
        reach = np.empty(CLASSES, dtype=np.int64)
        if leaf.kind is LeafKind.CHAIN:
            starts = self._schedule.starts[leaf.origin, leaf.chain]
            reach_before(starts, self._schedule.windows[self._schedule.leaf_window[at]], day, reach)
        else:
            reach_single(int(self._schedule.before[day, at]), reach)
        return reach

    def add(self, totals: NDArray[np.int64], at: int, low: Reach, high: Reach) -> None:
        """Add a leaf's documents of a run of chains.

        Parameters
        ----------
        totals : (n, 2 * accounts) int64
            Each row is added to; debits and credits of each account. [minor units]
        at
            The leaf.
        low, high : (CLASSES,) int64
            First chain of each class, and the one after the last.
        """
        books = self._books[at]
        if not (high > low).any():
            return
        if books.valuation is Valuation.LOCAL:
            totals[:, books.sides] += self._local(at, high) - self._local(at, low)
            return
        moved = np.zeros(max(len(books.sides), 4), dtype=np.int64)
        self._add_valued(moved, at, low, high, self._rates.rates[books.rate])
        totals[:, books.sides] += moved[: len(books.sides)]

    def moved_daily(self, at: int, side: int) -> NDArray[np.int64]:
        """Sum what a leaf's documents of each day post to one side of an account.

        Parameters
        ----------
        at
            The leaf.
        side
            ``2 * account``, plus 1 for credits.

        Returns
        -------
        (days,) int64
            [minor units]
        """
        days = self._schedule.horizon.days
        moved = np.zeros(days, dtype=np.int64)
        books = self._books[at]
        slots = np.flatnonzero(books.sides == side)
        if not len(slots):
            return moved
        if books.valuation is Valuation.LOCAL:
            add_days(moved, books.upto, books.windows, *one_account(self._sheet, at, int(slots[0])))
            return moved
        moved += self._valued_days(at, range(1, days + 1))[:, slots[0]]
        return moved

    def booked_open(self, at: int, low: Reach, high: Reach, day: int) -> tuple[int, int]:
        """Value the foreign documents of a run of chains at their own rates and at a day's.

        Parameters
        ----------
        at
            A leaf in foreign currency.
        low, high
            See `add`.
        day
            [days from the start]

        Returns
        -------
        tuple
            Sums of the debits. [minor units of the company's currency]
        """
        books = self._books[at]
        found = []
        own = self._rates.rates[books.rate]
        for rates in (own, np.full_like(own, own[LEAD_DAYS + day])):
            moved = np.zeros(max(len(books.sides), 4), dtype=np.int64)
            self._add_valued(moved, at, low, high, rates)
            found.append(int(moved[: len(books.sides)][books.sides % 2 == 0].sum()))
        return found[0], found[1]

    def _of(self, company: int) -> list[int]:
        return [at for at in self._counted if self._schedule.leaves[at].company == company]

    def _reach_within(self, at: int, day: int, rank: int) -> Reach:
        """Count the chains of each class whose document is among a day's first."""
        leaf = self._schedule.leaves[at]
        reach = self.reach(at, day)
        if leaf.kind is not LeafKind.CHAIN:
            reach_single(int(self._schedule.before[day, at]) + rank, reach)
            return reach
        upto = np.empty(CLASSES + 1, dtype=np.int64)
        starts = self._schedule.starts[leaf.origin, leaf.chain]
        fill_cells(day, starts, self._schedule.windows[self._schedule.leaf_window[at]], upto)
        return reach + np.clip(rank - upto[:-1], 0, np.diff(upto))

    def _local(self, at: int, reach: Reach) -> NDArray[np.int64]:
        """Sum the first chains of each class of a leaf in company currency, by slot. [minor units]"""
        moved = np.zeros(len(self._books[at].sides), dtype=np.int64)
        add_chains(moved, 1, reach, *self._deck(at))
        return moved

    def _local_days(self, at: int, days: Sequence[int]) -> NDArray[np.int64]:
        """Sum a leaf's documents in company currency before each of some days, by slot. [minor units]"""
        books = self._books[at]
        totals = np.zeros((len(days), len(books.sides)), dtype=np.int64)
        scratch = np.empty(CLASSES, dtype=np.int64)
        looked = np.array(days, dtype=np.int64)
        sum_days(totals, looked, scratch, books.upto, books.windows, *self._deck(at))
        return totals

    def _valued_days(self, at: int, days: Sequence[int]) -> NDArray[np.int64]:
        """Sum a valued leaf's documents from each of some days to the next, by slot. [minor units]"""
        books = self._books[at]
        totals = np.zeros((len(days), max(len(books.sides), 4)), dtype=np.int64)
        low, high = np.empty(CLASSES, dtype=np.int64), np.empty(CLASSES, dtype=np.int64)
        looked = np.array(days, dtype=np.int64)
        rates = self._rates.rates[books.rate]
        sum_valued_days(totals, looked, low, high, *self._valued(at, rates))
        return totals

    def _deck(
        self, at: int
    ) -> tuple[
        np.uint64,
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int16],
        NDArray[np.int64],
        NDArray[np.int32],
        int,
        int,
        NDArray[np.int64],
    ]:
        """Return what `add_chains` wants to know of a leaf."""
        sheet = self._sheet
        return (
            sheet.leaf_key[at],
            sheet.shifts[int(sheet.leaf_shift[at]) :],
            sheet.rows.offsets,
            sheet.slot,
            sheet.rows.amount,
            sheet.rows.scale,
            int(sheet.leaf_row[at]),
            int(sheet.leaf_bits[at]),
            sheet.prefix[at],
        )

    def _add_valued(
        self, moved: NDArray[np.int64], at: int, low: Reach, high: Reach, rates: NDArray[np.int64]
    ) -> None:
        add_valued(moved, low, high, *self._valued(at, rates))

    def _valued(
        self, at: int, rates: NDArray[np.int64]
    ) -> tuple[
        np.uint64,
        NDArray[np.int64],
        int,
        NDArray[np.int16],
        NDArray[np.int16],
        NDArray[np.int64],
        int,
        int,
        NDArray[np.int64],
        NDArray[np.int32],
        NDArray[np.int16],
        NDArray[np.int64],
        int,
        int,
        int,
        int,
    ]:
        """Return what `add_valued` wants to know of a leaf."""
        sheet, books = self._sheet, self._books[at]
        settles = books.valuation is Valuation.SETTLES
        return (
            sheet.leaf_key[at],
            books.upto,
            books.lead,
            books.windows,
            books.settled,
            rates,
            int(self._rates.multiplier[books.rate]),
            int(self._rates.divisor[books.rate]),
            sheet.rows.offsets,
            sheet.rows.debits,
            sheet.slot,
            sheet.rows.amount,
            books.first_row,
            int(sheet.leaf_bits[at]),
            (1 if books.receives else 2) if settles else 0,
            1 if books.receives else 0,
        )
