"""Sums over the documents of one series, by the accounts and sides that they post to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.series_summing import describe_summing, padded
from datasynth.generation.kernels.balances import add_cases
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.snapshots import SummedLines, sum_days, sum_template_pool
from datasynth.generation.kernels.valued import add_valued
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.balances.series_summing import SeriesSumming
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.ledger.chart import Chart

    Frontier = NDArray[np.int64]


class SeriesSums:
    """Sums over runs of a series' cases, or over its documents up to some days.

    A *slot* is an account and a side that the documents of a series post to.

    Parameters
    ----------
    schedule, template_lines, chart, rates
        Of the journal.
    """

    def __init__(
        self, schedule: Schedule, template_lines: TemplateLines, chart: Chart, rates: RateTable
    ) -> None:
        self._series = schedule.series
        self._template_lines = template_lines
        self._lines = SummedLines(
            template_lines.rows.offsets,
            template_lines.column,
            template_lines.rows.amount,
            template_lines.rows.jitter_unit,
        )
        self._rates = rates
        self._summing = {
            at: describe_summing(schedule, template_lines, chart, at)
            for at, series in enumerate(schedule.document_series)
            if series.kind is not SeriesKind.CLOSE
        }

    def add(self, totals: NDArray[np.int64], at: int, low: Frontier, high: Frontier) -> None:
        """Add a series' documents of a run of cases.

        Parameters
        ----------
        totals : (n, 2 * accounts) int64
            Each row is added to; debits and credits of each account. [minor units]
        at
            The series.
        low, high : (CLASSES,) int64
            First case of each class, and the one after the last.
        """
        summing = self._summing[at]
        if not (high > low).any():
            return
        if self._series.valuation[at] == Valuation.LOCAL:
            totals[:, summing.sides] += self._local(at, high) - self._local(at, low)
            return
        moved = np.zeros(max(len(summing.sides), 4), dtype=np.int64)
        self._add_valued(moved, at, low, high, self._rates.rates[self._series.rate[at]])
        totals[:, summing.sides] += moved[: len(summing.sides)]

    def template_pool(self, at: int) -> NDArray[np.int64]:
        """Return the sums over a series' templates, class by class; see `sum_template_pool`."""
        size = (CLASSES, (1 << int(self._series.class_bits[at])) + 1, padded(len(self._summing[at].sides)))
        reached = np.empty(size, dtype=np.int64)
        sum_template_pool(self._lines, int(self._series.row[at]), reached)
        return reached

    def before_days(self, at: int, days: NDArray[np.int64], reached: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum a series' documents in company currency before each of some days.

        Parameters
        ----------
        at
            The series; of `Valuation.LOCAL`.
        days : (n,) int64
            [days from the start]
        reached
            Of the series' template pool, from `template_pool`.

        Returns
        -------
        (n, columns) int64
            Sums since the start. [minor units]
        """
        summing, template_lines = self._summing[at], self._template_lines
        looked = np.concatenate([np.zeros(1, dtype=np.int64), days])
        totals = np.zeros((len(looked), reached.shape[2]), dtype=np.int64)
        sum_days(
            totals,
            looked,
            summing.upto,
            summing.windows,
            self._series.key[at],
            template_lines.jitters[int(self._series.first_jitter[at]) :],
            self._lines,
            int(self._series.row[at]),
            int(self._series.class_bits[at]),
            reached,
        )
        found: NDArray[np.int64] = (totals[1:] - totals[0])[:, : len(summing.sides)]
        return found

    def summing(self, at: int) -> SeriesSumming:
        """Return how a series' documents are summed."""
        return self._summing[at]

    def booked(self, at: int, low: Frontier, high: Frontier) -> int:
        """Return what the foreign documents of a run of cases were booked at.

        Parameters
        ----------
        at
            A series in foreign currency.
        low, high
            See `add`.

        Returns
        -------
        int
            Sum of the debits. [minor units of the company's currency]
        """
        return self._debits(at, low, high, self._rates.rates[self._series.rate[at]])

    def value(self, at: int, low: Frontier, high: Frontier, day: int) -> int:
        """Return what the same documents are worth at a day's rate; see `booked`. [days from the start]"""
        own = self._rates.rates[self._series.rate[at]]
        return self._debits(at, low, high, np.full_like(own, own[LEAD_DAYS + day]))

    def _debits(self, at: int, low: Frontier, high: Frontier, rates: NDArray[np.int64]) -> int:
        sides = self._summing[at].sides
        moved = np.zeros(max(len(sides), 4), dtype=np.int64)
        self._add_valued(moved, at, low, high, rates)
        return int(moved[: len(sides)][sides % 2 == 0].sum())

    def _local(self, at: int, frontier: Frontier) -> NDArray[np.int64]:
        """Sum the first cases of each class of a series in company currency, by slot. [minor units]"""
        moved = np.zeros(len(self._summing[at].sides), dtype=np.int64)
        add_cases(moved, 1, frontier, *self._template_pool(at))
        return moved

    def _template_pool(
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
        """Return what `add_cases` wants to know of a series."""
        template_lines = self._template_lines
        return (
            self._series.key[at],
            template_lines.jitters[int(self._series.first_jitter[at]) :],
            template_lines.rows.offsets,
            template_lines.column,
            template_lines.rows.amount,
            template_lines.rows.jitter_unit,
            int(self._series.row[at]),
            int(self._series.class_bits[at]),
            template_lines.prefix[at],
        )

    def _add_valued(
        self, moved: NDArray[np.int64], at: int, low: Frontier, high: Frontier, rates: NDArray[np.int64]
    ) -> None:
        add_valued(moved, low, high, *self._valued(at, rates))

    def _valued(
        self, at: int, rates: NDArray[np.int64]
    ) -> tuple[
        np.uint64,
        NDArray[np.int64],
        int,
        NDArray[np.uint8],
        NDArray[np.uint8],
        NDArray[np.int64],
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
        """Return what `add_valued` wants to know of a series."""
        template_lines, summing = self._template_lines, self._summing[at]
        series = self._series[at]
        settles = series.valuation == Valuation.SETTLES
        return (
            self._series.key[at],
            summing.upto,
            summing.lead,
            summing.windows,
            summing.settled,
            rates,
            int(self._rates.divisor[series.rate]),
            template_lines.rows.offsets,
            template_lines.rows.debits,
            template_lines.column,
            template_lines.rows.amount,
            int(self._series.row[series.settles] if settles else series.row),
            int(self._series.class_bits[at]),
            (1 if series.receives else 2) if settles else 0,
            int(series.receives),
        )
