"""Numbers of the items that documents open and clear: those of the documents that opened them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.class_order import (
    class_at,
    class_documents,
    class_order,
    place_of_class,
)
from datasynth.generation.kernels.schedule.counts import (
    CLASS_BITS,
    CLASSES,
    LEAD_DAYS,
    find_place,
    first_start,
    of_class,
    start_of_case,
)
from datasynth.generation.kernels.schedule.issued_days import (
    SPACING,
    day_tag,
    keep_day,
    learn_class,
    look_for_rank,
)
from datasynth.generation.kernels.schedule.merge_tree import PATTERN_BITS, climb, place_of_bit
from datasynth.generation.kernels.schedule.number_ranges import number_before, orders_before
from datasynth.generation.kernels.schedule.wrong_documents import REVERSAL
from datasynth.generation.kernels.schedule.wrong_placements import days_of_wrong, find_cell, wrong_rank
from datasynth.generation.kernels.valued import day_of_step
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.issued_days import IssuedDays
    from datasynth.generation.kernels.schedule.placements import Placements, ScheduleTables

MOST_ITEMS = 4
"""Most items that one document names."""

ITEM = np.dtype([("issuer", np.int32), ("order", np.int8), ("by_partner", np.int8)], align=True)
"""An item that the documents of a series name.

issuer
    Series whose document of the same case has the item's number, or -1 for no item.
order
    Whether it counts orders: ordinary documents of the issuer's range.
by_partner
    Whether the partner numbers it.
"""


@kernel
def rank_in_day(issuer: int, day: int, number: int, begun: int, nth: int, tables: ScheduleTables) -> int:
    """Return the rank, among a series' documents of a day, of the class's `nth` case.

    `begun` cases of the class have had the step before the day, which may be a lead day.
    """
    series = tables.series[issuer]
    starts, window = tables.starts[series.case_company, series.case], tables.windows[series.window]
    order = class_order(tables.tree.nodes[tables.tree.leaf[issuer]].key, day)
    rank = nth - begun
    for place in range(place_of_class(order, number)):
        rank += class_documents(day, class_at(order, place), starts, window)
    return rank


@kernel
def issued_number(issuer: int, order: int, case: int, tables: ScheduleTables) -> int:
    """Return the number that a case's document in the issuing series has, or its order."""
    series = tables.series[issuer]
    starts, window = tables.starts[series.case_company, series.case], tables.windows[series.window]
    number, nth = case & (CLASSES - 1), case >> CLASS_BITS
    posted = day_of_step(window, find_place(starts, case), number)
    day = posted - LEAD_DAYS
    begun = of_class(starts[first_start(window, posted, number)], number)
    rank = rank_in_day(issuer, day, number, begun, nth, tables)
    tree, ranges, before = tables.tree, tables.ranges, tables.before
    own = ranges[series.range]
    top = own.ordinary if order else own.top
    slot = climb(day, tree.leaf[issuer], top, rank, before, tree)
    if order:
        return orders_before(series.range, day, ranges, tree.nodes, before) + slot + 1
    return number_before(series.range, day, ranges, tables.peers, before) + slot + 1


@kernel
def wrong_number(series: int, case: int, tables: ScheduleTables) -> np.int64:
    """Return the number of its own that a case's wrong document in a series has."""
    tree, ranges, before = tables.tree, tables.ranges, tables.before
    in_range = tables.series[series].range
    own = ranges[in_range]
    # Wrong documents stand beside all others of the range.
    leaf = tree.nodes[own.top].right
    at = tree.nodes[leaf].series
    cell = find_cell(at, series, case, tables.wrong)
    day, _, _ = days_of_wrong(cell, case, tables)
    rank = wrong_rank(at, cell, case, day, tree.nodes[leaf].key, tables)
    slot = climb(day, leaf, own.top, rank, before, tree)
    before_day = number_before(in_range, day, ranges, tables.peers, before)
    return np.int64(before_day + slot + 1)


@kernel
def fill_item_numbers(tables: ScheduleTables, kept: IssuedDays, placements: Placements) -> None:
    """Number the items that placed entries name; one turn is one item of an entry.

    The same as `issued_number`, with what `kept` has of the day.
    """
    # Arrays that are taken out of their tuples at each turn, or passed on, would double the time.
    _, _, all_starts, windows, lags, tree, table, _, _, _, items, _ = tables
    issued_days, earlier, levels = kept
    place_series, cases, days, numbers = (
        placements.series,
        placements.number,
        placements.right_day,
        placements.items,
    )
    own_number, order_number, version = placements.own_number, placements.order_number, placements.version
    for entry in range(len(place_series)):
        at, case = place_series[entry], cases[entry]
        for slot in range(MOST_ITEMS):
            item = items[at, slot]
            issuer, order = item.issuer, item.order
            if issuer == at and not order and version[entry] == REVERSAL:
                numbers[entry, slot] = wrong_number(at, case, tables)
                continue
            # A wrong document begins no order; it refers to what the right one refers to.
            if issuer < 0 or (issuer == at and not (order and version[entry] > 0)):
                own = 0 if issuer < 0 else order_number[entry] if order else own_number[entry]
                numbers[entry, slot] = own
                continue
            series, number = table[at], case & (CLASSES - 1)
            starts = all_starts[series.case_company, series.case]
            start = start_of_case(case, LEAD_DAYS + days[entry], windows[series.window], starts)
            posted: int = start + lags[table[issuer].window, start, number]
            row = (issuer * SPACING + posted) & (len(issued_days) - 1)
            issued = issued_days[row]
            if issued.tag != day_tag(issuer, posted):
                keep_day(row, issuer, posted - LEAD_DAYS, tables, kept)
            learn_class(number, posted, starts, windows[table[issuer].window], issued, earlier[row])
            rank = earlier[row, number] + (case >> CLASS_BITS)
            for step in range(issued.order_steps if order else issued.steps):
                level = levels[row, step]
                if rank < level.low or rank >= level.high:
                    look_for_rank(level, posted - LEAD_DAYS, rank, tree.patterns)
                rank = (level.block << PATTERN_BITS) + place_of_bit(level.mask, rank - level.low)
            numbers[entry, slot] = (issued.last_order if order else issued.number) + rank + 1


@kernel
def number_items(
    issuer: int, order: int, cases: NDArray[np.int64], tables: ScheduleTables, numbers: NDArray[np.int64]
) -> None:
    """Number one item of each of many cases; see `issued_number`; one turn is one case."""
    for place in range(len(cases)):
        numbers[place] = issued_number(issuer, order, cases[place], tables)
