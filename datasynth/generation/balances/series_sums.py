"""Sums over the documents of one series, by the accounts and sides that they post to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.balances import add_cases, sum_templates
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.foreign_sums import SETTLING_COLUMNS, add_valued
from datasynth.generation.kernels.summed import (
    NO_WINDOWS,
    DayRates,
    SummedLines,
    SummedSeries,
    count_before,
)
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.ledger.chart import Chart

    Frontier = NDArray[np.int64]

# Compiled loops take so many numbers at once, and the rest of a row one by one; rows
# of few columns are not filled up.
_VECTOR_WIDTH = 16
_FEW_COLUMNS = 4


class TemplateSums(NamedTuple):
    """Sums over the templates of a step from `first_row` on, before each template of each class.

    `prefix` is (CLASSES, templates of a class + 1, columns); see `sum_templates`. [minor units]
    """

    first_row: int
    lines: SummedLines
    prefix: NDArray[np.int64]


def padded(columns: int) -> int:
    """Return the columns in which a step's accounts and sides are summed; the added ones stay nil."""
    return columns if columns <= _FEW_COLUMNS else -(-columns // _VECTOR_WIDTH) * _VECTOR_WIDTH


class SeriesSums:
    """Sums over runs of a series' cases, or over its documents up to some days.

    Sums of a series have a column for each account and side that its documents post to.

    Attributes
    ----------
    lines
        Of all templates, for kernels.
    series
        What kernels read of each series, by its number; closes are not among them.
    sides
        For each series the account and side of each column: ``2 * account``, plus 1 for credits.
    """

    def __init__(
        self, schedule: Schedule, template_lines: TemplateLines, chart: Chart, rates: RateTable
    ) -> None:
        # Taking a field from all records at every call would take longer than the call.
        self._valuation, self._rate = schedule.series.valuation, schedule.series.rate
        self._prefix, self._rates = template_lines.prefix, rates
        rows = template_lines.rows
        self.lines = SummedLines(
            offsets=rows.offsets,
            debits=rows.debits,
            posting=rows.posting,
            column=template_lines.column,
            amount=rows.amount,
            jitter_unit=rows.jitter_unit,
            total=template_lines.total,
        )
        self.series: dict[int, SummedSeries] = {}
        self.sides: dict[int, NDArray[np.int32]] = {}
        for at, series in enumerate(schedule.document_series):
            if series.in_cases:
                settles = self.valuation(at) is Valuation.SETTLES
                self.series[at] = _summed(schedule, template_lines.jitters, at)
                self.sides[at] = _settling_sides(chart, series) if settles else template_lines.sides[at]

    def valuation(self, at: int) -> Valuation:
        """Return how a series' documents are valued in their company."""
        return Valuation(int(self._valuation[at]))

    def rates(self, at: int) -> DayRates:
        """Return the rates of a series that is not in company currency."""
        row = self._rate[at]
        return DayRates(self._rates.rates[row], int(self._rates.divisor[row]))

    def add(self, totals: NDArray[np.int64], at: int, low: Frontier, high: Frontier) -> None:
        """Add a series' documents of a run of cases.

        Parameters
        ----------
        totals : (2 * accounts,) int64
            Added to; debits and credits of each account. [minor units]
        low, high : (CLASSES,) int64
            First case of each class, and the one after the last.
        """
        if not (high > low).any():
            return
        if self.valuation(at) is Valuation.LOCAL:
            prefix = self._prefix[at]
            sums = np.zeros((2, len(self.sides[at])), dtype=np.int64)
            add_cases(sums, np.stack([low, high]), self.series[at], self.lines, prefix)
            totals[self.sides[at]] += sums[1] - sums[0]
        else:
            totals[self.sides[at]] += self._valued(at, low, high, self.rates(at))

    def booked(self, at: int, low: Frontier, high: Frontier) -> int:
        """Return the debits of a run of cases in foreign currency. [minor units of the company's currency]"""
        return self._debits(at, low, high, self.rates(at))

    def value(self, at: int, low: Frontier, high: Frontier, day: int) -> int:
        """Return what the same debits are worth at a day's rate; see `booked`. [days from the start]"""
        rates, divisor = self.rates(at)
        return self._debits(at, low, high, DayRates(np.full_like(rates, rates[LEAD_DAYS + day]), divisor))

    def _debits(self, at: int, low: Frontier, high: Frontier, rates: DayRates) -> int:
        return int(self._valued(at, low, high, rates)[self.sides[at] % 2 == 0].sum())

    def _valued(self, at: int, low: Frontier, high: Frontier, rates: DayRates) -> NDArray[np.int64]:
        sums = np.zeros(max(len(self.sides[at]), SETTLING_COLUMNS), dtype=np.int64)
        add_valued(sums, low, high, self.series[at], self.lines, rates)
        return sums[: len(self.sides[at])]

    def whole_step(self, at: int) -> TemplateSums:
        """Sum the templates of a series' step; series that copy the same templates share the sums."""
        series = self.series[at]
        return _template_sums(series.first_row, series.class_bits, self.lines, padded(len(self.sides[at])))

    def one_side(self, at: int, column: int) -> TemplateSums:
        """Sum what the templates of a series' step post to one account and side."""
        series, lines = self.series[at], self.lines
        rows = slice(series.first_row, series.first_row + (CLASSES << series.class_bits) + 1)
        first, last = lines.offsets[rows][[0, -1]]
        mine = first + np.flatnonzero(lines.column[first:last] == column)
        alone = lines._replace(
            offsets=np.searchsorted(mine, lines.offsets[rows]),
            column=np.zeros(len(mine), dtype=np.int16),
            amount=lines.amount[mine],
            jitter_unit=lines.jitter_unit[mine],
        )
        return _template_sums(0, series.class_bits, alone, 1)

    def before_days(self, at: int, days: NDArray[np.int64], templates: TemplateSums) -> NDArray[np.int64]:
        """Sum a series' documents in company currency before each of some days, since the start.

        Returns (n, columns) sums by the columns of `templates`, from `whole_step` or `one_side`.
        [minor units; days from the start]
        """
        frontiers = self.frontiers(at, np.concatenate([[0], days]))
        totals = np.zeros((len(frontiers), templates.prefix.shape[2]), dtype=np.int64)
        series = self.series[at]._replace(first_row=templates.first_row)
        add_cases(totals, frontiers, series, templates.lines, templates.prefix)
        found: NDArray[np.int64] = totals[1:] - totals[0]
        return found

    def frontiers(self, at: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the cases of each class before each of some days: (n, CLASSES). [days from the start]"""
        frontiers = np.empty((len(days), CLASSES), dtype=np.int64)
        count_before(days, self.series[at], frontiers)
        return frontiers


def _template_sums(first_row: int, class_bits: int, lines: SummedLines, columns: int) -> TemplateSums:
    prefix = np.empty((CLASSES, (1 << class_bits) + 1, columns), dtype=np.int64)
    sum_templates(lines.offsets, lines.column, lines.amount, first_row, class_bits, prefix)
    return TemplateSums(first_row, lines, prefix)


def _summed(schedule: Schedule, jitters: NDArray[np.int64], at: int) -> SummedSeries:
    """Gather what kernels read of a series."""
    series = schedule.series[at]
    in_cases = series.kind == SeriesKind.CASE
    opened = schedule.series[series.settles] if series.valuation == Valuation.SETTLES else None
    return SummedSeries(
        key=series.key,
        upto=schedule.starts[series.case_company, series.case]
        if in_cases
        else np.ascontiguousarray(schedule.before[:, at]),
        window=schedule.windows[series.window] if in_cases else NO_WINDOWS,
        settled=NO_WINDOWS if opened is None else schedule.windows[opened.window],
        receives=int(series.receives),
        first_row=int(series.row if opened is None else opened.row),
        class_bits=int(series.class_bits),
        jitters=jitters[int(series.first_jitter) :],
    )


def _settling_sides(chart: Chart, series: DocumentSeries) -> NDArray[np.int32]:
    """Return account and side of a settlement's columns: both main lines, loss, gain."""
    main, loss = (chart.only(posting.pool) for posting in series.posted.debit)
    other, gain = (chart.only(posting.pool) for posting in series.posted.credit)
    return np.array([2 * main, 2 * other + 1, 2 * loss, 2 * gain + 1], dtype=np.int32)
