"""Finds the placements of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.document_lines import place_and_deal
from datasynth.generation.kernels.placements import DayState, Placements

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.placements import ScheduleTables


def place_entries(plan: JournalPlan, first: int, count: int) -> Placements:
    """Find the placements of existing entries of the journal without triggers."""
    day, series = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    others = (np.empty(count, dtype=np.int64) for _ in range(8))
    placements = Placements._make((day, series, *others, np.empty(count + 1, dtype=np.int64)))
    rings, state = plan.template_lines.rings, _scratch(plan.schedule_tables)
    place_and_deal(
        first, plan.schedule_tables, plan.block_tables.rates, rings, plan.source, state, placements
    )
    return placements


def _scratch(tables: ScheduleTables) -> DayState:
    nodes, groups, series = len(tables.tree.left), tables.tree.groups, tables.before.shape[1]
    sizes = (nodes, nodes, nodes, groups, groups, (series, CLASSES + 1))
    numbers = (np.empty(size, dtype=np.int64) for size in sizes)
    cells_of = (np.full(series, -1, dtype=np.int32), np.empty(series, dtype=np.int32))
    return DayState._make((*numbers, *cells_of))
