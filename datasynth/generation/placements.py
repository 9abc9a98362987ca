"""Finds the placements of entries."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.document_lines import Scratch, place_and_deal
from datasynth.generation.kernels.issued_days import LEVEL, MOST_LEVELS, IssuedDays
from datasynth.generation.kernels.item_numbers import MOST_ITEMS
from datasynth.generation.kernels.placements import DayState, Placements
from datasynth.generation.kernels.wrong_placements import order_size

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.placements import ScheduleTables

_DAYS_KEPT = 96
_FEWEST_ROWS, _MOST_ROWS = 1 << 10, 1 << 13
"""Days of issuing series that are kept: some for each series, within 10 MB."""


class ScratchPool:
    """Memory for placing entries, taken by one thread at a time and used again.

    Threads need no lock, since a deque adds and removes an element in one step.
    """

    def __init__(self, tables: ScheduleTables) -> None:
        self._tables = tables
        self._free: deque[Scratch] = deque()

    def take(self) -> Scratch:
        """Return memory that nobody uses."""
        try:
            return self._free.pop()
        except IndexError:
            return _scratch(self._tables)

    def give_back(self, scratch: Scratch) -> None:
        """Keep memory for the next one."""
        self._free.append(scratch)


def place_entries(plan: JournalPlan, first: int, count: int) -> Placements:
    """Find the placements of existing entries of the journal without triggers."""
    day, series = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    others = (np.empty(count, dtype=np.int64) for _ in range(10))
    first_line, items = np.empty(count + 1, dtype=np.int64), np.empty((count, MOST_ITEMS), dtype=np.int64)
    version, on_days = np.empty(count, dtype=np.int8), np.empty((2, count), dtype=np.int32)
    placements = Placements._make((day, series, *others, first_line, items, version, *on_days))
    jitters, rates = plan.template_lines.jitters, plan.block_tables.rates
    scratch = plan.scratch.take()
    place_and_deal(first, plan.schedule_tables, rates, jitters, plan.source, scratch, placements)
    plan.scratch.give_back(scratch)
    return placements


def _scratch(tables: ScheduleTables) -> Scratch:
    nodes, ranges, groups = len(tables.tree.nodes), len(tables.ranges), len(tables.tree.numbered)
    series = len(tables.tree.leaf)
    cells = max(np.diff(tables.wrong.of_series, axis=1).max(), CLASSES)
    state = DayState(
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.uint64),
        np.empty(ranges, dtype=np.int64),
        np.empty(ranges, dtype=np.int64),
        np.empty(groups, dtype=np.int64),
        np.empty(groups, dtype=np.int64),
        np.empty((series, int(order_size(cells)) + 1), dtype=np.int64),
        np.empty(series, dtype=np.int32),
        np.empty(series, dtype=np.int32),
    )
    rows = min(max(1 << (series * _DAYS_KEPT - 1).bit_length(), _FEWEST_ROWS), _MOST_ROWS)
    kept = IssuedDays(
        np.full(rows, -1, dtype=np.int64),
        np.empty((rows, 2), dtype=np.int64),
        np.empty((rows, 2), dtype=np.int64),
        np.empty((rows, CLASSES), dtype=np.int64),
        np.empty((rows, MOST_LEVELS), dtype=LEVEL).view(np.recarray),
    )
    return Scratch(state, kept)
