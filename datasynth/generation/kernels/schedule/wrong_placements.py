"""Places of wrong documents and reversals: which case each is of, and its number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.class_order import class_order, number_at
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES, LEAD_DAYS, find_place
from datasynth.generation.kernels.schedule.placements import WRONG_SERIES
from datasynth.generation.kernels.schedule.wrong_documents import (
    REVERSAL,
    WRONG,
    WrongTables,
    nth_wrong,
    thinned,
    wrong_days,
    wrong_posted,
)
from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.placements import DayState, Placements, ScheduleTables


@kernel
def order_size(cells: int) -> int:
    """Return the number of places in a day's order of some cells: the next power of two."""
    size = 1
    while size < cells:
        size <<= 1
    return size


@inlined
def posted_on(
    cell: np.record,
    version: int,
    day: int,
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    business: NDArray[np.int32],
) -> np.int64:
    """Count a cell's wrong documents, or their reversals, of a day."""
    later = wrong_posted(cell, version, LEAD_DAYS + day + 1, starts, windows, business)
    return later - wrong_posted(cell, version, LEAD_DAYS + day, starts, windows, business)


@inlined
def days_of_wrong(number: int, case: int, tables: ScheduleTables) -> tuple[int, int, int]:
    """Return the days of a cell's wrong document, of its reversal and of the right document.

    `number` is that of the cell.  [days from the start]
    """
    cell = tables.wrong.cells[number]
    return days_started(number, find_place(tables.starts[cell.case_company, cell.case], case), tables)


@kernel
def days_started(number: int, start: int, tables: ScheduleTables) -> tuple[int, int, int]:
    """Return the same days by the day of start. [days from the first lead day]"""
    cell = tables.wrong.cells[number]
    right = start + int(tables.lags[cell.window, start, cell.number])
    previous = -1
    if cell.previous >= 0:
        previous = start + int(tables.lags[cell.previous, start, cell.number])
    wrong, back = wrong_days(cell, right, previous, tables.wrong.business)
    return wrong - LEAD_DAYS, back - LEAD_DAYS, right - LEAD_DAYS


@inlined
def open_wrong_cell(
    day: int, rank: int, version: int, cells: tuple[int, int], tables: ScheduleTables, cell: np.record
) -> None:
    """Go on to the cell of the document of a rank; `cell` is of `OPEN_CELL`, one turn is one cell.

    `cells` are the first of the series and their number.
    """
    starts, windows, (_, cell_table, _, business) = tables.starts, tables.windows, tables.wrong
    order, place, number, end = cell.order, cell.place, 0, cell.end
    earlier, first, size = np.int64(0), np.int64(0), order_size(cells[1])
    # Few of a day's cells have documents, so they are looked at only as far as it takes.
    while end <= rank:
        place, first = place + 1, end
        number = number_at(order, place, size)
        if number < cells[1]:
            one = cell_table[cells[0] + number]
            earlier = wrong_posted(one, version, LEAD_DAYS + day, starts, windows, business)
            end += wrong_posted(one, version, LEAD_DAYS + day + 1, starts, windows, business) - earlier
    cell.place, cell.number, cell.end, cell.shift = place, number, end, earlier - first


@kernel
def place_wrong_documents(tables: ScheduleTables, state: DayState, placements: Placements) -> None:
    """Find series, case, version and days of wrong documents and reversals; one turn is one entry.

    Each has the rank in its series in `number`, from `walk_down`.
    """
    cell_table, of_series, table = tables.wrong.cells, tables.wrong.of_series, tables.series
    nodes, leaf = tables.tree.nodes, tables.tree.leaf
    days, place_series, numbers = placements.day, placements.series, placements.number
    for entry in range(len(numbers)):
        at, rank, day = np.uintp(place_series[entry]), numbers[entry], days[entry]
        if table[at].kind < WRONG_SERIES:
            continue
        version = WRONG if table[at].kind == WRONG_SERIES else REVERSAL
        first, open_cell = of_series[at, 0], state.cells[at]
        if open_cell.day != day:
            order = class_order(nodes[np.uintp(leaf[at])].key, day)
            open_cell.day, open_cell.order, open_cell.place, open_cell.end = day, order, -1, 0
        if open_cell.end <= rank:
            open_wrong_cell(day, rank, version, (first, of_series[at, 1] - first), tables, open_cell)
        number = first + open_cell.number
        cell = cell_table[number]
        nth = nth_wrong(open_cell.shift + rank, cell.chance, cell.phase)
        case = int((nth << CLASS_BITS) + cell.number)
        place_series[entry], numbers[entry], placements.version[entry] = cell.series, case, version
        posted, _, right = days_of_wrong(number, case, tables)
        placements.rate_day[entry], placements.right_day[entry] = posted, right


@kernel
def wrong_rank(at: int, number: int, case: int, day: int, key: np.uint64, tables: ScheduleTables) -> int:
    """Return the rank of a case's wrong document of a cell among those of its series on its day."""
    _, cells, of_series, business = tables.wrong
    starts, windows = tables.starts, tables.windows
    first, last = of_series[at, 0], of_series[at, 1]
    size, order = order_size(last - first), class_order(key, day)
    own = cells[number]
    before = wrong_posted(own, WRONG, LEAD_DAYS + day, starts, windows, business)
    rank = thinned(case >> CLASS_BITS, own.chance, own.phase) - before
    # Where few cells have documents, all of the others are known before the last cell is.
    others = tables.before[LEAD_DAYS + day + 1, at] - tables.before[LEAD_DAYS + day, at]
    others -= posted_on(own, WRONG, day, starts, windows, business)
    place = 0
    while others > 0:
        other = first + number_at(order, place, size)
        if other == number:
            break
        if other < last:
            posted_today = posted_on(cells[other], WRONG, day, starts, windows, business)
            rank, others = rank + posted_today, others - posted_today
        place += 1
    return int(rank)


@kernel
def find_cell(at: int, series: int, case: int, wrong: WrongTables) -> int:
    """Return the cell of a case among those of a series of wrong documents."""
    number = int(wrong.of_series[at, 0])
    while wrong.cells[number].series != series or wrong.cells[number].number != case & (CLASSES - 1):
        number += 1
    return number
