"""How far leaves have come inside a day, against merging the day by counting."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.ranks import rank_leaves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.ground import Ground
    from tests.naive.schedule import Place


def ranked(ground: Ground, day: int, position: int) -> NDArray[np.int64]:
    """Count the documents of each leaf among a day's first so many entries."""
    schedule, tree = ground.schedule, ground.schedule.tree
    found = np.zeros(len(schedule.leaves), dtype=np.int64)
    rank_leaves(
        position,
        day,
        ground.day_key,
        schedule.before,
        tree.left,
        tree.right,
        tree.leaf,
        tree.roots,
        np.zeros(len(tree.left), dtype=np.int64),
        np.zeros(len(tree.left), dtype=np.int64),
        found,
    )
    return found


@pytest.mark.parametrize("day", [0, 1, 30, 90, 91, 122])
def test_leaves_have_come_as_far_as_the_walk_has(ground: Ground, walked: list[Place], day: int) -> None:
    """At every position of a day, each leaf has the documents that were listed so far."""
    listed = [leaf for at, leaf, _ in walked if at == day]
    for position in range(0, len(listed) + 1, 3):
        seen = Counter(listed[:position])
        found = ranked(ground, day, position)

        assert dict(seen) == {at: count for at, count in enumerate(found.tolist()) if count}


def test_a_whole_day_is_what_the_schedule_counts(ground: Ground) -> None:
    """At a day's end every leaf has all of its documents of the day."""
    per_day = np.diff(ground.schedule.before, axis=0)
    for day, counts in enumerate(per_day):
        assert np.array_equal(counts, ranked(ground, day, int(counts.sum())))
