"""Sums of wrong documents and their reversals at any position.

Their amounts are draws of their own, so they are added up one by one: once, up to the days
of closes, while a journal is built, and at a position from the last such day on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASS_BITS
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL, WRONG, nth_wrong
from datasynth.generation.kernels.schedule.wrong_placements import days_of_wrong
from datasynth.generation.kernels.sums.wrong_gains import add_gained
from datasynth.generation.kernels.sums.wrong_sums import (
    SideSums,
    WrongLines,
    add_wrong,
    count_upto,
    posted_to_item,
    tabulate_wrong,
)
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.schedule.placements import ScheduleTables


class OpenDocument(NamedTuple):
    """A wrong document that is not reversed yet: series and case of the right one, and its own day."""

    series: int
    case: int
    day: int


class WrongSums:
    """Sums of wrong documents and reversals by company, account and side.

    Parameters
    ----------
    days
        For each company some days, ascending, with the end of the data set as the last.
        [days from the start]
    followed
        Accounts and sides, ``2 * account`` plus 1 for credits, that are summed day by day.
    accounts
        Number of accounts.
    """

    def __init__(
        self,
        tables: ScheduleTables,
        lines: WrongLines,
        days: Sequence[Sequence[int]],
        followed: Sequence[int],
        accounts: int,
        build: BuildContext,
    ) -> None:
        self._tables, self._lines = tables, lines
        self._days = [np.unique(np.array([0, *of_company], dtype=np.int64)) for of_company in days]
        self._column = np.full(2 * accounts, -1, dtype=np.int64)
        self._none = self._column.copy()
        self._no_days = np.zeros((0, 0), dtype=np.int64)
        self._column[list(followed)] = np.arange(len(followed))
        kinds = tables.series.kind
        self._series = {
            version: np.flatnonzero(kinds == kind).tolist()
            for version, kind in ((WRONG, SeriesKind.WRONG), (REVERSAL, SeriesKind.REVERSAL))
        }
        self._company = tables.series.company.tolist()
        reversing = {tuple(tables.wrong.of_series[at]): at for at in self._series[REVERSAL]}
        self._pairs = [(at, reversing[tuple(tables.wrong.of_series[at])]) for at in self._series[WRONG]]
        foreign = [pair for pair in self._pairs if self._has_foreign(pair[0])]
        self._foreign = [
            np.array([pair for pair in foreign if self._company[pair[0]] == company], dtype=np.int64)
            for company in range(len(days))
        ]
        end = len(tables.entries_before) - 1
        self._sums = [np.zeros((len(mine) + 1, 2 * accounts), dtype=np.int64) for mine in self._days]
        daily = [np.zeros((end, len(followed)), dtype=np.int64) for _ in self._days]
        every = np.arange(end, dtype=np.int64)
        runs = [np.searchsorted(mine, every, side="right") for mine in self._days]
        self._tabulate(runs, daily, build)
        for sums in self._sums:
            np.add.accumulate(sums, axis=0, out=sums)
        self._daily = [np.concatenate([np.zeros_like(of[:1]), np.add.accumulate(of)]) for of in daily]

    def _tabulate(
        self, runs: Sequence[NDArray[np.int64]], daily: Sequence[NDArray[np.int64]], build: BuildContext
    ) -> None:
        """Add all documents up; `runs` has for each company the row of its sums of each day."""
        for at in self._series[WRONG]:
            build.checkpoint()
            company = self._company[at]
            totals = SideSums(self._sums[company], daily[company], self._column)
            tabulate_wrong(at, runs[company], self._tables, self._lines, totals)

    def before_days(self, company: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a company's sums before some days, at once for those of its own: (n, 2 * accounts)."""
        found = np.zeros((len(days), len(self._none)), dtype=np.int64)
        for place, day in enumerate(days.tolist()):
            self._add_company(found[place], company, day, None)
        return found

    def followed_before(self, company: int, side: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sums of a followed account and side before any days: (n,). [minor units]"""
        found: NDArray[np.int64] = self._daily[company][days, self._column[side]]
        return found

    def add_before(self, totals: NDArray[np.int64], day: int, ranks: NDArray[np.int64]) -> None:
        """Add all documents before a position on a day, which `ranks` documents of each series precede.

        `totals` are (companies, 2 * accounts).  [minor units; days from the start]
        """
        for company in range(len(self._days)):
            self._add_company(totals[company], company, day, ranks)

    def _add_company(
        self, totals: NDArray[np.int64], company: int, day: int, ranks: NDArray[np.int64] | None
    ) -> None:
        place = int(np.searchsorted(self._days[company], day, side="right")) - 1
        since = int(self._days[company][place])
        totals += self._sums[company][place]
        if since == day and ranks is None:
            return
        at_begin = np.zeros(len(self._company), dtype=np.int64) if ranks is None else ranks
        walked = SideSums(totals[None, :], self._no_days, self._none)
        for version, members in self._series.items():
            for at in members:
                if self._company[at] == company:
                    upto = self._upto(at, version, day, at_begin)
                    add_wrong(at, version, since, upto, self._tables, self._lines, walked)

    def _upto(self, at: int, version: int, day: int, ranks: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the documents of each cell of a series before a position; see `add_before`."""
        tables = self._tables
        first, last = tables.wrong.of_series[at]
        upto = np.zeros(last - first, dtype=np.int64)
        key = tables.tree.nodes.key[tables.tree.leaf[at]]
        count_upto(at, version, day, int(ranks[at]), key, tables, upto)
        return upto

    def _has_foreign(self, at: int) -> bool:
        """Tell whether any documents of a series of wrong ones are in foreign currency."""
        first, last = self._tables.wrong.of_series[at]
        members = self._tables.wrong.cells.series[first:last]
        return bool(self._tables.series.valuation[members].any())

    def open_at(self, day: int, ranks: NDArray[np.int64]) -> list[OpenDocument]:
        """Return the wrong documents that are not reversed before a position; see `add_before`."""
        tables = self._tables
        found = []
        for at, reversing in self._pairs:
            first, last = tables.wrong.of_series[at]
            back = self._upto(reversing, REVERSAL, day, ranks)
            upto = self._upto(at, WRONG, day, ranks)
            for number, low, high in zip(range(first, last), back.tolist(), upto.tolist(), strict=True):
                cell = tables.wrong.cells[number]
                for place in range(low, high):
                    nth = int(nth_wrong(place, cell.chance, cell.phase))
                    case = (nth << CLASS_BITS) + int(cell.number)
                    posted, _, _ = days_of_wrong(number, case, tables)
                    found.append(OpenDocument(int(cell.series), case, int(posted)))
        return found

    def gained(
        self, company: int, position: tuple[int, NDArray[np.int64]], day: int, signs: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return what open wrong documents gain from when they are posted to a day's rates.

        Parameters
        ----------
        position
            Its day, and how many documents of each series precede it; see `add_before`.
        day
            Day of the rates. [days from the start]
        signs : (series, 2) int64
            By which sign the worth of a series' documents counts; see `add_gained`.

        Returns
        -------
        (2,) int64
            Receivables and payables, debit positive. [minor units of the company's currency]
        """
        found = np.zeros(2, dtype=np.int64)
        if len(pairs := self._foreign[company]):
            add_gained(pairs, *position, day, signs, self._tables, self._lines, found)
        return found

    def posted_to_item(self, document: OpenDocument, posting: int) -> tuple[int, int]:
        """Return what a wrong document posts to an item by one of its postings.

        [minor units of its currency; of the company's]
        """
        amount, local = posted_to_item(*document, posting, self._tables, self._lines)
        return int(amount), int(local)
