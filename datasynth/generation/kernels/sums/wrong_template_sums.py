"""Sums of wrong documents that copy templates, and of their reversals, before some days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.wrong_counts import count_cells
from datasynth.generation.kernels.sums.balances import add_cases
from datasynth.kernel import allocating

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.generation.kernels.sums.summed import SummedLines, SummedSeries


@allocating
def add_wrong_days(
    totals: NDArray[np.int64],
    cells: tuple[int, int],
    version: int,
    days: NDArray[np.int64],
    tables: ScheduleTables,
    series: SummedSeries,
    lines: SummedLines,
    units: NDArray[np.int64],
) -> None:
    """Add the documents of some cells before the data set and before each of some days; one turn is one cell.

    Parameters
    ----------
    totals : (n + 1, columns) int64
        Added to; those before the data set come first. [minor units]
    cells, version, days
        See `count_cells`.
    series
        What `SeriesSums.wrong_series` says of the series of cases.
    """
    count = cells[1] - cells[0]
    classes, frontiers = np.empty(count, dtype=np.int64), np.empty((len(days) + 1, count), dtype=np.int64)
    for place in range(count):
        cell = tables.wrong.cells[cells[0] + place]
        classes[place], frontiers[0, place] = cell.number, cell.first
    count_cells(cells, version, days, tables, frontiers[1:])
    add_cases(totals, classes, frontiers, series, lines, units)
