"""Sums over chains and single documents at any position, without the entries before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.leaf_sums import LeafSums
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import reach_before, reach_single
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.locate import fill_cells, find_day
from datasynth.generation.kernels.ranks import rank_leaves
from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.cards.sheet import Sheet
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.plan import Schedule
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

    Attributes
    ----------
    sums
        What it adds up, leaf by leaf.
    """

    def __init__(
        self, config: Config, schedule: Schedule, sheet: Sheet, chart: Chart, rates: RateTable
    ) -> None:
        self._schedule = schedule
        self._accounts = len(chart.accounts)
        self._day_key = np.uint64(merge_key(config.general.seed))
        self._counted = [at for at, leaf in enumerate(schedule.leaves) if leaf.kind is not LeafKind.CLOSE]
        self.sums = LeafSums(config, schedule, sheet, chart, rates)
        self._of_company: list[list[int]] = [[] for _ in config.companies]
        for at in self._counted:
            self._of_company[schedule.leaves[at].company].append(at)
        self._first = {at: self.reach(at, 0) for at in self._counted}

    def opening(self, company: int) -> NDArray[np.int64]:
        """Sum what a company's chains posted in the lead days: the opening balance of what they leave open.

        Returns
        -------
        (accounts,) int64
            Debit positive. [minor units]
        """
        flat = np.zeros((1, 2 * self._accounts), dtype=np.int64)
        for at in self._of_company[company]:
            if self._schedule.leaves[at].kind is LeafKind.CHAIN:
                self.sums.add(flat, at, np.zeros(CLASSES, dtype=np.int64), self._first[at])
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
            self.sums.add(flat[self._schedule.leaves[at].company], at, self._first[at], reaches[at])
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

    def leaves_of(self, company: int) -> list[int]:
        """Return the leaves of a company's chains and single documents."""
        return self._of_company[company]

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
