"""Finds the placements of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.document_lines import place_and_deal
from datasynth.generation.kernels.item_numbers import MOST_ITEMS
from datasynth.generation.kernels.placements import DayState, Placements
from datasynth.generation.kernels.wrong_placements import order_size

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.placements import ScheduleTables


def place_entries(plan: JournalPlan, first: int, count: int) -> Placements:
    """Find the placements of existing entries of the journal without triggers."""
    day, series = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    others = (np.empty(count, dtype=np.int64) for _ in range(10))
    first_line, items = np.empty(count + 1, dtype=np.int64), np.empty((count, MOST_ITEMS), dtype=np.int64)
    version, days = np.empty(count, dtype=np.int8), np.empty((2, count), dtype=np.int32)
    placements = Placements._make((day, series, *others, first_line, items, version, *days))
    jitters, state = plan.template_lines.jitters, _scratch(plan.schedule_tables)
    place_and_deal(
        first, plan.schedule_tables, plan.block_tables.rates, jitters, plan.source, state, placements
    )
    return placements


def _scratch(tables: ScheduleTables) -> DayState:
    nodes, ranges, groups = len(tables.tree.nodes), len(tables.ranges), len(tables.tree.numbered)
    series = len(tables.tree.leaf)
    cells = max(np.diff(tables.wrong.of_series, axis=1).max(), CLASSES)
    sizes = (ranges, ranges, groups, groups, (series, int(order_size(cells)) + 1))
    return DayState(
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.uint64),
        *(np.empty(size, dtype=np.int64) for size in sizes),
        np.full(series, -1, dtype=np.int32),
        np.empty(series, dtype=np.int32),
    )
