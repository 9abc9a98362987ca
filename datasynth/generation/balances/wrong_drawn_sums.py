"""Sums of wrong documents whose cases draw their amounts, and of their reversals, at any position.

They are added up one by one: once, up to the days of closes, while a journal is built,
and at a position from the last such day on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.sums.wrong_drawn_sums import SideSums, add_wrong, tabulate_wrong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.generation.kernels.sums.wrong_drawn_sums import WrongLines


class WrongDrawnSums:
    """Sums by company, account and side of wrong documents whose cases draw their amounts.

    Parameters
    ----------
    pairs
        Series of wrong documents and of their reversals, of each company, that have any such.
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
        pairs: Sequence[Sequence[tuple[int, int]]],
        days: Sequence[Sequence[int]],
        followed: Sequence[int],
        accounts: int,
        build: BuildContext,
    ) -> None:
        self._tables, self._lines, self._pairs = tables, lines, pairs
        self._days = [np.unique(np.array([0, *of_company], dtype=np.int64)) for of_company in days]
        self._column = np.full(2 * accounts, -1, dtype=np.int64)
        self._none = self._column.copy()
        self._no_days = np.zeros((0, 0), dtype=np.int64)
        self._column[list(followed)] = np.arange(len(followed))
        end = len(tables.entries_before) - 1
        self._sums = [np.zeros((len(mine) + 1, 2 * accounts), dtype=np.int64) for mine in self._days]
        daily = [np.zeros((end, len(followed)), dtype=np.int64) for _ in self._days]
        every = np.arange(end, dtype=np.int64)
        for company in range(len(days)):
            runs = np.searchsorted(self._days[company], every, side="right")
            self._tabulate(company, runs, daily[company], build)
        for sums in self._sums:
            np.add.accumulate(sums, axis=0, out=sums)
        self._daily = [np.concatenate([np.zeros_like(of[:1]), np.add.accumulate(of)]) for of in daily]

    def _tabulate(
        self, company: int, runs: NDArray[np.int64], daily: NDArray[np.int64], build: BuildContext
    ) -> None:
        """Add a company's documents up; `runs` has the row of its sums of each day."""
        totals = SideSums(self._sums[company], daily, self._column)
        for at, _ in self._pairs[company]:
            build.checkpoint()
            tabulate_wrong(at, runs, self._tables, self._lines, totals)

    def keeps(self, company: int, day: int) -> bool:
        """Tell whether a company's sums before a day are kept."""
        return bool(self._days[company][self._place(company, day)] == day)

    def followed_before(self, company: int, side: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the sums of a followed account and side before any days: (n,). [minor units]"""
        found: NDArray[np.int64] = self._daily[company][days, self._column[side]]
        return found

    def before_day(self, company: int, day: int) -> NDArray[np.int64]:
        """Return a company's sums before the last day not after `day` of which they are kept.

        (2 * accounts,) int64.  [minor units; days from the start]
        """
        sums: NDArray[np.int64] = self._sums[company][self._place(company, day)].copy()
        return sums

    def before_position(
        self, company: int, day: int, counted: dict[int, NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        """Return a company's sums before a position on a day: (2 * accounts,). [minor units]

        `counted` says, by version, how many documents of each cell precede the position (cells,).
        """
        totals, since = self.before_day(company, day), int(self._days[company][self._place(company, day)])
        walked = SideSums(totals[None, :], self._no_days, self._none)
        for version, upto in counted.items():
            for at, _ in self._pairs[company]:
                first, last = self._tables.wrong.of_series[at]
                add_wrong(at, version, since, upto[first:last], self._tables, self._lines, walked)
        return totals

    def _place(self, company: int, day: int) -> int:
        return int(np.searchsorted(self._days[company], day, side="right")) - 1
