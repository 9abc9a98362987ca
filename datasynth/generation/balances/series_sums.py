"""Sums over the documents of one series, by the accounts and sides that they post to."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.sums.balances import add_cases, add_right_cases, add_right_days
from datasynth.generation.kernels.sums.drawn_sums import add_drawn
from datasynth.generation.kernels.sums.summed import (
    NO_WINDOWS,
    DayRates,
    SummedLines,
    SummedSeries,
    count_before,
)
from datasynth.generation.kernels.wrong_amounts import AMOUNTS, MISTAKEN, WRONG_JITTER
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines
    from datasynth.kernel import Records
    from datasynth.ledger.chart import Chart

    Frontier = NDArray[np.int64]


_FACTS = (
    *(
        "key",
        "dealing_key",
        "first_dealt",
        "kind",
        "case_company",
        "case",
        "window",
        "valuation",
        "settles",
        "receives",
    ),
    *("row", "class_bits", "first_ring", "distribution", "whole", "pool_bits"),
)
"""Fields of `SERIES` that sums need."""

_NO_RATES = DayRates(np.empty(0, dtype=np.int64), 1)


class UnitSums(NamedTuple):
    """Lines of the templates of a step, whose first row is `first_row`, and the sums of their units.

    `units` is (CLASSES, units + 1, columns); see `sum_units`. [minor units]
    """

    first_row: int
    lines: SummedLines
    units: NDArray[np.int64]


class SeriesSums:
    """Sums over runs of a series' cases, or over its documents up to some days.

    Sums of a series have a column for each account and side that its documents post to.

    Attributes
    ----------
    lines, amounts
        Of all templates, and the distributions of drawn amounts, for kernels.
    series
        What kernels read of each series, by its number; closes are not among them.
    sides
        For each series the account and side of each column: ``2 * account``, plus 1 for credits.
    """

    def __init__(
        self, schedule: Schedule, template_lines: TemplateLines, chart: Chart, rates: RateTable
    ) -> None:
        # Taking a field from all records at every call would take longer than the call.
        self._rate = schedule.series.rate
        self._units, self._rates = template_lines.units, rates
        self._mistake = schedule.series.mistake.tolist()
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
        self.amounts = template_lines.amounts
        self.series: dict[int, SummedSeries] = {}
        self.sides: dict[int, NDArray[np.int32]] = {}
        self._mistaken: dict[int, SummedSeries] = {}
        facts = {name: schedule.series[name].tolist() for name in _FACTS}
        rings = lru_cache(maxsize=None)(lambda first: template_lines.rings[first:].view(np.recarray))
        for at, series in enumerate(schedule.document_series):
            if series.in_cases:
                settles = facts["valuation"][at] == Valuation.SETTLES
                fact = {name: column[at] for name, column in facts.items()}
                summed = self.series[at] = _summed(schedule, at, fact, rings(fact["first_ring"]))
                key = summed.key ^ MISTAKEN
                self._mistaken[at] = summed._replace(key=key, jitter_key=key)
                self.sides[at] = _settling_sides(chart, series) if settles else template_lines.sides[at]

    def draws(self, at: int) -> bool:
        """Return whether the cases of a series draw their amounts."""
        return self.series[at].distribution >= 0

    def rates(self, at: int) -> DayRates:
        """Return the rates of a series; there are none for what is in company currency."""
        row = self._rate[at]
        if row < 0:
            return _NO_RATES
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
        if not self.draws(at):
            sums = self.before(at, np.stack([low, high]), self.whole_step(at))
            totals[self.sides[at]] += (sums[1] - sums[0])[: len(self.sides[at])]
        else:
            totals[self.sides[at]] += self.drawn(at, low, high)

    def drawn(self, at: int, low: Frontier, high: Frontier) -> NDArray[np.int64]:
        """Sum a run of cases that draw their amounts, by the columns of the series. [minor units]"""
        return self._drawn(at, low, high, self.rates(at))

    def booked(self, at: int, low: Frontier, high: Frontier) -> int:
        """Return the debits of a run of cases in foreign currency. [minor units of the company's currency]"""
        return self._debits(at, low, high, self.rates(at))

    def value(self, at: int, low: Frontier, high: Frontier, day: int) -> int:
        """Return what the same debits are worth at a day's rate; see `booked`. [days from the start]"""
        rates, divisor = self.rates(at)
        return self._debits(at, low, high, DayRates(np.full_like(rates, rates[LEAD_DAYS + day]), divisor))

    def _debits(self, at: int, low: Frontier, high: Frontier, rates: DayRates) -> int:
        return int(self._drawn(at, low, high, rates)[self.sides[at] % 2 == 0].sum())

    def _drawn(self, at: int, low: Frontier, high: Frontier, rates: DayRates) -> NDArray[np.int64]:
        sums = np.zeros((1, len(self.sides[at])), dtype=np.int64)
        add_drawn(sums, low, high, self.series[at], self.lines, self.amounts, rates)
        whole: NDArray[np.int64] = sums[0]
        return whole

    def whole_step(self, at: int) -> UnitSums:
        """Return the sums of a series' step."""
        return UnitSums(self.series[at].first_row, self.lines, self._units[at])

    def one_side(self, at: int, column: int) -> UnitSums:
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
        units = np.ascontiguousarray(self._units[at][:, :, column : column + 1])
        return UnitSums(0, alone, units)

    def before_days(self, at: int, days: NDArray[np.int64], step: UnitSums) -> NDArray[np.int64]:
        """Sum a series' documents in company currency before each of some days, since the start.

        Returns (n, columns) sums by the columns of `step`, from `whole_step` or `one_side`.
        [minor units; days from the start]
        """
        totals = np.zeros((len(days) + 1, step.units.shape[2]), dtype=np.int64)
        add_right_days(totals, np.concatenate([[0], days]), *self._dealt(at, step))
        found: NDArray[np.int64] = totals[1:] - totals[0]
        return found

    def before(self, at: int, frontiers: NDArray[np.int64], step: UnitSums) -> NDArray[np.int64]:
        """Sum a series' documents of the first cases of each class: (n, columns). [minor units]

        `frontiers` (n, CLASSES) are their numbers.  Only differences of the sums mean anything,
        since each has the cases of other companies that take templates before.
        """
        totals = np.zeros((len(frontiers), step.units.shape[2]), dtype=np.int64)
        add_right_cases(totals, frontiers, *self._dealt(at, step))
        return totals

    def _dealt(
        self, at: int, step: UnitSums
    ) -> tuple[SummedSeries, SummedSeries, SummedLines, NDArray[np.int64]]:
        """Return what kernels read of a series and of a step's templates."""
        series = _of_step(self.series[at], step), _of_step(self._mistaken[at], step)
        return *series, step.lines, step.units

    def wrong_before(
        self, at: int, classes: NDArray[np.int64], frontiers: NDArray[np.int64], step: UnitSums
    ) -> NDArray[np.int64]:
        """Sum the wrong documents of the first cases of some classes that have one; see `before`."""
        totals = np.zeros((len(frontiers), step.units.shape[2]), dtype=np.int64)
        add_cases(totals, classes, frontiers, self.wrong_series(at, step), step.lines, step.units)
        return totals

    def wrong_series(self, at: int, step: UnitSums | None = None) -> SummedSeries:
        """Return what kernels read of a series for its wrong documents, and of the rows of a step."""
        series = self._mistaken[at] if step is None else _of_step(self._mistaken[at], step)
        if self._mistake[at] != AMOUNTS:
            return series
        return series._replace(jitter_key=series.key ^ WRONG_JITTER, swapped=True)

    def frontiers(self, at: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the cases of each class before each of some days: (n, CLASSES). [days from the start]"""
        frontiers = np.empty((len(days), CLASSES), dtype=np.int64)
        count_before(days, self.series[at], frontiers)
        return frontiers


def _of_step(series: SummedSeries, step: UnitSums) -> SummedSeries:
    return series if step.first_row == series.first_row else series._replace(first_row=step.first_row)


def _summed(schedule: Schedule, at: int, fact: dict[str, int], rings: Records) -> SummedSeries:
    """Gather what kernels read of a series; `fact` is its record, and `rings` begin with its own."""
    in_cases = fact["kind"] == SeriesKind.CASE
    settled = NO_WINDOWS
    if fact["valuation"] == Valuation.SETTLES:
        settled = schedule.windows[schedule.series["window"][fact["settles"]]]
    place = fact["case_company"], fact["case"]
    thinning = np.zeros((CLASSES, 2), dtype=np.int64)
    if in_cases:
        records = schedule.wrong.thinning[place]
        thinning[:, 0], thinning[:, 1] = records["chance"], records["phase"]
    key = np.uint64(fact["key"] if fact["distribution"] >= 0 else fact["dealing_key"])
    return SummedSeries(
        key=key,
        jitter_key=key,
        first_dealt=fact["first_dealt"],
        swapped=False,
        thinning=thinning,
        upto=schedule.starts[place] if in_cases else np.ascontiguousarray(schedule.before[:, at]),
        window=schedule.windows[fact["window"]] if in_cases else NO_WINDOWS,
        settled=settled,
        receives=fact["receives"],
        first_row=fact["row"],
        class_bits=fact["class_bits"],
        rings=rings,
        distribution=fact["distribution"],
        whole=fact["whole"],
        pool_bits=fact["pool_bits"],
    )


def _settling_sides(chart: Chart, series: DocumentSeries) -> NDArray[np.int32]:
    """Return account and side of a settlement's columns: both main lines, loss, gain."""
    main, loss = (chart.only(posting.pool) for posting in series.posted.debit)
    other, gain = (chart.only(posting.pool) for posting in series.posted.credit)
    return np.array([2 * main, 2 * other + 1, 2 * loss, 2 * gain + 1], dtype=np.int32)
