"""Documents that give items their numbers, day by day: what many references to one day share.

A payment names the number of an invoice of weeks before.  What it takes to number the
invoices of a series and day is kept for a while, because the payments of the following
weeks refer to the same days.  `item_numbers.issued_number` computes the same afresh.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.class_order import class_at, class_order
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS, begun_before
from datasynth.generation.kernels.schedule.merge_tree import (
    PATTERN_BITS,
    PATTERN_SLOTS,
    block_of_rank,
    block_pattern,
    count_bits,
    documents_under,
    left_before,
    low_bits,
)
from datasynth.generation.kernels.schedule.number_ranges import number_before, orders_before
from datasynth.kernel import inlined, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.placements import ScheduleTables
    from datasynth.kernel import Records

MOST_LEVELS = 6
"""Most steps from a series up to its range: a range has at most ``2 ** MOST_LEVELS`` series."""

LEVEL = np.dtype(
    [
        ("key", np.uint64),
        ("mask", np.uint64),
        ("count", np.int64),
        ("left", np.int64),
        ("low", np.int64),
        ("high", np.int64),
        ("block", np.int64),
        ("from_left", np.int64),
    ],
    align=True,
)
"""A step up the merge tree on one day.

key, count, left
    Of the node above: key, documents of the day, and how many of them are on its left.
from_left
    1 if the step comes from the left, else 0.
block, mask
    The block that was looked at last, and its slots whose documents come from this side.
low, high
    Rank of the first document from this side that is in the block, and of the one after the last.
"""

SPACING = 97
"""Rows between a day of one series and the same day of the next series."""

_DAY_BITS = 20


ISSUED_DAY = np.dtype(
    [
        ("tag", np.int64),
        ("number", np.int64),
        ("last_order", np.int64),
        ("order", np.uint64),
        ("known", np.uint64),
        ("rank", np.int64),
        ("place", np.int32),
        ("steps", np.int8),
        ("order_steps", np.int8),
    ],
    align=True,
)
"""A series on one day.

tag
    Which series and day, or -1 for none.
number, last_order
    Own number, and number of an order, before the first of the day.
steps, order_steps
    Steps up to where the own number counts, and to where orders count.
order
    Order of the classes on the day.
known
    Classes of which `IssuedDays.earlier` is known: bit ``i`` is class ``i``.
place, rank
    Place in the order from which on classes are not known, and documents before it.
"""


class IssuedDays(NamedTuple):
    """What is kept of the days of issuing series; a row holds one series and day.

    Attributes
    ----------
    days : (rows,)
        Records of `ISSUED_DAY`.
    earlier : (rows, CLASSES) int64
        Rank of a class's first document of the day, less the cases of the class begun before the day.
    levels : (rows, MOST_LEVELS)
        Records of `LEVEL`.
    """

    days: Records
    earlier: NDArray[np.int64]
    levels: Records


@kernel
def day_tag(issuer: int, day: int) -> int:
    """Return the tag of a series and day; days count from the first lead day."""
    return (issuer << _DAY_BITS) + day


@kernel
def look_at_block(level: Records, day: int, block: int, patterns: NDArray[np.uint64]) -> None:
    """Take another block of a step; `level` is one record of `LEVEL`."""
    first = block << PATTERN_BITS
    length = min(level.count - first, PATTERN_SLOTS)
    mask = block_pattern(level.key, day, block, level.count, level.left, patterns)
    low = left_before(level.key, day, first, level.count, level.left)
    if level.from_left == 0:
        mask, low = ~mask & low_bits(length), first - low
    level.block, level.mask, level.low, level.high = block, mask, low, low + count_bits(mask)


@kernel
def look_for_rank(level: Records, day: int, rank: int, patterns: NDArray[np.uint64]) -> None:
    """Take the block of a step in which the document of a rank is."""
    block = block_of_rank(level.key, day, rank, level.count, level.left, level.from_left)
    look_at_block(level, day, block, patterns)


@inlined
def keep_levels(row: int, issuer: int, day: int, tables: ScheduleTables, kept: IssuedDays) -> None:
    """Fill the steps of a row for a series and day."""
    nodes, patterns, before, ranges = tables.tree.nodes, tables.tree.patterns, tables.before, tables.ranges
    own, at, step, order_steps = ranges[tables.series[issuer].range], tables.tree.leaf[issuer], 0, 0
    while at != own.top:
        if at == own.ordinary:
            order_steps = step
        above, level = nodes[nodes[at].parent], kept.levels[row, step]
        first = nodes[above.left]
        level.key, level.from_left = above.key, 1 if above.left == at else 0
        level.left = documents_under(day, first.low, first.high, before)
        level.count = level.left + documents_under(day, first.high, above.high, before)
        level.low, level.high = 0, 0
        # Of several blocks, the first is as seldom asked for as any other.
        if level.count <= PATTERN_SLOTS:
            look_at_block(level, day, 0, patterns)
        at, step = nodes[at].parent, step + 1
    kept.days[row].steps = step
    kept.days[row].order_steps = step if own.ordinary == own.top else order_steps


@inlined
def learn_class(
    number: int,
    day: int,
    starts: NDArray[np.int64],
    window: NDArray[np.uint8],
    issued: np.record,
    earlier: NDArray[np.int64],
) -> None:
    """Fill `IssuedDays.earlier` of a row up to a class; one turn is one class.

    `issued` is the row's record; `day` counts from the first lead day.
    """
    order, place, rank, known = issued.order, issued.place, issued.rank, issued.known
    while (known >> np.uint64(number)) & np.uint64(1) == 0:
        one = class_at(order, place)
        begun = begun_before(day, one, starts, window)
        earlier[np.uintp(one)] = rank - begun
        rank += begun_before(day + 1, one, starts, window) - begun
        known |= np.uint64(1) << np.uint64(one)
        place += 1
    issued.place, issued.rank, issued.known = place, rank, known


@inlined
def keep_day(row: int, issuer: int, day: int, tables: ScheduleTables, kept: IssuedDays) -> None:
    """Fill a row for a series and day, no class of which is known yet."""
    in_range, nodes, issued = tables.series[issuer].range, tables.tree.nodes, kept.days[row]
    issued.number = number_before(in_range, day, tables.ranges, tables.peers, tables.before)
    issued.last_order = orders_before(in_range, day, tables.ranges, nodes, tables.before)
    issued.order = class_order(nodes[tables.tree.leaf[issuer]].key, day)
    issued.place, issued.rank, issued.known = 0, 0, np.uint64(0)
    keep_levels(row, issuer, day, tables, kept)
    issued.tag = day_tag(issuer, LEAD_DAYS + day)
