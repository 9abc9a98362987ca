"""From an entry's number to its series, case and document number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.class_order import class_at, class_order
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, LEAD_DAYS, begun_before, find_place
from datasynth.generation.kernels.schedule.merge_tree import (
    LAST_SLOT,
    PATTERN_BITS,
    block_pattern,
    count_nodes,
    split_position,
)
from datasynth.generation.kernels.schedule.number_ranges import number_before, orders_before
from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.merge_tree import MergeTree
    from datasynth.generation.kernels.schedule.wrong_documents import WrongTables
    from datasynth.kernel import Records

CASE, WRONG_SERIES = 0, 3
"""`SeriesKind` of cases and of wrong documents; that of the reversals of these is the next one."""


class ScheduleTables(NamedTuple):
    """What kernels read of a `Schedule`, and its `FISCAL_DAY` records.

    `before` has the lead days first, as `Schedule.all_before`; `ranges` are records of `RANGE`,
    `items` (series, MOST_ITEMS) those of `ITEM`.
    """

    entries_before: NDArray[np.int64]
    before: NDArray[np.int64]
    starts: NDArray[np.int64]
    windows: NDArray[np.uint8]
    lags: NDArray[np.uint8]
    tree: MergeTree
    series: Records
    days: Records
    ranges: Records
    peers: NDArray[np.int32]
    items: Records
    wrong: WrongTables


OPEN_CELL = np.dtype(
    [
        ("order", np.uint64),
        ("end", np.int64),
        ("shift", np.int64),
        ("day", np.int32),
        ("place", np.int32),
        ("number", np.int32),
    ],
    align=True,
)
"""The cell that a walk through the documents of a series is in.

day, order
    Day of the walk, -1 before the first, and the order of its cells.
place, number
    Place of the cell in the order, and which one it is: a class, or for wrong documents and
    reversals a cell of the series.
end
    Documents of the day up to those of the cell.
shift
    What turns the rank of a document of the cell among the series' documents of the day into
    its place among all of the cell.
