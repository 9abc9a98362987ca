"""The order of a day's documents: a tree that merges series evenly.

Each part of the day has one binary tree.  At a node with ``a`` documents on its
left and ``n`` in all, ``(i * a + phase) // n`` of the first ``i`` are from the
left (Bresenham 1965), so the way from a place down to a series, and the rank in
each node on the way, take one division a level.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.schedule.document_series import DocumentSeries


@dataclass(frozen=True, slots=True)
class MergeTree:
    """Trees over all series, one for each part of the day, children before their parents.

    Attributes
    ----------
    left, right : (nodes,) int32
        Children, or -1 for a node that is a series.
    series : (nodes,) int32
        Series of the node, or -1.
    group : (nodes,) int32
        Group that the node is the root of, or -1.
    roots : (day_parts,) int32
        Root of each day part, or -1 for a day part without series.
    series_group : (series,) int32
        Group of each series.
    numbered : (groups,) int32
        What the document numbers of each group count over: groups of one company
        and type in different day_parts go on from one another.
    """

    left: NDArray[np.int32]
    right: NDArray[np.int32]
    series: NDArray[np.int32]
    group: NDArray[np.int32]
    roots: NDArray[np.int32]
    series_group: NDArray[np.int32]
    numbered: NDArray[np.int32]

    @property
    def groups(self) -> int:
        """Number of groups."""
        return len(self.numbered)


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


def make_merge_tree(all_series: Sequence[DocumentSeries], day_parts: int) -> MergeTree:
    """Build the trees over series that are sorted by their groups.

    Parameters
    ----------
    all_series
        Sorted; series of one group are neighbours.
    day_parts
        Number of parts of the day.
    """
    nodes = _Nodes()
    roots = np.full(day_parts, -1, dtype=np.int32)
    series_group = np.empty(len(all_series), dtype=np.int32)
    tops: dict[int, list[int]] = {}
    counted: dict[tuple[int, str], int] = {}
    count_of: list[int] = []
    numbered = groupby(enumerate(all_series), key=lambda pair: pair[1].group)
    for number, ((day_part, company, document_type), members) in enumerate(numbered):
        count_of.append(counted.setdefault((company, document_type), len(counted)))
        places = [place for place, _ in members]
        series_group[places] = number
        top = nodes.join([nodes.add(-1, -1, place) for place in places])
        nodes.group[top] = number
        tops.setdefault(int(day_part), []).append(top)
    for day_part, members_of_part in tops.items():
        roots[day_part] = nodes.join(members_of_part)
    return MergeTree(
        np.array(nodes.left, dtype=np.int32),
        np.array(nodes.right, dtype=np.int32),
        np.array(nodes.series, dtype=np.int32),
        np.array(nodes.group, dtype=np.int32),
        roots,
        series_group,
        np.array(count_of, dtype=np.int32),
    )
