"""Finds the placements of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.document_lines import place_and_deal
from datasynth.generation.kernels.schedule.item_numbers import MOST_ITEMS
from datasynth.generation.kernels.schedule.placements import Placements

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


def place_entries(plan: JournalPlan, first: int, count: int) -> Placements:
    """Find the placements of existing entries of the journal without triggers."""
    day, series = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    others = (np.empty(count, dtype=np.int64) for _ in range(10))
    first_line, items = np.empty(count + 1, dtype=np.int64), np.empty((count, MOST_ITEMS), dtype=np.int64)
    version, on_days = np.empty(count, dtype=np.int8), np.empty((2, count), dtype=np.int32)
    placements = Placements._make((day, series, *others, items, version, *on_days, first_line))
    template_lines, workspace = plan.template_lines, plan.workspaces.take()
    place_and_deal(
        first,
        plan.schedule_tables,
        plan.block_tables.rates,
        template_lines.rings,
        template_lines.amounts,
        plan.source,
        workspace,
        placements,
    )
    plan.workspaces.give_back(workspace)
    return placements
