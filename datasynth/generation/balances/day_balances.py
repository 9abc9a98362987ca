"""Balances of companies before certain days, while a journal is built.

Series whose cases take their amounts from templates are summed before each day in one
pass; those whose cases draw them day by day, document by document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.drawn_days import daily_sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.balances.series_sums import UnitSums
    from datasynth.generation.balances.wrong_template_sums import SeriesRange
    from datasynth.generation.build_context import BuildContext


class DayBalances:
    """Balances of all companies before each of some days.

    Parameters
    ----------
    days
        For each company the days before which its balances are wanted, ascending.
        [days from the start]
    followed
        Accounts that can be followed day by day; see `posted_before`.
    """

    def __init__(
        self,
        cases: CaseBalances,
        days: Sequence[Sequence[int]],
        followed: Iterable[int],
        build: BuildContext,
    ) -> None:
        self.days = [np.array(wanted, dtype=np.int64) for wanted in days]
        self._cases = cases
        self._build = build
        self._followed = frozenset(2 * account + side for account in followed for side in (0, 1))
        self._opened: dict[int, NDArray[np.int64]] = {}
        self._movements = [np.zeros((len(wanted), cases.accounts), dtype=np.int64) for wanted in self.days]
        # Postings to followed accounts: sums by day of drawn amounts, else series and column.
        self._drawn_daily: dict[tuple[int, int], NDArray[np.int64]] = {}
        self._posting: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._wrong_posting: dict[tuple[int, int], list[tuple[SeriesRange, int, int]]] = {}
        self._one_side: dict[tuple[int, int], UnitSums] = {}
        self._drawn: dict[int, NDArray[np.int64]] = {}
        self._sum_drawn()
        self._sum_templates()
        for company, mine in enumerate(self.days):
            wrong = cases.wrong.before_days(company, mine)
            self._movements[company] += wrong[:, 0::2] - wrong[:, 1::2]
            for side, posting in cases.wrong.templates.postings(company):
                if side in self._followed:
                    self._wrong_posting.setdefault((company, side), []).append(posting)

    def _sum_drawn(self) -> None:
        for at, daily in daily_sums(self._cases, self._build):
            company = self._cases.schedule.document_series[at].company
            upto = np.zeros((len(daily) + 1, daily.shape[1]), dtype=np.int64)
            np.add.accumulate(daily, axis=0, out=upto[1:])
            self._cases.keep_checkpoints(at, upto)
            self._drawn[at] = upto[self.days[company]]
            self._move(company, at, self._drawn[at])
            for column, side in enumerate(self._cases.sums.sides[at].tolist()):
                if side in self._followed:
                    known = self._drawn_daily.get((company, side))
                    moved = upto[:, column]
                    self._drawn_daily[company, side] = moved.copy() if known is None else known + moved

    def _sum_templates(self) -> None:
        """Sum the other series; those that copy the same templates follow one another."""
        sums = self._cases.sums
        alike: dict[int, list[tuple[int, int]]] = {}
        for company in range(len(self.days)):
            for at in self._cases.series_of(company):
                if sums.draws(at):
                    continue
                alike.setdefault(sums.series[at].first_row, []).append((company, at))
                for column, side in enumerate(sums.sides[at].tolist()):
                    if side in self._followed:
                        self._posting.setdefault((company, side), []).append((at, column))
        for members in alike.values():
            step = sums.whole_step(members[0][1])
            for company, at in members:
                self._build.checkpoint()
                self._move(company, at, sums.before_days(at, self.days[company], step))

    def _move(self, company: int, at: int, before: NDArray[np.int64]) -> None:
        sides = self._cases.sums.sides[at]
        moved = self._movements[company]
        # One side at a time: within it no account occurs twice.
        for side, sign in ((0, np.add), (1, np.subtract)):
            columns = np.flatnonzero(sides & 1 == side)
            accounts = sides[columns] >> 1
            moved[:, accounts] = sign(moved[:, accounts], before[:, columns])

    def opened(self, company: int) -> NDArray[np.int64]:
        """Return what a company's cases posted in the lead days; see `CaseBalances.opening`."""
        known = self._opened.get(company)
        if known is None:
            self._build.checkpoint()
            known = self._opened[company] = self._cases.opening(company)
        return known

    def movements(self, company: int) -> NDArray[np.int64]:
        """Sum a company's cases and single documents before each of its days.

        Returns
        -------
        (n, accounts) int64
            Since the start, debit positive. [minor units]
        """
        return self._movements[company]

    def drawn(self, at: int) -> NDArray[np.int64]:
        """Return what a series whose cases draw their amounts posted before the days of its company.

        Returns
        -------
        (n, columns) int64
            Since the start. [minor units]
        """
        return self._drawn[at]

    def posted_before(self, company: int, side: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum what a company's cases and single documents post to a followed account before some days.

        `side` is ``2 * account``, plus 1 for credits.  The sums are since the start.
        [minor units; days from the start]
        """
        sums = self._cases.sums
        drawn = self._drawn_daily.get((company, side))
        found = np.zeros(len(days), dtype=np.int64) if drawn is None else drawn[days]
        for at, column in self._posting.get((company, side), ()):
            self._build.checkpoint()
            found += sums.before_days(at, days, self._side(at, column))[:, 0]
        wrong = self._cases.wrong
        for run, version, column in self._wrong_posting.get((company, side), ()):
            found += wrong.templates.column_before(run, version, days, self._side(run.series, column))
        return found + wrong.drawn_followed_before(company, side, days)

    def _side(self, at: int, column: int) -> UnitSums:
        """Return what the templates of a series' step post to one account and side."""
        place = self._cases.sums.series[at].first_row, column
        if place not in self._one_side:
            self._one_side[place] = self._cases.sums.one_side(at, column)
        return self._one_side[place]
