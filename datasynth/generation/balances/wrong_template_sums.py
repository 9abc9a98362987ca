"""Sums of wrong documents that copy templates, and of their reversals, in closed form."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL, WRONG
from datasynth.generation.kernels.sums.wrong_template_sums import add_wrong_days
from datasynth.generation.kernels.wrong_amounts import BANK_ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from datasynth.generation.balances.series_sums import SeriesSums, UnitSums
    from datasynth.generation.kernels.schedule.placements import ScheduleTables


class SeriesRange(NamedTuple):
    """The cells of a series of cases, from `first` to before `last`."""

    series: int
    first: int
    last: int


def series_ranges(tables: ScheduleTables) -> dict[int, SeriesRange]:
    """Return the cells of each series of cases that has any, by the series."""
    series, begin = np.unique(tables.wrong.cells.series, return_index=True)
    # Cells of a series stand together, but series in any order.
    upto = np.sort(np.append(begin, len(tables.wrong.cells)))
    end = upto[np.searchsorted(upto, begin, side="right")]
    found = zip(series.tolist(), begin.tolist(), end.tolist(), strict=True)
    return {at: SeriesRange(at, first, last) for at, first, last in found}


class WrongTemplateSums:
    """Sums by company, account and side of wrong documents that copy templates.

    Parameters
    ----------
    ranges
        From `series_ranges`.
    mistaken : (accounts,) int64
        The account that a wrong document has instead of each; see `ACCOUNT`.
    """

    def __init__(
        self,
        tables: ScheduleTables,
        ranges: Mapping[int, SeriesRange],
        sums: SeriesSums,
        mistaken: NDArray[np.int64],
    ) -> None:
        self._tables, self._sums, self._accounts = tables, sums, len(mistaken)
        # Taking a field from all records at every call would take longer than the call.
        self._first = np.ascontiguousarray(tables.wrong.cells.first)
        self._classes = tables.wrong.cells.number.astype(np.int64)
        self._sides: dict[tuple[int, int], NDArray[np.int64]] = {}
        self._runs: dict[int, list[SeriesRange]] = {}
        for at, run in ranges.items():
            if sums.draws(at):
                continue
            self._runs.setdefault(int(tables.series.company[at]), []).append(run)
            sides = sums.sides[at].astype(np.int64)
            if tables.series.mistake[at] == BANK_ACCOUNT:
                sides = 2 * mistaken[sides >> 1] + (sides & 1)
            self._sides[at, WRONG], self._sides[at, REVERSAL] = sides, sides ^ 1

    def before_days(self, company: int, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a company's sums before some days: (n, 2 * accounts). [minor units; days from the start]"""
        return self._add(
            *(company, len(days), lambda run, version, step: self._before(run, version, days, step))
        )

    def before_position(self, company: int, counted: dict[int, NDArray[np.int64]]) -> NDArray[np.int64]:
        """Return a company's sums before a position: (2 * accounts,). [minor units]

        `counted` says, by version, how many documents of each cell precede the position (cells,).
        """

        def before(run: SeriesRange, version: int, step: UnitSums) -> NDArray[np.int64]:
            mine = slice(run.first, run.last)
            frontiers = np.stack([self._first[mine], counted[version][mine]])
            return self._sums.wrong_before(run.series, self._classes[mine], frontiers, step)

        whole: NDArray[np.int64] = self._add(company, 1, before)[0]
        return whole

    def _add(
        self, company: int, count: int, before: Callable[[SeriesRange, int, UnitSums], NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        found = np.zeros((2 * self._accounts, count), dtype=np.int64)
        for run in self._runs.get(company, ()):
            step = self._sums.whole_step(run.series)
            for version in (WRONG, REVERSAL):
                sums = before(run, version, step)
                moved = (sums[1:] - sums[0]).T
                # One after the other: a wrong bank account may be another one of the document.
                for column, side in enumerate(self._sides[run.series, version].tolist()):
                    found[side] += moved[column]
        return found.T

    def postings(self, company: int) -> Iterator[tuple[int, tuple[SeriesRange, int, int]]]:
        """Yield account and side of all that a company's documents post, with cells, version and column."""
        for run in self._runs.get(company, ()):
            for version in (WRONG, REVERSAL):
                for column, side in enumerate(self._sides[run.series, version].tolist()):
                    yield side, (run, version, column)

    def column_before(
        self, run: SeriesRange, version: int, days: NDArray[np.int64], side: UnitSums
    ) -> NDArray[np.int64]:
        """Return the sums of one account and side before some days: (n,); `side` is from `one_side`."""
        before = self._before(run, version, days, side)[:, 0]
        found: NDArray[np.int64] = before[1:] - before[0]
        return found

    def _before(
        self, run: SeriesRange, version: int, days: NDArray[np.int64], step: UnitSums
    ) -> NDArray[np.int64]:
        """Sum the documents before the data set, and before each day: (n + 1, columns)."""
        totals = np.zeros((len(days) + 1, step.units.shape[2]), dtype=np.int64)
        series = self._sums.wrong_series(run.series, step)
        cells = run.first, run.last
        add_wrong_days(totals, cells, version, days, self._tables, series, step.lines, step.units)
        return totals
