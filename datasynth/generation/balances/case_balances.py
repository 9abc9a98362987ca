"""Sums over cases and single documents at any position, without the entries before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.class_order import advance_classes
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES, find_place
from datasynth.generation.kernels.schedule.ranks import rank_series
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.balances.series_sums import SeriesSums
    from datasynth.generation.balances.wrong_sums import WrongSums
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.ledger.chart import Chart

    Frontier = NDArray[np.int64]


CHECKPOINT_DAYS = 32
"""Sums of drawn amounts are kept before every so many days."""


class CaseBalances:
    """Sums over cases and single documents; closes are not among them.

    `sums` holds them series by series, `wrong` those of wrong documents and reversals;
    `accounts` is the number of accounts.

    Notes
    -----
    Sums over templates are known for any number of cases.  Documents whose cases draw
    their amounts are visited: those since the last day of which the sum was kept, or all
    of them before any sums are kept.
    """

    def __init__(
        self,
        config: Config,
        schedule: Schedule,
        chart: Chart,
        sums: SeriesSums,
        wrong: WrongSums,
    ) -> None:
        self.schedule = schedule
        self.accounts = len(chart.accounts)
        self.sums = sums
        self.wrong = wrong
        self._of_company: list[list[int]] = [[] for _ in config.companies]
        for at in self.sums.series:
            self._of_company[schedule.document_series[at].company].append(at)
        self._first = {at: self.frontier(at, 0) for at in self.sums.series}
        self._open_at_start: dict[int, tuple[Frontier, NDArray[np.int64]]] = {}
        self._checkpoints: dict[int, NDArray[np.int64]] = {}

    def keep_checkpoints(self, at: int, upto: NDArray[np.int64]) -> None:
        """Keep some of the sums before every day (days + 1, columns) of a series' documents. [minor units]"""
        self._checkpoints[at] = upto[::CHECKPOINT_DAYS].copy()

    def series_of(self, company: int) -> list[int]:
        """Return the series of a company's cases and single documents."""
        return self._of_company[company]

    def opening(self, company: int) -> NDArray[np.int64]:
        """Sum what a company's cases posted in the lead days: the opening balance of what they leave open.

        Of cases that draw their amounts, those are left out that were complete by the start,
        and so had cleared what they opened.

        Returns
        -------
        (accounts,) int64
            Debit positive. [minor units]
        """
        flat, document_series = np.zeros(2 * self.accounts, dtype=np.int64), self.schedule.document_series
        in_cases = [at for at in self._of_company[company] if document_series[at].kind is SeriesKind.CASE]
        complete: dict[tuple[int, int], Frontier] = {}
        for at in in_cases:
            case = document_series[at].case_company, document_series[at].case
            complete[case] = np.minimum(complete.get(case, self._first[at]), self._first[at])
        for at in in_cases:
            series = document_series[at]
            if self.sums.draws(at) and len(series.case_kind.steps) > 1:
                cleared = complete[series.case_company, series.case]
                flat[self.sums.sides[at]] += self.open_at_start(at, cleared)
            else:
                self.sums.add(flat, at, np.zeros(CLASSES, dtype=np.int64), self._first[at])
        both = flat.reshape(self.accounts, 2)
        net: NDArray[np.int64] = both[:, 0] - both[:, 1]
        return net

    def open_at_start(self, at: int, cleared: Frontier) -> NDArray[np.int64]:
        """Sum what a series that draws its amounts posted in the lead days for cases that are not complete.

        `cleared` (CLASSES,) counts those that are.  The sums are by the columns of the series, and
        kept, since there may be many such cases. [minor units]
        """
        kept = self._open_at_start.get(at)
        if kept is None or not np.array_equal(kept[0], cleared):
            kept = self._open_at_start[at] = cleared, self.sums.drawn(at, cleared, self._first[at])
        return kept[1]

    def at(self, position: int) -> NDArray[np.int64]:
        """Sum all documents before a position.

        Returns
        -------
        (companies, accounts, 2) int64
            Debits and credits since the start. [minor units]
        """
        day, ranks = self.series_ranks(position)
        frontiers = self._frontiers(day, ranks)
        flat = np.zeros((len(self._of_company), 2 * self.accounts), dtype=np.int64)
        for company, mine in enumerate(self._of_company):
            for at in mine:
                first = self._first[at]
                if at in self._checkpoints:
                    kept = day // CHECKPOINT_DAYS
                    flat[company][self.sums.sides[at]] += self._checkpoints[at][kept]
                    first = self.frontier(at, kept * CHECKPOINT_DAYS)
                self.sums.add(flat[company], at, first, frontiers[at])
        self.wrong.add_before(flat, day, ranks)
        return flat.reshape(len(flat), self.accounts, 2)

    def frontiers(self, position: int) -> dict[int, Frontier]:
        """Return, for each series, how many cases of each class have their document before a position."""
        return self._frontiers(*self.series_ranks(position))

    def _frontiers(self, day: int, ranks: NDArray[np.int64]) -> dict[int, Frontier]:
        return {at: self._frontier_within(at, day, int(ranks[at])) for at in self.sums.series}

    def frontier(self, at: int, day: int) -> Frontier:
        """Count the cases of each class whose document is before a day. [days from the start]"""
        frontier: Frontier = self.sums.frontiers(at, np.array([day]))[0]
        return frontier

    def _frontier_within(self, at: int, day: int, rank: int) -> Frontier:
        """Count the cases of each class whose document is before a day, or among its first `rank`."""
        if rank == 0:
            return self.frontier(at, day)
        series = self.sums.series[at]
        if len(series.window) == 0:
            documents = int(series.upto[day]) + rank
            return (documents + CLASSES - 1 - np.arange(CLASSES)) >> CLASS_BITS
        frontier, tree = self.frontier(at, day), self.schedule.tree
        advance_classes(day, rank, tree.nodes.key[tree.leaf[at]], series.upto, series.window, frontier)
        return frontier

    def series_ranks(self, position: int) -> tuple[int, NDArray[np.int64]]:
        """Return the day of a position and each series' documents of that day before it.

        The day counts from the start; the last position is on the day after the last.
        """
        schedule = self.schedule
        if position == schedule.total:
            return schedule.horizon.days, np.zeros(len(schedule.document_series), dtype=np.int64)
        day = int(find_place(schedule.entries_before, position))
        found = np.zeros(len(schedule.document_series), dtype=np.int64)
        within = position - int(schedule.entries_before[day])
        rank_series(within, day, schedule.all_before, schedule.tree, found)
        return day, found
