"""Wrong documents: which cases have one, and when it is posted and reversed.

Before a step of some cases, a wrong version of the document is posted and reversed: the
wrong one on day E and its reversal on day F, with P < E < F <= D, where the case's
previous step is on day P and the step itself on day D; if that clears an item, F < D.  E is
`sooner` business days before D, or the first after P; F is `later` business days before D,
or the first after E.

A *cell* is one class of the cases of one series; see `WRONG_CELL`.  Of the first n cases of
the class, ``(n * chance + phase) >> 16`` have a wrong document.  So documents before a day
are counted in closed form, and the case of the j-th of them is found by a division.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import of_class
from datasynth.kernel import allocating, inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.kernel import Records

CHANCE_BITS = 16
"""Chances and phases are in parts of ``2 ** CHANCE_BITS``."""

MOST_SOONER = 5
"""Most business days from a wrong document to the right one."""

PRESENT = MOST_SOONER + 1
"""Place of a day itself in a row of `WrongTables.business`."""

SHIFTS = PRESENT + MOST_SOONER + 1
"""Length of a row of `WrongTables.business`."""

WRONG, REVERSAL = 1, 2
"""Versions of a document other than the right one, which is 0."""

WRONG_CELL = np.dtype(
    [
        ("first", np.int64),
        ("last", np.int64),
        ("series", np.int32),
        ("window", np.int32),
        ("previous", np.int32),
        ("chance", np.int32),
        ("phase", np.int32),
        ("case_company", np.int16),
        ("case", np.int16),
        ("country", np.int16),
        ("number", np.int8),
        ("sooner", np.int8),
        ("later", np.int8),
    ],
    align=True,
)
"""Wrong documents of one class of a series' cases.

first, last
    Wrong documents before the first one inside the data set, and those up to the last one
    whose right document is inside it.
series, number
    Series of the right documents, and class.
window, previous
    Lag tables of the step and of the step before, or -1.
chance, phase
    How many cases have a wrong document; see above. [parts of 2 ** CHANCE_BITS]
case_company, case
    See `DocumentSeries`.
country
    Row of `WrongTables.business`.
sooner, later
    Business days from the wrong document, and from its reversal, to the right one.
