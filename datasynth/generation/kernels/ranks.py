"""How many documents of each series are before a position inside a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.placements import MergeTree


@kernel
def rank_series(
    position: int,
    day: int,
    day_key: np.uint64,
    before: NDArray[np.int64],
    tree: MergeTree,
    found: NDArray[np.int64],
) -> None:
    """Split a day's first `position` entries among the series; one turn is one node, parents first."""
    left, right, series, roots = tree.left, tree.right, tree.series, tree.roots
    counts, ranks = np.zeros(len(left), dtype=np.int64), np.zeros(len(left), dtype=np.int64)
    for node in range(len(left)):
        if series[node] >= 0:
            counts[node] = before[day + 1, series[node]] - before[day, series[node]]
        else:
            counts[node] = counts[left[node]] + counts[right[node]]
    for day_part in range(len(roots)):
        if roots[day_part] >= 0:
            ranks[roots[day_part]] = min(max(position, 0), counts[roots[day_part]])
            position -= counts[roots[day_part]]
    for node in range(len(left) - 1, -1, -1):
        if series[node] >= 0:
            found[series[node]] = ranks[node]
            continue
        taken = np.int64(0)
        if counts[node] > 0:
            # The same merge as in `split_position`.
            phase = np.int64(below(draw(day_key, np.uint64(day), np.uint64(node)), np.uint64(counts[node])))
            taken = (ranks[node] * counts[left[node]] + phase) // counts[node]
        ranks[left[node]] = taken
        ranks[right[node]] = ranks[node] - taken
