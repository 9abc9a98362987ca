"""From an entry's number to its series, case and document number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.kernel import Records

CASE = 0
"""`SeriesKind` of cases."""


class MergeTree(NamedTuple):
    """One tree over series for each part of the day, children before their parents.

    Attributes
    ----------
    left, right : (nodes,) int32
        Children, or -1 for a node that is a series.
    series : (nodes,) int32
        Series of the node, or -1.
    group : (nodes,) int32
        Group that the node is the root of, or -1.
    roots : (day_parts,) int32
        Root of each day part, or -1 for one without series.
    numbered : (groups,) int32
        What the document numbers of each group count over: the groups of one company
        and type in several day parts share their numbers.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    series: NDArray[np.int32]
    group: NDArray[np.int32]
    roots: NDArray[np.int32]
    numbered: NDArray[np.int32]

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.numbered)


class ScheduleTables(NamedTuple):
    """What kernels read of a `Schedule`, its `FISCAL_DAY` records and the key of its merge phases."""

    day_key: np.uint64
    entries_before: NDArray[np.int64]
    before: NDArray[np.int64]
    starts: NDArray[np.int64]
    windows: NDArray[np.uint8]
    tree: MergeTree
    series: Records
    days: Records


class DayState(NamedTuple):
    """How far a walk through a day has come; scratch of `fill_placements`.

    Attributes
    ----------
    documents, seen, rest : (nodes,) int64
        Documents of the day, how many of them are past, and the remainder of the merge
        there: ``(seen * count of the left + phase) mod count``.
    group_base : (groups,) int64
        Document number before the group's first of the day.
    passed : (groups,) int64
        The same while it is worked out, by `MergeTree.numbered`.
    cells : (series, CLASSES + 1) int64
        Cumulative documents of the day by class; see `fill_cells`.
    cell_day, cell_class : (series,) int32
        Day that a series' cells are of, -1 for none; class of its last document.
    """

    documents: NDArray[np.int64]
    seen: NDArray[np.int64]
    rest: NDArray[np.int64]
    group_base: NDArray[np.int64]
    passed: NDArray[np.int64]
    cells: NDArray[np.int64]
    cell_day: NDArray[np.int32]
    cell_class: NDArray[np.int32]


class Placements(NamedTuple):
    """Where entries lie in the schedule, and the rows that they copy.

    Attributes
    ----------
    day, series : (n,) int32
        Day from the start, and series.
    number, document_number : (n,) int64
        Number of the case (for closes, place among the series' documents); document number.
    slot, slots : (n,) int64
        Place in the day part of the day, and number of documents of the day part.
    row, jitter : (n,) int64
        Row of lines, and jitter steps of its amounts.
    booked, paid : (n,) int64
        Of a settlement, what the settled document was booked at and what is paid; of
        another document whose case draws its amount, that amount and 0; else meaningless.
        [minor units]
    first_line : (n + 1,) int64
        See `Block`.
    """

    day: NDArray[np.int32]
    series: NDArray[np.int32]
    number: NDArray[np.int64]
    document_number: NDArray[np.int64]
    slot: NDArray[np.int64]
    slots: NDArray[np.int64]
    row: NDArray[np.int64]
    jitter: NDArray[np.int64]
    booked: NDArray[np.int64]
    paid: NDArray[np.int64]
    first_line: NDArray[np.int64]


@kernel
def find_place(before: NDArray[np.int64], number: int) -> int:
    """Return the day of an entry or of a case's start, or the class of a rank: a binary search.

    `before` says how many come before each day or class, and how many there are.
    """
    low = 0
    high = len(before) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if before[middle] <= number:
            low = middle
        else:
            high = middle
    return low


@kernel
def count_nodes(
    day: int,
    before: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    series: NDArray[np.int32],
    count: NDArray[np.int64],
) -> None:
    """Count the documents of every node on a day; one turn is one node, children first."""
    for node in range(len(left)):
        at = series[node]
        if at >= 0:
            count[node] = before[day + 1, at] - before[day, at]
        else:
            count[node] = count[left[node]] + count[right[node]]


@kernel
def split_position(day: int, position: int, tables: ScheduleTables, state: DayState) -> None:
    """Split a day's first entries among the nodes; one turn is one node, parents first."""
    left, right, series, _, roots, _ = tables.tree
    count, seen = state.documents, state.seen
    for day_part in range(len(roots)):
        if roots[day_part] >= 0:
            seen[roots[day_part]] = min(max(position, 0), count[roots[day_part]])
            position -= count[roots[day_part]]
    for node in range(len(left) - 1, -1, -1):
        if series[node] >= 0:
            continue
        taken, rest = np.int64(0), np.int64(0)
        if count[node] > 0:
            # Of the first i documents (i · left + phase) // n are from the left (Bresenham 1965).
            bits = draw(tables.day_key, np.uint64(day), np.uint64(node))
            rest = np.int64(below(bits, np.uint64(count[node])))
            # Before the first document, the phase is the remainder; no division is needed.
            if seen[node] > 0:
                reached = rest + seen[node] * count[left[node]]
                taken = reached // count[node]
                rest = reached - taken * count[node]
        state.rest[node] = rest
        seen[left[node]] = taken
        seen[right[node]] = seen[node] - taken