"""


THINNING = np.dtype([("chance", np.int32), ("phase", np.int32)])
"""Which cases of a class have a wrong document, at whichever step; see `WRONG_CELL`.  Both are 0 for none."""


class WrongTables(NamedTuple):
    """All cells, those of each series of wrong documents or reversals, and business days.

    Attributes
    ----------
    thinning : (companies, case kinds, CLASSES)
        See `THINNING`.
    cells
        See `WRONG_CELL`.
    of_series : (series, 2) int32
        First cell of each document series, and the one after its last; a series of reversals
        has the cells of the wrong documents.
    business : (countries, LEAD_DAYS + days + 1, SHIFTS) int32
        ``business[c, d, PRESENT + j]`` is the j-th business day from day d on, the 0-th being
        the first that is not before d; those before or after the table are its first or
        last day.  All days count from the first lead day.
    """

    thinning: Records
    cells: Records
    of_series: NDArray[np.int32]
    business: NDArray[np.int32]

    def by_series(self) -> NDArray[np.int64]:
        """Return the wrong documents of each series of cases, and so many reversals: (series,) int64."""
        found = np.zeros(len(self.of_series), dtype=np.int64)
        np.add.at(found, self.cells.series, self.cells.last - self.cells.first)
        return found


@kernel
def thinned(cases: int | np.int64, chance: int | np.int64, phase: int | np.int64) -> np.int64:
    """Return how many of the first cases of a class have a wrong document."""
    return (np.int64(cases) * np.int64(chance) + np.int64(phase)) >> CHANCE_BITS


@kernel
def nth_wrong(place: int, chance: int, phase: int) -> np.int64:
    """Return which case of its class the j-th with a wrong document is; the inverse of `thinned`."""
    reached = ((np.int64(place) + 1) << CHANCE_BITS) - np.int64(phase)
    return (reached + np.int64(chance) - 1) // np.int64(chance) - 1


@inlined
def cases_posted(
    cell: np.record,
    version: int,
    day: int,
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    business: NDArray[np.int32],
) -> np.int64:
    """Count the cases of a cell whose wrong document, or its reversal, is before a day.

    `day` counts from the first lead day.  Cases whose right document is not in the data
    set are left out.
    """
    back, after = (cell.sooner, 1) if version == WRONG else (cell.later, 2)
    # E is not before the day if D is not before the business day `sooner` later, or P not
    # before the last business day that is earlier; F likewise.
    # The same as `first_start`, without a view of the table.
    country, number, on = np.uintp(cell.country), np.uintp(cell.number), np.uintp(day)
    due = np.uintp(business[country, on, np.uintp(PRESENT + back)])
    first = due - np.uintp(windows[np.uintp(cell.window), due, number])
    if cell.previous >= 0:
        due = np.uintp(business[country, on, np.uintp(PRESENT - after)])
        first = min(first, due - np.uintp(windows[np.uintp(cell.previous), due, number]))
    started = starts[np.uintp(cell.case_company), np.uintp(cell.case), first]
    return np.int64(of_class(started, cell.number))


@inlined
def wrong_posted(
    cell: np.record,
    version: int,
    day: int,
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    business: NDArray[np.int32],
) -> np.int64:
    """Count the wrong documents of a cell, or their reversals, before a day; see `cases_posted`."""
    cases = cases_posted(cell, version, day, starts, windows, business)
    return min(max(thinned(cases, cell.chance, cell.phase), cell.first), cell.last)


@kernel
def bound_cells(
    cells: Records,
    first_day: int,
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    business: NDArray[np.int32],
    cases: NDArray[np.int64],
) -> None:
    """Count the cases of each cell that can have a wrong document inside the data set; one turn is one cell.

    Parameters
    ----------
    first_day
        First day of the data set, from the first lead day on.
    cases : (cells, 2) int64
        Output: cases whose wrong document is before the first day, and those whose right
        document is before the end.
    """
    last = windows.shape[1] - 1
    for place in range(len(cells)):
        cell = cells[place]
        cases[place, 0] = cases_posted(cell, WRONG, first_day, starts, windows, business)
        # All that are posted before the end are reversed before the end.
        cases[place, 1] = cases_posted(cell, REVERSAL, last, starts, windows, business)


@kernel
def count_cell(
    cell: np.record,
    version: int,
    days: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    business: NDArray[np.int32],
    posted: NDArray[np.int64],
) -> None:
    """Count a cell's documents before some days, with all that does not depend on the day looked up once.

    One turn is one day.  `days` (n,) count from the first lead day; `posted` (n,) are as those
    of `wrong_posted`.
    """
    started, shifted = starts[cell.case_company, cell.case], business[cell.country]
    window = windows[cell.window, :, cell.number]
    earlier = windows[max(cell.previous, 0), :, cell.number]
    follows = cell.previous >= 0
    back = PRESENT + np.int64(cell.sooner if version == WRONG else cell.later)
    after = PRESENT - (1 if version == WRONG else 2)
    least, most = cell.first, cell.last
    chance, phase = np.int64(cell.chance), np.int64(cell.phase)
    for at in range(len(days)):
        # The first steps of all cases are on the day of start.
        first = np.int64(shifted[days[at], back])
        if follows:
            first -= np.int64(window[first])
            due = np.int64(shifted[days[at], after])
            first = min(first, due - np.int64(earlier[due]))
        count = thinned(of_class(started[first], cell.number), chance, phase)
        posted[at] = min(max(count, least), most)


@allocating
def count_wrong(
    cells: Records,
    version: int,
    days: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    business: NDArray[np.int32],
    before: NDArray[np.int64],
) -> None:
    """Count the documents of some cells before some days, from the first lead day; one turn is one cell."""
    posted = np.empty(len(days), dtype=np.int64)
    for at in range(len(before)):
        before[at] = 0
    for place in range(len(cells)):
        count_cell(cells[place], version, days, starts, windows, business, posted)
        for at in range(len(before)):
            before[at] += posted[at] - cells[place].first


@kernel
def wrong_days(
    cell: np.record, case_day: int, previous_day: int, business: NDArray[np.int32]
) -> tuple[int, int]:
    """Return the days of a wrong document and of its reversal. [days from the first lead day]

    `case_day` and `previous_day` are those of the right document and of the step before it,
    which is below zero if there is none.
    """
    country, right = cell.country, case_day + 1
    wrong = int(business[country, right, PRESENT - 1 - cell.sooner])
    if previous_day >= 0:
        wrong = max(wrong, int(business[country, previous_day + 1, PRESENT]))
    reversed_on = int(business[country, right, PRESENT - 1 - cell.later])
    return wrong, max(reversed_on, int(business[country, wrong + 1, PRESENT]))
