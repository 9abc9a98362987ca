"""Sums over cases and single documents at any position, without the entries before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.series_sums import SeriesSums
from datasynth.generation.draws import make_key
from datasynth.generation.kernels.balances import frontier_before, frontier_single
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.placements import fill_cells, find_day
from datasynth.generation.kernels.ranks import rank_series
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.ledger.chart import Chart

    Frontier = NDArray[np.int64]


def merge_key(seed: int) -> int:
    """Return the key of the merge phases of every day."""
    return make_key(seed, "merge")


class CaseBalances:
    """Sums over cases and single documents; closes are not among them.

    Parameters
    ----------
    config, schedule, template_lines, chart, rates
        Of the journal.

    Attributes
    ----------
    sums
        What it adds up, series by series.
    """

    def __init__(
        self,
        config: Config,
        schedule: Schedule,
        template_lines: TemplateLines,
        chart: Chart,
        rates: RateTable,
    ) -> None:
        self._schedule = schedule
        self._accounts = len(chart.accounts)
        self._day_key = np.uint64(merge_key(config.general.seed))
        self._counted = [
            at for at, series in enumerate(schedule.document_series) if series.kind is not SeriesKind.CLOSE
        ]
        self.sums = SeriesSums(schedule, template_lines, chart, rates)
        self._of_company: list[list[int]] = [[] for _ in config.companies]
        for at in self._counted:
            self._of_company[schedule.document_series[at].company].append(at)
        self._first = {at: self.frontier(at, 0) for at in self._counted}

    def opening(self, company: int) -> NDArray[np.int64]:
        """Sum what a company's cases posted in the lead days: the opening balance of what they leave open.

        Returns
        -------
        (accounts,) int64
            Debit positive. [minor units]
        """
        flat = np.zeros((1, 2 * self._accounts), dtype=np.int64)
        for at in self._of_company[company]:
            if self._schedule.document_series[at].kind is SeriesKind.CASE:
                self.sums.add(flat, at, np.zeros(CLASSES, dtype=np.int64), self._first[at])
        both = flat.reshape(self._accounts, 2)
        net: NDArray[np.int64] = both[:, 0] - both[:, 1]
        return net

    def series_ranks(self, position: int) -> tuple[int, NDArray[np.int64]]:
        """Count the documents of every series among a day's entries before a position.

        Parameters
        ----------
        position
            Number of entries before the position; below the total.

        Returns
        -------
        day
            Day of the entry at the position. [days from the start]
        ranks : (series,) int64
            Documents of that day before the position.
        """
        schedule = self._schedule
        day = int(find_day(schedule.entries_before, position))
        counts = np.zeros(len(schedule.tree.left), dtype=np.int64)
        ranks = np.zeros(len(schedule.tree.left), dtype=np.int64)
        found = np.zeros(len(schedule.document_series), dtype=np.int64)
        rank_series(
            position - int(schedule.entries_before[day]),
            day,
            self._day_key,
            schedule.before,
            schedule.tree.left,
            schedule.tree.right,
            schedule.tree.series,
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
        frontiers = self.frontiers(position)
        flat = np.zeros((len(self._schedule.starts), 1, 2 * self._accounts), dtype=np.int64)
        for at in self._counted:
            self.sums.add(
                flat[self._schedule.document_series[at].company], at, self._first[at], frontiers[at]
            )
        return flat.reshape(len(flat), self._accounts, 2)

    def frontiers(self, position: int) -> dict[int, Frontier]:
        """Return, for each series, how many cases of each class have their document before a position."""
        if position == self._schedule.total:
            end = self._schedule.horizon.days
            return {at: self.frontier(at, end) for at in self._counted}
        day, ranks = self.series_ranks(position)
        return {at: self._frontier_within(at, day, int(ranks[at])) for at in self._counted}

    def frontier(self, at: int, day: int) -> Frontier:
        """Count the cases of each class whose document is before a day. [days from the start]"""
        series = self._schedule.document_series[at]
        frontier = np.empty(CLASSES, dtype=np.int64)
        if series.kind is SeriesKind.CASE:
            starts = self._schedule.starts[series.case_company, series.case]
            frontier_before(starts, self._schedule.windows[self._schedule.series.window[at]], day, frontier)
        else:
            frontier_single(int(self._schedule.before[day, at]), frontier)
        return frontier

    def series_of(self, company: int) -> list[int]:
        """Return the series of a company's cases and single documents."""
        return self._of_company[company]

    def _frontier_within(self, at: int, day: int, rank: int) -> Frontier:
        """Count the cases of each class whose document is among a day's first."""
        series = self._schedule.document_series[at]
        frontier = self.frontier(at, day)
        if series.kind is not SeriesKind.CASE:
            frontier_single(int(self._schedule.before[day, at]) + rank, frontier)
            return frontier
        upto = np.empty(CLASSES + 1, dtype=np.int64)
        starts = self._schedule.starts[series.case_company, series.case]
        fill_cells(day, starts, self._schedule.windows[self._schedule.series.window[at]], upto)
        return frontier + np.clip(rank - upto[:-1], 0, np.diff(upto))
