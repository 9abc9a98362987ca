"""Sums, day by day, of documents in foreign currency and of what settles them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.series_summing import NO_WINDOWS, padded
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.foreign_sums import DayRates, ForeignTemplates, LikeSeries, sum_foreign
from datasynth.generation.kernels.settlements import sum_settled
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.balances.series_summing import SeriesSumming
    from datasynth.generation.build_context import BuildContext
    from datasynth.generation.rates import RateTable
    from datasynth.generation.schedule.scheduling import Schedule
    from datasynth.generation.templates.template_lines import TemplateLines

SETTLING_COLUMNS = 4
"""Columns of what settles documents: both main lines, loss and gain."""

_AT_ONCE = 1 << 22
"""So many sums of days and columns are made before they are handed on."""

_SERIES_DAYS = 8_192
"""So many days of series are summed from one checkpoint to the next."""


class ForeignDays:
    """Sums the series that are not in company currency, those of like templates together.

    Parameters
    ----------
    schedule, template_lines, rates, cases
        Of the journal.
    """

    def __init__(
        self, schedule: Schedule, template_lines: TemplateLines, rates: RateTable, cases: CaseBalances
    ) -> None:
        self._schedule = schedule
        self._template_lines = template_lines
        self._rates = rates
        self._sums = cases.sums
        self._series = schedule.series
        self._alike: dict[tuple[int, ...], list[int]] = {}
        for company in range(len(schedule.starts)):
            for at in cases.series_of(company):
                series = self._series[at]
                if series.valuation == Valuation.LOCAL:
                    continue
                key: tuple[int, ...] = (
                    self._first_row(at),
                    int(series.rate),
                    int(series.valuation),
                    int(series.window >= 0),
                    int(series.receives),
                )
                if series.valuation == Valuation.SETTLES:
                    key = (*key, int(series.window), int(self._series.window[series.settles]))
                self._alike.setdefault(key, []).append(at)

    def _first_row(self, at: int) -> int:
        """Return the first of the rows that a series' amounts are taken from."""
        settles = int(self._series.settles[at])
        return int(self._series.row[settles if settles >= 0 else at])

    def daily(self, build: BuildContext) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield every series with what its documents of each day post.

        Yields
        ------
        at
            The series.
        moved : (days, columns) int64
            [minor units of the company's currency]
        """
        for all_series in self._alike.values():
            first = self._series[all_series[0]]
            templates = self.templates(self._first_row(all_series[0]), int(first.class_bits))
            sum_up = self._settled if first.valuation == Valuation.SETTLES else self._foreign
            yield from sum_up(all_series, templates, self.day_rates(int(first.rate)), build)

    def templates(self, first_row: int, bits: int) -> ForeignTemplates:
        """Return the rows of a step's documents in foreign currency; `bits` are of a class's templates."""
        rows = self._template_lines.rows
        size = CLASSES << bits
        offsets = rows.offsets[first_row : first_row + size + 1]
        begin, end = int(offsets[0]), int(offsets[-1])
        debits = rows.debits[first_row : first_row + size]
        return ForeignTemplates(
            offsets - begin,
            debits,
            rows.amount[begin:end],
            self._template_lines.column[begin:end],
            self._template_lines.total[first_row : first_row + size],
            bits,
        )

    def day_rates(self, rate: int) -> DayRates:
        """Return a row of the rate table."""
        table = self._rates
        return DayRates(table.rates[rate], int(table.divisor[rate]))

    def _foreign(
        self, all_series: Sequence[int], templates: ForeignTemplates, rates: DayRates, build: BuildContext
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        days = self._schedule.horizon.days
        columns = len(self._sums.summing(all_series[0]).sides)
        width = padded(columns)
        reached = np.zeros(((2 << templates.class_bits) + 1, width), dtype=np.int64)
        for some in self._runs(all_series, width):
            moved = np.zeros((len(some), days, width), dtype=np.int64)
            like = self._like(some)
            chained = self._series.window[some[0]] >= 0
            windows = self._schedule.windows if chained else NO_WINDOWS[None]
            begun = np.empty((2, len(some)), dtype=np.int64)
            size = _ceil(_SERIES_DAYS, len(some))
            for first in range(0, days, size):
                build.checkpoint()
                last = min(first + size, days)
                sum_foreign(moved, first, last, like, windows, templates, rates, begun, reached)
            yield from zip(some, moved[:, :, :columns], strict=True)

    def _settled(
        self, all_series: Sequence[int], templates: ForeignTemplates, rates: DayRates, build: BuildContext
    ) -> Iterator[tuple[int, NDArray[np.int64]]]:
        days = self._schedule.horizon.days
        summing = self._sums.summing(all_series[0])
        scratch = np.zeros((2, (2 << templates.class_bits) + 1), dtype=np.int64)
        for some in self._runs(all_series, SETTLING_COLUMNS):
            moved = np.zeros((days, len(some), SETTLING_COLUMNS), dtype=np.int64)
            like = self._like(some)
            size = _ceil(_SERIES_DAYS * CLASSES, len(some) * days)
            for first in range(0, CLASSES, size):
                build.checkpoint()
                sum_settled(
                    moved,
                    first,
                    min(first + size, CLASSES),
                    like,
                    summing.settled,
                    summing.windows,
                    templates,
                    rates,
                    int(self._series.receives[all_series[0]]),
                    scratch,
                )
            yield from ((at, moved[:, place]) for place, at in enumerate(some))

    def _runs(self, all_series: Sequence[int], columns: int) -> Iterator[Sequence[int]]:
        """Cut series into runs whose sums are of a bounded size."""
        size = max(_AT_ONCE // (self._schedule.horizon.days * columns), 1)
        for first in range(0, len(all_series), size):
            yield all_series[first : first + size]

    def _like(self, all_series: Sequence[int]) -> LikeSeries:
        """Return what kernels want to know of series."""
        summing: list[SeriesSumming] = [self._sums.summing(at) for at in all_series]
        return LikeSeries(
            self._series.key[list(all_series)],
            np.ascontiguousarray(np.stack([each.upto for each in summing], axis=1)),
            np.maximum(self._series.window[list(all_series)], 0).astype(np.int64),
        )


def _ceil(whole: int, parts: int) -> int:
    return -(-whole // parts)
