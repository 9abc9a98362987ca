"""The order of a day's documents: a tree that merges series evenly.

Each part of the day has one binary tree.  At a node with ``a`` documents on its
left and ``n`` in all, ``(i * a + phase) // n`` of the first ``i`` are from the
left (Bresenham 1965).  So it takes one division a level to walk from a slot down
to its series, and to know the rank in each node on the way.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.placements import MergeTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.schedule.document_series import DocumentSeries


class _Nodes:
    """Grows the arrays of a `MergeTree`."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.right: list[int] = []
        self.series: list[int] = []
        self.group: list[int] = []

    def add(self, left: int, right: int, series: int) -> int:
        self.left.append(left)
        self.right.append(right)
        self.series.append(series)
        self.group.append(-1)
        return len(self.left) - 1

    def join(self, parts: Sequence[int]) -> int:
        """Return the root of a balanced tree over some nodes."""
        if len(parts) == 1:
            return parts[0]
        middle = len(parts) // 2
        return self.add(self.join(parts[:middle]), self.join(parts[middle:]), -1)


def make_merge_tree(
    document_series: Sequence[DocumentSeries], day_parts: int
) -> tuple[MergeTree, NDArray[np.int32]]:
    """Build the trees over series, sorted by group, and return the group of each series with them."""
    nodes = _Nodes()
    roots = np.full(day_parts, -1, dtype=np.int32)
    group_of = np.empty(len(document_series), dtype=np.int32)
    tops_of_part: dict[int, list[int]] = {}
    counted: dict[tuple[int, str], int] = {}
    count_of: list[int] = []
    numbered = groupby(enumerate(document_series), key=lambda pair: pair[1].group)
    for number, ((day_part, company, document_type), members) in enumerate(numbered):
        count_of.append(counted.setdefault((company, document_type), len(counted)))
        places = [place for place, _ in members]
        group_of[places] = number
        top = nodes.join([nodes.add(-1, -1, place) for place in places])
        nodes.group[top] = number
        tops_of_part.setdefault(int(day_part), []).append(top)
    for day_part, members_of_part in tops_of_part.items():
        roots[day_part] = nodes.join(members_of_part)
    tree = MergeTree(
        np.array(nodes.left, dtype=np.int32),
        np.array(nodes.right, dtype=np.int32),
        np.array(nodes.series, dtype=np.int32),
        np.array(nodes.group, dtype=np.int32),
        roots,
        np.array(count_of, dtype=np.int32),
    )
    return tree, group_of
