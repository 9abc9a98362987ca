"""How far series have come inside a day, against merging the day by counting."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.schedule.ranks import rank_series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.journal_order import Place


def ranked(plan: JournalPlan, day: int, position: int) -> NDArray[np.int64]:
    """Count the documents of each series among a day's first so many entries."""
    found = np.zeros(len(plan.schedule.document_series), dtype=np.int64)
    rank_series(position, day, plan.schedule.all_before, plan.schedule.tree, found)
    return found


@pytest.mark.parametrize("day", [0, 1, 30, 90, 91, 122])
def test_series_have_come_as_far_as_the_walk_has(plan: JournalPlan, walked: list[Place], day: int) -> None:
    """At every position of a day, each series has the documents that were listed so far."""
    listed = [place.counted for place in walked if place.day == day]
    for position in range(0, len(listed) + 1, 3):
        seen = Counter(listed[:position])
        found = ranked(plan, day, position)

        assert dict(seen) == {at: count for at, count in enumerate(found.tolist()) if count}


def test_a_whole_day_is_what_the_schedule_counts(plan: JournalPlan) -> None:
    """At a day's end every series has all of its documents of the day."""
    per_day = np.diff(plan.schedule.before, axis=0)
    for day, counts in enumerate(per_day):
        assert np.array_equal(counts, ranked(plan, day, int(counts.sum())))
