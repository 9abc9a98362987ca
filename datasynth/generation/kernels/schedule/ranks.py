"""How many documents of each series are before a position inside a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.merge_tree import count_nodes, split_position
from datasynth.kernel import allocating

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.schedule.merge_tree import MergeTree


@allocating
def rank_series(
    position: int, day: int, before: NDArray[np.int64], tree: MergeTree, found: NDArray[np.int64]
) -> None:
    """Split a day's first `position` entries among the series; one turn is one series.

    `before` has the lead days first.
    """
    count = np.zeros(len(tree.nodes), dtype=np.int64)
    seen = np.zeros(len(tree.nodes), dtype=np.int64)
    mask = np.zeros(len(tree.nodes), dtype=np.uint64)
    count_nodes(day, before, tree.nodes, count)
    split_position(day, position, tree, count, seen, mask)
    for at in range(len(found)):
        found[at] = seen[tree.leaf[at]]
