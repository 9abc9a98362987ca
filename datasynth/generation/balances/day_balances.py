"""What the books of companies say before certain days, while a journal is built.

Series in company currency are summed before each day in one pass; those in
foreign currency day by day, since every day has its rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.foreign_days import ForeignDays
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.snapshots import sum_account
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.ledger.chart import Chart


@dataclass(frozen=True, slots=True)
class _ColumnSums:
    """One account and side of a step: sums over the first so many templates, and jitter steps."""

    reached: NDArray[np.int64]
    jitter_unit: NDArray[np.int64]


class DayBalances:
    """Books of all companies before each of some days.

    Parameters
    ----------
    schedule, template_lines, chart, rates, cases
        Of the journal.
    days
        For each company the days at whose beginning it is looked, ascending.
        [days from the start]
    followed
        Accounts that can be followed day by day; see `posted_before`.
    build
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
        template_lines: TemplateLines,
        chart: Chart,
        rates: RateTable,
        cases: CaseBalances,
        days: Sequence[Sequence[int]],
        followed: Iterable[int],
        build: BuildContext,
    ) -> None:
        self.days = [np.array(looked, dtype=np.int64) for looked in days]
        self.foreign = ForeignDays(schedule, template_lines, rates, cases)
        self._schedule, self._template_lines, self._cases = schedule, template_lines, cases
        self._accounts = len(chart.accounts)
        self._build = build
        self._columns: dict[tuple[int, int], _ColumnSums] = {}
        self._valued: dict[int, NDArray[np.int64]] = {}
        self._opened: dict[int, NDArray[np.int64]] = {}
        self._moved: dict[tuple[int, int], NDArray[np.int64]] = {}
        self._posting: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._movements = [np.zeros((len(looked), self._accounts), dtype=np.int64) for looked in self.days]
        sides = frozenset(2 * account + side for account in followed for side in (0, 1))
        self._sum_foreign(sides)
        self._sum_template_pools(sides)

    def _sum_foreign(self, followed: frozenset[int]) -> None:
        for at, daily in self.foreign.daily(self._build):
            company = self._schedule.document_series[at].company
            upto = np.zeros((len(daily) + 1, daily.shape[1]), dtype=np.int64)
            np.add.accumulate(daily, axis=0, out=upto[1:])
            self._valued[at] = upto[self.days[company]]
            self._move(at, self._valued[at])
            for column, side in enumerate(self._cases.sums.summing(at).sides.tolist()):
                if side in followed:
                    known = self._moved.get((company, side))
                    moved = upto[:, column]
                    self._moved[company, side] = moved.copy() if known is None else known + moved

    def _sum_template_pools(self, followed: frozenset[int]) -> None:
        """Sum the series in company currency, those of one template pool after one another."""
        sums = self._cases.sums
        template_pools: dict[tuple[int, int, int], list[int]] = {}
        for company in range(len(self.days)):
            for at in self._cases.series_of(company):
                if self._schedule.series.valuation[at] != Valuation.LOCAL:
                    continue
                sides = sums.summing(at).sides.tolist()
                template_pool = (
                    int(self._schedule.series.row[at]),
                    int(self._schedule.series.class_bits[at]),
                    len(sides),
                )
                template_pools.setdefault(template_pool, []).append(at)
                for column, side in enumerate(sides):
                    if side in followed:
                        self._posting.setdefault((company, side), []).append((at, column))
        for all_series in template_pools.values():
            reached = sums.template_pool(all_series[0])
            for at in all_series:
                self._build.checkpoint()
                days = self.days[self._schedule.document_series[at].company]
                self._move(at, sums.before_days(at, days, reached))

    def _move(self, at: int, before: NDArray[np.int64]) -> None:
        sides = self._cases.sums.summing(at).sides
        moved = self._movements[self._schedule.document_series[at].company]
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

    def valued(self, at: int) -> NDArray[np.int64]:
        """Return what a series in foreign currency, or that settles one, posted before its company's days.

        Returns
        -------
        (n, columns) int64
            Since the start. [minor units]
        """
        return self._valued[at]

    def posted_before(self, company: int, side: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum what a company's cases and single documents post to a followed account before some days.

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
        template_lines, sums = self._template_lines, self._cases.sums
        for at, place in self._posting.get((company, side), ()):
            self._build.checkpoint()
            summing = sums.summing(at)
            column = self._column(at, place)
            series = self._schedule.series[at]
            jitters = template_lines.jitters[int(series.first_jitter) :]
            sum_account(
                totals,
                looked,
                summing.upto,
                summing.windows,
                series.key,
                jitters,
                column.reached,
                column.jitter_unit,
                int(series.class_bits),
            )
        found: NDArray[np.int64] = totals[1:] - totals[0]
        valued = self._moved.get((company, side))
        return found if valued is None else found + valued[days]

    def _column(self, at: int, column: int) -> _ColumnSums:
        """Return one account of a series' templates; series of one template pool share it."""
        template_lines = self._template_lines
        first = int(self._schedule.series.row[at])
        if (first, column) not in self._columns:
            templates = CLASSES << int(self._schedule.series.class_bits[at])
            begin, end = (
                int(template_lines.rows.offsets[first]),
                int(template_lines.rows.offsets[first + templates]),
            )
            mine = template_lines.column[begin:end] == column
            at_row = template_lines.rows.offsets[first : first + templates] - begin
            amounts = np.add.reduceat(np.where(mine, template_lines.rows.amount[begin:end], 0), at_row)
            jitter_units = np.add.reduceat(
                np.where(mine, template_lines.rows.jitter_unit[begin:end], 0).astype(np.int64), at_row
            )
            self._columns[first, column] = _ColumnSums(
                np.concatenate([[0], np.add.accumulate(amounts)]), jitter_units
            )
        return self._columns[first, column]
