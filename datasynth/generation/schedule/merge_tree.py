"""Makes the merge tree: the order of a day's documents, as the series and their groups decide it.

Series of a number range are merged first, then the ranges of a group, then the groups of
a part of the day.  See `datasynth.generation.kernels.schedule.merge_tree` for how it is walked.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.draws import draws, make_key, make_keys
from datasynth.generation.kernels.schedule.merge_tree import (
    NODE,
    PATTERN_SLOTS,
    VARIETY_BITS,
    MergeTree,
    pattern_row,
)
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.kernel import Records


@lru_cache(maxsize=1)
def merge_patterns() -> NDArray[np.uint64]:
    """Return merge patterns of every length up to `PATTERN_SLOTS` and every number of ones.

    A variety is a random order of the slots, of which the first so many are ones.  The
    patterns are the same for all journals; which is used where is drawn by the journal's keys.

    Returns
    -------
    (rows, varieties) uint64
        By `pattern_row`.
    """
    varieties = 1 << VARIETY_BITS
    found = np.zeros((int(pattern_row(PATTERN_SLOTS + 1, 0)), varieties), dtype=np.uint64)
    key = make_key(0, "merge patterns")
    for length in range(1, PATTERN_SLOTS + 1):
        places = np.arange(varieties * length, dtype=np.int64)
        order = np.argsort(draws(key, places, length - 1).reshape(varieties, length), axis=1)
        ones = np.uint64(1) << order.astype(np.uint64)
        first = int(pattern_row(length, 0))
        found[first + 1 : first + length + 1] = np.add.accumulate(ones, axis=1).T
    found.flags.writeable = False
    return found


class SeriesGroups(NamedTuple):
    """Where the series of a merge tree are.

    Attributes
    ----------
    group, range : (series,) int32
        Group and number range of each series.
    top, ordinary : (ranges,) int32
        Node of each range, and that of its documents which are not wrong ones.
    """

    group: NDArray[np.int32]
    range: NDArray[np.int32]
    top: NDArray[np.int32]
    ordinary: NDArray[np.int32]


class _Nodes:
    """Grows the nodes of a `MergeTree`, children before their parents."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.right: list[int] = []
        self.series: list[int] = []
        self.low: list[int] = []
        self.high: list[int] = []

    def leaf(self, series: int) -> int:
        return self._add(-1, -1, series, (series, series + 1))

    def join(self, parts: Sequence[int]) -> int:
        """Return the root of a balanced tree over some nodes."""
        if len(parts) == 1:
            return parts[0]
        middle = len(parts) // 2
        left, right = self.join(parts[:middle]), self.join(parts[middle:])
        return self._add(left, right, -1, (self.low[left], self.high[right]))

    def _add(self, left: int, right: int, series: int, run: tuple[int, int]) -> int:
        self.left.append(left)
        self.right.append(right)
        self.series.append(series)
        self.low.append(run[0])
        self.high.append(run[1])
        return len(self.left) - 1

    def records(self, seed: int, groups: Sequence[int], ranges: Sequence[int]) -> Records:
        """Return the records of `NODE`; `groups` and `ranges` are their roots."""
        count = len(self.left)
        table: Records = np.zeros(count, dtype=NODE).view(np.recarray)
        for name in ("parent", "group", "range"):
            table[name] = -1
        for name in ("left", "right", "series", "low", "high"):
            table[name] = getattr(self, name)
        inner = np.flatnonzero(table.left >= 0)
        table.parent[table.left[inner]] = table.parent[table.right[inner]] = inner
        table.group[list(groups)] = np.arange(len(groups))
        table.range[list(ranges)] = np.arange(len(ranges))
        table.key = make_keys(seed, ("merge",), np.arange(count, dtype=np.int64)[:, None])
        return table


def make_merge_tree(
    seed: int, document_series: Sequence[DocumentSeries], day_parts: int
) -> tuple[MergeTree, SeriesGroups]:
    """Build the trees over series, which are sorted by group and range."""
    nodes = _Nodes()
    roots = np.full(day_parts, -1, dtype=np.int32)
    leaf, group, in_range = (np.empty(len(document_series), dtype=np.int32) for _ in range(3))
    counted: dict[tuple[int, str], int] = {}
    count_of: list[int] = []
    group_tops: list[int] = []
    tops: list[int] = []
    ordinary: list[int] = []
    tops_of_part: dict[int, list[int]] = {}
    for (day_part, company, document_type), of_group in groupby(enumerate(document_series), key=_group):
        count_of.append(counted.setdefault((company, document_type), len(counted)))
        first_range = len(tops)
        for _, of_range in groupby(of_group, key=lambda pair: pair[1].range):
            pairs = list(of_range)
            members = [at for at, _ in pairs]
            wrong = [at for at, series in pairs if series.kind is SeriesKind.WRONG]
            leaf[members] = [nodes.leaf(at) for at in members]
            group[members], in_range[members] = len(group_tops), len(tops)
            # Wrong documents come last; beside them, the others have a node of their own.
            ordinary.append(nodes.join(leaf[members[: len(members) - len(wrong)]].tolist()))
            tops.append(nodes.join([ordinary[-1], *leaf[wrong].tolist()]))
        group_tops.append(nodes.join(tops[first_range:]))
        tops_of_part.setdefault(int(day_part), []).append(group_tops[-1])
    for day_part, members_of_part in tops_of_part.items():
        roots[day_part] = nodes.join(members_of_part)
    tree = MergeTree(
        nodes.records(seed, group_tops, tops),
        roots,
        leaf,
        np.array(count_of, dtype=np.int32),
        merge_patterns(),
    )
    return tree, SeriesGroups(group, in_range, np.array(tops, np.int32), np.array(ordinary, np.int32))


def _group(pair: tuple[int, DocumentSeries]) -> tuple[int, int, str]:
    return pair[1].group