"""


class DayState(NamedTuple):
    """How far a walk through a day has come; scratch of `fill_placements`.

    Attributes
    ----------
    documents, seen : (nodes,) int64
        Documents of the day, and how many of them are past.
    mask : (nodes,) uint64
        Merge pattern of the block that the walk is in.
    range_base, order_base : (ranges,) int64
        Own number, and number of an order, before the range's first of the day.
    group_base : (groups,) int64
        Document number before the group's first of the day.
    passed : (groups,) int64
        The same while it is worked out, by `MergeTree.numbered`.
    cells : (series,)
        Records of `OPEN_CELL`.
    """

    documents: NDArray[np.int64]
    seen: NDArray[np.int64]
    mask: NDArray[np.uint64]
    range_base: NDArray[np.int64]
    order_base: NDArray[np.int64]
    group_base: NDArray[np.int64]
    passed: NDArray[np.int64]
    cells: Records


class Placements(NamedTuple):
    """Where entries lie in the schedule, and the rows that they copy.

    Attributes
    ----------
    day, series : (n,) int32
        Day from the start, and series.
    number, document_number : (n,) int64
        Number of the case (for closes, place among the series' documents); document number.
    own_number, order_number : (n,) int64
        Number in the document's range, and the number of the order that it, or the last
        ordinary document of the range before it, begins.
    slot, slots : (n,) int64
        Place in the day part of the day, and number of documents of the day part.
    row, jitter : (n,) int64
        Row of lines, and jitter steps of its amounts.
    booked, paid : (n,) int64
        Of a settlement, what the settled document was booked at and what is paid; of
        another document whose case draws its amount, that amount and 0; else meaningless.
        [minor units]
    items : (n, MOST_ITEMS) int64
        Numbers of the items that the entry names; 0 where there is none.
    version : (n,) int8
        0 for right documents, `WRONG` or `REVERSAL` for others, which have series and number of
        the right one.
    rate_day, right_day : (n,) int32
        Day whose exchange rates apply, which is that of the wrong document for its reversal;
        day of the right document. [days from the start]
    first_line : (n + 1,) int64
        See `Block`.
    """

    day: NDArray[np.int32]
    series: NDArray[np.int32]
    number: NDArray[np.int64]
    document_number: NDArray[np.int64]
    own_number: NDArray[np.int64]
    order_number: NDArray[np.int64]
    slot: NDArray[np.int64]
    slots: NDArray[np.int64]
    row: NDArray[np.int64]
    jitter: NDArray[np.int64]
    booked: NDArray[np.int64]
    paid: NDArray[np.int64]
    items: NDArray[np.int64]
    version: NDArray[np.int8]
    rate_day: NDArray[np.int32]
    right_day: NDArray[np.int32]
    first_line: NDArray[np.int64]


@kernel
def number_groups(day: int, tables: ScheduleTables, state: DayState) -> None:
    """Count the documents of the fiscal year before each group's first of the day; one turn is one group."""
    before, numbered, nodes = tables.before, tables.tree.numbered, tables.tree.nodes
    group_base, passed = state.group_base, state.passed
    today, year_start = LEAD_DAYS + day, LEAD_DAYS + tables.days[day].year_start
    for place in range(len(passed)):
        passed[place] = 0
        group_base[place] = 0
    for at in range(before.shape[1]):
        passed[numbered[tables.series[at].group]] += before[today, at] - before[year_start, at]
    for at in range(len(nodes)):
        if nodes[at].group >= 0:
            group_base[nodes[at].group] = state.documents[at]
    # Groups of one company and type continue one another's numbers, day part by day part.
    for place in range(len(group_base)):
        of_day = group_base[place]
        group_base[place] = passed[numbered[place]]
        passed[numbered[place]] += of_day


@kernel
def open_day(day: int, position: int, tables: ScheduleTables, state: DayState) -> None:
    """Bring every node to the position inside a day after so many of its entries."""
    tree, ranges = tables.tree, tables.ranges
    count_nodes(day, tables.before, tree.nodes, state.documents)
    split_position(day, position, tree, state.documents, state.seen, state.mask)
    number_groups(day, tables, state)
    for number in range(len(ranges)):
        state.range_base[number] = number_before(number, day, ranges, tables.peers, tables.before)
        state.order_base[number] = orders_before(number, day, ranges, tree.nodes, tables.before)


@kernel
def walk_down(first: int, tables: ScheduleTables, state: DayState, placements: Placements) -> None:
    """Find the series of each entry and its rank there; one turn is one entry, from its slot down the tree.

    Every node remembers how many of its documents are past and the merge pattern of their
    block, so a step down the tree looks at one bit.  The rank is left in `number`.
    """
    # One loop: a call for each entry takes half as much time again.
    entries_before, ranges = tables.entries_before, tables.ranges
    nodes, roots, patterns = tables.tree.nodes, tables.tree.roots, tables.tree.patterns
    count, seen, mask, range_base, order_base, group_base, _, _ = state
    days, series, ranks = placements.day, placements.series, placements.number
    own_number, order_number = placements.own_number, placements.order_number
    document_number, slot, slots = placements.document_number, placements.slot, placements.slots
    day = find_place(entries_before, first)
    position, stale = first - entries_before[day], True
    for entry in range(len(ranks)):
        while first + entry >= entries_before[day + 1]:
            day, position, stale = day + 1, np.int64(0), True
        if stale:
            open_day(day, position, tables, state)
            stale = False
        day_part = 0
        while roots[day_part] < 0 or seen[roots[day_part]] >= count[roots[day_part]]:
            day_part += 1
        # Unsigned numbers spare every index a test for being negative.
        at = np.uintp(roots[day_part])
        days[entry], slot[entry], slots[entry] = day, seen[at], count[at]
        while True:
            node, rank = nodes[at], seen[at]
            seen[at] = rank + 1
            if node.group >= 0:
                document_number[entry] = group_base[np.uintp(node.group)] + rank + 1
            if node.range >= 0:
                in_range = np.uintp(node.range)
                own_number[entry] = range_base[in_range] + rank + 1
            if node.series >= 0:
                break
            within, left = rank & LAST_SLOT, np.uintp(node.left)
            from_left = (mask[at] >> np.uint64(within)) & np.uint64(1)
            if within == LAST_SLOT and rank + 1 < count[at]:
                block = (rank + 1) >> PATTERN_BITS
                mask[at] = block_pattern(node.key, day, block, count[at], count[left], patterns)
            at = left if from_left else np.uintp(node.right)
        series[entry], ranks[entry] = node.series, rank
        order_number[entry] = order_base[in_range] + seen[np.uintp(ranges[in_range].ordinary)]


@inlined
def open_class(
    day: int, rank: int, starts: NDArray[np.int64], window: NDArray[np.uint8], cell: np.record
) -> None:
    """Go on to the class of the document of a rank; `cell` is of `OPEN_CELL`, one turn is one class.

    `day` counts from the first lead day.
    """
    order, place, number, begun, first, end = cell.order, cell.place, 0, 0, 0, cell.end
    while end <= rank:
        place, first = place + 1, end
        number = class_at(order, place)
        begun = begun_before(day, number, starts, window)
        end += begun_before(day + 1, number, starts, window) - begun
    cell.place, cell.number, cell.end, cell.shift = place, number, end, begun - first


@kernel
def find_cases(tables: ScheduleTables, state: DayState, placements: Placements) -> None:
    """Replace ranks from `walk_down` by the numbers of cases and other documents; one turn is one entry.

    A case is found by its class, whose place only grows with the rank among the series'
    documents of a day.
    """
    before, all_starts, windows, table = tables.before, tables.starts, tables.windows, tables.series
    nodes, leaf, cells = tables.tree.nodes, tables.tree.leaf, state.cells
    days, place_series, numbers = placements.day, placements.series, placements.number
    version, rate_day, right_day = placements.version, placements.rate_day, placements.right_day
    for walked in range(len(cells)):
        cells[walked].day = -1
    for entry in range(len(numbers)):
        day, rank, at = days[entry], numbers[entry], np.uintp(place_series[entry])
        series, cell = table[at], cells[at]
        version[entry], rate_day[entry], right_day[entry] = 0, day, day
        if series.kind >= WRONG_SERIES:
            # Those are found by `place_wrong_documents`.
            continue
        if series.kind != CASE:
            numbers[entry] = before[LEAD_DAYS + day, at] + rank
            continue
        if cell.day != day:
            order = class_order(nodes[np.uintp(leaf[at])].key, day)
            cell.day, cell.order, cell.place, cell.end = day, order, -1, 0
        if cell.end <= rank:
            starts = all_starts[np.uintp(series.case_company), np.uintp(series.case)]
            open_class(LEAD_DAYS + day, rank, starts, windows[np.uintp(series.window)], cell)
        numbers[entry] = ((cell.shift + rank) << CLASS_BITS) + cell.number


@kernel
def fill_placements(first: int, tables: ScheduleTables, state: DayState, placements: Placements) -> None:
    """Place a run of entries in the schedule: the fields `day` to `slots` are filled; `state` is scratch."""
    walk_down(first, tables, state, placements)
    find_cases(tables, state, placements)
