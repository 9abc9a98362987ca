"""Balances at any position of the journal, without the entries before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import (
    add_chains,
    reach_before,
    reach_single,
)
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.locate import fill_cells, find_day
from datasynth.generation.kernels.ranks import rank_leaves
from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.schedule.plan import Schedule
    from datasynth.generation.sheet import Sheet

NO_SHIFTS = np.zeros(1, dtype=np.int64)


def merge_key(seed: int) -> int:
    """Return the key of the merge phases of every day."""
    return make_key(seed, "merge")


class ChainBalances:
    """Sums over chains and single documents; closes are not among them.

    Parameters
    ----------
    schedule, sheet
        Of the journal.
    accounts
        Number of accounts of the chart.
    seed
        Of the configuration.
    """

    def __init__(self, schedule: Schedule, sheet: Sheet, accounts: int, seed: int) -> None:
        self._schedule = schedule
        self._sheet = sheet
        self._accounts = accounts
        self._day_key = np.uint64(merge_key(seed))

    def before_days(self, company: int, days: Sequence[int]) -> NDArray[np.int64]:
        """Sum a company's documents before each of some days.

        Parameters
        ----------
        company
            Index of the company.
        days
            Days from the start.

        Returns
        -------
        (days, accounts) int64
            Movements since the start, debit positive. [minor units]
        """
        totals = np.zeros((len(days), self._accounts), dtype=np.int64)
        for at, leaf in enumerate(self._schedule.leaves):
            if leaf.company == company and leaf.kind is not LeafKind.CLOSE:
                start = self._sum(at, self._reach(at, 0))
                for place, day in enumerate(days):
                    totals[place, self._sheet.accounts[at]] += self._sum(at, self._reach(at, day)) - start
        return totals

    def opening(self, company: int) -> NDArray[np.int64]:
        """Sum what a company's chains posted in the lead days: the opening balance of what they leave open.

        Returns
        -------
        (accounts,) int64
            Debit positive. [minor units]
        """
        totals = np.zeros(self._accounts, dtype=np.int64)
        for at, leaf in enumerate(self._schedule.leaves):
            if leaf.company == company and leaf.kind is LeafKind.CHAIN:
                totals[self._sheet.accounts[at]] += self._sum(at, self._reach(at, 0))
        return totals

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
            Number of entries before it; below the total.

        Returns
        -------
        (companies, accounts) int64
            Movements since the start, debit positive. [minor units]
        """
        day, ranks = self.leaf_ranks(position)
        companies = len(self._schedule.starts)
        totals = np.zeros((companies, self._accounts), dtype=np.int64)
        for at, leaf in enumerate(self._schedule.leaves):
            if leaf.kind is not LeafKind.CLOSE:
                reach = self._reach_within(at, day, int(ranks[at]))
                moved = self._sum(at, reach) - self._sum(at, self._reach(at, 0))
                totals[leaf.company, self._sheet.accounts[at]] += moved
        return totals

    def _reach(self, at: int, day: int) -> NDArray[np.int64]:
        """Count the chains of each class whose document is before a day."""
        leaf = self._schedule.leaves[at]
        reach = np.empty(CLASSES, dtype=np.int64)
        if leaf.kind is LeafKind.CHAIN:
            starts = self._schedule.starts[leaf.company, leaf.chain]
            reach_before(starts, self._schedule.windows[self._schedule.leaf_window[at]], day, reach)
        else:
            reach_single(int(self._schedule.before[day, at]), reach)
        return reach

    def _reach_within(self, at: int, day: int, rank: int) -> NDArray[np.int64]:
        """Count the chains of each class whose document is among a day's first."""
        leaf = self._schedule.leaves[at]
        reach = self._reach(at, day)
        if leaf.kind is not LeafKind.CHAIN:
            reach_single(int(self._schedule.before[day, at]) + rank, reach)
            return reach
        upto = np.empty(CLASSES + 1, dtype=np.int64)
        starts = self._schedule.starts[leaf.company, leaf.chain]
        fill_cells(day, starts, self._schedule.windows[self._schedule.leaf_window[at]], upto)
        return reach + np.clip(rank - upto[:-1], 0, np.diff(upto))

    def _sum(self, at: int, reach: NDArray[np.int64]) -> NDArray[np.int64]:
        sheet = self._sheet
        totals = np.zeros(len(sheet.accounts[at]), dtype=np.int64)
        varies = bool(sheet.leaf_shift[at] >= 0)
        add_chains(
            totals,
            1,
            reach,
            sheet.leaf_key[at],
            int(varies),
            sheet.shifts[int(sheet.leaf_shift[at]) :] if varies else NO_SHIFTS,
            sheet.rows.offsets,
            sheet.rows.debits,
            sheet.slot,
            sheet.rows.amount,
            int(sheet.leaf_row[at]),
            int(sheet.leaf_bits[at]),
            sheet.prefix[at],
        )
        return totals
