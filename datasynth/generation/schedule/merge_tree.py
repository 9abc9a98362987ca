"""The order of a day's documents: a tree that merges series evenly.

Each band of the day has one binary tree.  At a node with ``a`` documents on its
left and ``n`` in all, ``(i * a + phase) // n`` of the first ``i`` are from the
left (Bresenham 1965), so the way from a slot down to a series, and the rank in
each node on the way, take one division a level.
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


class _Planter:
    """Grows the arrays of a `MergeTree`."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.right: list[int] = []
        self.series: list[int] = []
        self.group: list[int] = []

    def node(self, left: int, right: int, series: int) -> int:
        self.left.append(left)
        self.right.append(right)
        self.series.append(series)
        self.group.append(-1)
        return len(self.left) - 1

    def join(self, nodes: Sequence[int]) -> int:
        if len(nodes) == 1:
            return nodes[0]
        middle = len(nodes) // 2
        return self.node(self.join(nodes[:middle]), self.join(nodes[middle:]), -1)


def plant(document_series: Sequence[DocumentSeries], bands: int) -> tuple[MergeTree, NDArray[np.int32]]:
    """Build the trees over series that are sorted by their groups.

    Parameters
    ----------
    document_series
        Sorted; series of one group are neighbours.
    bands
        Number of bands.

    Returns
    -------
    MergeTree
        The trees.
    (series,) int32
        Group of each series.
    """
    planter = _Planter()
    roots = np.full(bands, -1, dtype=np.int32)
    group_of = np.empty(len(document_series), dtype=np.int32)
    tops: dict[int, list[int]] = {}
    counted: dict[tuple[int, str], int] = {}
    count_of: list[int] = []
    numbered = groupby(enumerate(document_series), key=lambda pair: pair[1].group)
    for number, ((band, company, document_type), members) in enumerate(numbered):
        count_of.append(counted.setdefault((company, document_type), len(counted)))
        places = [place for place, _ in members]
        group_of[places] = number
        top = planter.join([planter.node(-1, -1, place) for place in places])
        planter.group[top] = number
        tops.setdefault(int(band), []).append(top)
    for band, nodes in tops.items():
        roots[band] = planter.join(nodes)
    tree = MergeTree(
        np.array(planter.left, dtype=np.int32),
        np.array(planter.right, dtype=np.int32),
        np.array(planter.series, dtype=np.int32),
        np.array(planter.group, dtype=np.int32),
        roots,
        np.array(count_of, dtype=np.int32),
    )
    return tree, group_of
