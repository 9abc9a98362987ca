"""How many wrong documents and reversals of each cell come before a day or a position."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.class_order import class_order, number_at
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.kernels.schedule.wrong_documents import count_cell, wrong_posted
from datasynth.generation.kernels.schedule.wrong_placements import order_size
from datasynth.kernel import allocating, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.placements import ScheduleTables


@allocating
def count_cells(
    cells: tuple[int, int],
    version: int,
    days: NDArray[np.int64],
    tables: ScheduleTables,
    frontiers: NDArray[np.int64],
) -> None:
    """Count the documents of some cells before each of some days; one turn is one cell and day.

    Parameters
    ----------
    cells
        First of them, and the one after the last; all of one series of cases.
    days : (n,) int64
        [days from the start]
    frontiers : (n, cells) int64
        Output.
    """
    wrong, posted = tables.wrong, np.empty(len(days), dtype=np.int64)
    for place in range(cells[1] - cells[0]):
        cell = wrong.cells[cells[0] + place]
        count_cell(cell, version, LEAD_DAYS + days, tables.starts, tables.windows, wrong.business, posted)
        frontiers[:, place] = posted


@kernel
def count_upto(
    at: int,
    version: int,
    day: int,
    rank: int,
    key: np.uint64,
    tables: ScheduleTables,
    upto: NDArray[np.int64],
) -> None:
    """Count the documents of each cell of a series before a position; one turn is one cell.

    The position is on `day`, after `rank` of the series' documents of that day; `key` is that
    of the series' node.  [days from the start]
    """
    wrong, starts, windows = tables.wrong, tables.starts, tables.windows
    first, last = wrong.of_series[at, 0], wrong.of_series[at, 1]
    size, order, rest = order_size(last - first), class_order(key, day), np.int64(rank)
    for place in range(size):
        number = number_at(order, place, size)
        if number >= last - first:
            continue
        cell = wrong.cells[first + number]
        count = wrong_posted(cell, version, LEAD_DAYS + day, starts, windows, wrong.business)
        if rest > 0:
            later = wrong_posted(cell, version, LEAD_DAYS + day + 1, starts, windows, wrong.business)
            taken = min(later - count, rest)
            rest -= taken
            count += taken
        upto[number] = count
