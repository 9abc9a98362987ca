"""How far each leaf has come at a position inside a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def rank_leaves(
    position: int,
    day: int,
    day_key: np.uint64,
    before: NDArray[np.int64],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    leaf: NDArray[np.int32],
    roots: NDArray[np.int32],
    counts: NDArray[np.int64],
    ranks: NDArray[np.int64],
    found: NDArray[np.int64],
) -> None:
    """Split a day's first entries among the leaves; one turn is one node, parents first.

    Parameters
    ----------
    position
        How many entries of the day.
    day, day_key, before, left, right, leaf, roots
        As for `locate`.
    counts, ranks : (nodes,) int64
        Scratch.
    found : (leaves,) int64
        Output: documents of each leaf among them.
    """
    for node in range(len(left)):
        if leaf[node] >= 0:
            counts[node] = before[day + 1, leaf[node]] - before[day, leaf[node]]
        else:
            counts[node] = counts[left[node]] + counts[right[node]]
    for band in range(len(roots)):
        if roots[band] >= 0:
            ranks[roots[band]] = min(max(position, 0), counts[roots[band]])
            position -= counts[roots[band]]
    for node in range(len(left) - 1, -1, -1):
        if leaf[node] >= 0:
            found[leaf[node]] = ranks[node]
            continue
        taken = np.int64(0)
        if counts[node] > 0:
            phase = np.int64(below(draw(day_key, np.uint64(day), np.uint64(node)), np.uint64(counts[node])))
            taken = (ranks[node] * counts[left[node]] + phase) // counts[node]
        ranks[left[node]] = taken
        ranks[right[node]] = ranks[node] - taken
