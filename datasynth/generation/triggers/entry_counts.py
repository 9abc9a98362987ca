"""Counts of the entries before a position: by day, and by document type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.triggers.positions import (
    documents_before,
    inserted_before,
    schedule_position,
)
from datasynth.ledger.closes import ON_DEMAND_TYPES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.triggers.segments import Segment


def entries_by_day(plan: JournalPlan, segments: tuple[Segment, ...], position: int) -> NDArray[np.int64]:
    """Count the entries of each posting date before a position.

    The schedule knows how many entries precede each day, so no entry is computed.

    Returns
    -------
    (days,) int64
        From the first day of the data set to the last.
    """
    base = schedule_position(segments, position)
    counts: NDArray[np.int64] = np.diff(np.minimum(plan.schedule.entries_before, base))
    for insertion, places in inserted_before(segments, position):
        np.add.at(counts, insertion.placements.day[places.start : places.stop], 1)
    return counts


def entries_by_type(plan: JournalPlan, segments: tuple[Segment, ...], position: int) -> dict[str, int]:
    """Count the entries of each document type before a position; types without any are left out.

    All documents of a series have one type, and the schedule counts each series, so no
    entry is computed.
    """
    counts: Counter[str] = Counter()
    document_series = plan.schedule.document_series
    documents = documents_before(plan, schedule_position(segments, position))
    for series, count in zip(document_series, documents.tolist(), strict=True):
        counts[series.document_type] += count
    for insertion, places in inserted_before(segments, position):
        for series_number in insertion.placements.series[places.start : places.stop].tolist():
            # The reverse of `triggered_series`.
            counts[ON_DEMAND_TYPES[(series_number - len(document_series)) % len(ON_DEMAND_TYPES)]] += 1
    return {document_type: count for document_type, count in sorted(counts.items()) if count}