@kernel
def number_groups(day: int, tables: ScheduleTables, state: DayState) -> None:
    """Count the documents of the fiscal year before each group's first of the day; one turn is one group."""
    before, numbered, group = tables.before, tables.tree.numbered, tables.tree.group
    group_base, passed = state.group_base, state.passed
    year_start = tables.days[day].year_start
    for place in range(len(passed)):
        passed[place] = 0
        group_base[place] = 0
    for at in range(before.shape[1]):
        passed[numbered[tables.series[at].group]] += before[day, at] - before[year_start, at]
    for node in range(len(group)):
        if group[node] >= 0:
            group_base[group[node]] = state.documents[node]
    # Groups of one company and type continue one another's numbers, day part by day part.
    for place in range(len(group_base)):
        today = group_base[place]
        group_base[place] = passed[numbered[place]]
        passed[numbered[place]] += today


@kernel
def open_day(day: int, position: int, tables: ScheduleTables, state: DayState) -> None:
    """Bring every node to the position inside a day after so many of its entries."""
    tree = tables.tree
    count_nodes(day, tables.before, tree.left, tree.right, tree.series, state.documents)
    split_position(day, position, tables, state)
    number_groups(day, tables, state)


@kernel
def fill_cells(
    day: int, starts: NDArray[np.int64], window: NDArray[np.uint8], upto: NDArray[np.int64]
) -> None:
    """Cumulate a step's documents of a day by class; one turn is one class."""
    upto[0] = 0
    for number in range(CLASSES):
        # Cases whose step is before the next day, less those whose step is before this one.
        later = of_class(starts[first_start(window, LEAD_DAYS + day + 1, number)], number)
        earlier = of_class(starts[first_start(window, LEAD_DAYS + day, number)], number)
        upto[number + 1] = upto[number] + later - earlier


@kernel
def fill_placements(first: int, tables: ScheduleTables, state: DayState, placements: Placements) -> None:
    """Place a run of entries in the schedule; one turn is one entry, from its slot down the merge tree.

    Every node remembers how many of its documents are past and the remainder of its
    merge, so a step down the tree is an addition and a comparison.  A case is found by
    its class, which only grows with the rank among the series' documents of a day.

    The fields `day` to `slots` are filled.  `state` is scratch, with `cell_day` all -1.
    """
    # One loop: a call for each entry, or a second pass, takes half as much time again.
    _, entries_before, before, starts, windows, _, series_table, _ = tables
    left, right, node_series, group, roots, _ = tables.tree
    count, seen, rest, group_base, _, cells, cell_day, cell_class = state
    places_day, places_series, numbers, document_number, slot, slots, _, _, _, _, _ = placements
    day = find_place(entries_before, first)
    position, stale = first - entries_before[day], True
    for entry in range(len(numbers)):
        while first + entry >= entries_before[day + 1]:
            day, position, stale = day + 1, np.int64(0), True
        if stale:
            open_day(day, position, tables, state)
            stale = False
        day_part = 0
        while roots[day_part] < 0 or seen[roots[day_part]] >= count[roots[day_part]]:
            day_part += 1
        node = roots[day_part]
        places_day[entry] = day
        slot[entry] = seen[node]
        slots[entry] = count[node]
        while True:
            rank = seen[node]
            seen[node] = rank + 1
            if group[node] >= 0:
                document_number[entry] = group_base[group[node]] + rank + 1
            if node_series[node] >= 0:
                break
            rest[node] += count[left[node]]
            if rest[node] >= count[node]:
                rest[node] -= count[node]
                node = left[node]
            else:
                node = right[node]
        at = node_series[node]
        places_series[entry] = at
        series = series_table[at]
        if series.kind != CASE:
            numbers[entry] = before[day, at] + rank
            continue
        company_starts, window = starts[series.case_company, series.case], windows[series.window]
        if cell_day[at] != day:
            fill_cells(day, company_starts, window, cells[at])
            cell_day[at], cell_class[at] = day, find_place(cells[at], rank)
        number = cell_class[at]
        while cells[at, number + 1] <= rank:
            number += 1
        cell_class[at] = number
        begin = of_class(company_starts[first_start(window, LEAD_DAYS + day, number)], number)
        numbers[entry] = ((begin + rank - cells[at, number]) << CLASS_BITS) + number
