"""Makes blocks from placements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import Block, empty_columns
from datasynth.generation.kernels.columns.block import fill_block
from datasynth.generation.kernels.columns.block_columns import EntryFacts

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.generation.kernels.schedule.placements import Placements


def materialise(
    plan: JournalPlan, source: LineSource, placements: Placements, first: int, pattern: int
) -> Block:
    """Compute the columns of entries.

    Parameters
    ----------
    source
        The rows of lines that the placements refer to.
    first
        Sequence number of the first entry.
    pattern
        Code of the trigger that inserts the entries, or `ABSENT`.
    """
    count = len(placements.day)
    entries, lines = empty_columns(count, int(placements.first_line[-1]))
    facts = EntryFacts(
        profile=np.empty(count, dtype=np.int32),
        total=np.empty(count, dtype=np.int64),
        center=np.empty(count, dtype=np.int64),
        partner=np.empty(count, dtype=np.int32),
        trading_partner=np.empty(count, dtype=np.int16),
    )
    fill_block(plan.block_tables, source, placements, facts, entries, lines)
    return Block(
        first=first,
        document_number=placements.document_number,
        first_line=placements.first_line,
        pattern=np.full(count, pattern, dtype=np.int8),
        **entries._asdict(),
        **lines._asdict(),
    )
