"""Where entries are: their places in the schedule and their rows of the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.locate import locate
from datasynth.generation.kernels.rows import deal_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.ground import Ground


@dataclass(frozen=True, slots=True)
class Located:
    """Entries as places in the schedule and rows of the sheet.

    Attributes
    ----------
    day, leaf : (n,) int32
        Day from the start, and leaf.
    number, document_number : (n,) int64
        Number of the chain or place among the leaf's documents; document number.
    slot, slots : (n,) int64
        Place in the band of the day, and how many documents the band has.
    row, shift : (n,) int64
        Row of lines, and steps of variation of its amounts.
    booked, paid : (n,) int64
        See `deal_rows`. [minor units]
    first_line : (n + 1,) int64
        See `Block`.
    """

    day: NDArray[np.int32]
    leaf: NDArray[np.int32]
    number: NDArray[np.int64]
    document_number: NDArray[np.int64]
    slot: NDArray[np.int64]
    slots: NDArray[np.int64]
    row: NDArray[np.int64]
    shift: NDArray[np.int64]
    booked: NDArray[np.int64]
    paid: NDArray[np.int64]
    first_line: NDArray[np.int64]


def locate_entries(ground: Ground, first: int, count: int) -> Located:
    """Find the places of entries of the untriggered journal.

    Parameters
    ----------
    ground
        Of the journal.
    first, count
        Sequence number of the first entry, and how many; all must exist.
    """
    # long: the kernels' arguments, one a line.
    schedule, leaves = ground.schedule, ground.leaves
    tree = schedule.tree
    known = len(schedule.leaves)
    day, leaf = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    number, document_number, slot, slots = (np.empty(count, dtype=np.int64) for _ in range(4))
    locate(
        first,
        ground.day_key,
        schedule.entries_before,
        schedule.before,
        ground.year_start,
        tree.left,
        tree.right,
        tree.leaf,
        tree.group,
        tree.roots,
        tree.leaf_group,
        tree.numbered,
        leaves.kind,
        leaves.origin,
        leaves.chain,
        schedule.leaf_window,
        schedule.starts,
        schedule.windows,
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(len(tree.left), dtype=np.int64),
        np.empty(tree.groups, dtype=np.int64),
        np.empty(tree.groups, dtype=np.int64),
        np.empty((known, CLASSES + 1), dtype=np.int64),
        np.full(known, -1, dtype=np.int32),
        np.empty(known, dtype=np.int32),
        day,
        leaf,
        number,
        document_number,
        slot,
        slots,
    )
    row, shift, booked, paid = (np.empty(count, dtype=np.int64) for _ in range(4))
    first_line = np.empty(count + 1, dtype=np.int64)
    deal_rows(
        day,
        leaf,
        number,
        leaves.kind,
        leaves.row,
        leaves.bits,
        leaves.key,
        leaves.shift,
        leaves.valuation,
        leaves.settled,
        leaves.settled_window,
        leaves.receives,
        leaves.rate,
        leaves.origin,
        leaves.chain,
        schedule.starts,
        schedule.windows,
        ground.rates.rates,
        ground.rates.divisor,
        ground.sheet.shifts,
        ground.row_total,
        ground.rows.offsets,
        row,
        shift,
        booked,
        paid,
        first_line,
    )
    return Located(day, leaf, number, document_number, slot, slots, row, shift, booked, paid, first_line)
