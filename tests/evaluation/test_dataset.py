"""Columns that follow from others."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from tests.evaluation.shapes import good_shapes


def test_sums_per_entry() -> None:
    """Each entry's lines are summed, also where an entry has none."""
    data = good_shapes()
    first_line = data.first_line.copy()
    first_line[1] = 0
    without = replace(data, first_line=first_line)
    expected = [int(data.lines.debit[begin:end].sum()) for begin, end in pairwise(first_line[:21].tolist())]

    assert expected == without.total[:20].tolist()
    assert 0 == without.total[0]


def test_original() -> None:
    """A reversal finds its original, or that there is none."""
    data = good_shapes()
    reversal_of = np.zeros(data.count, dtype=np.uint64)
    reversal_of[5] = data.entries.document_id[3]
    reversal_of[6] = np.uint64(12345)
    linked = replace(data, entries=replace(data.entries, reversal_of=reversal_of))

    assert [-1, 3, -2, -1] == linked.original[4:8].tolist()


def test_entry_of_each_line() -> None:
    """Every line knows its entry."""
    data = good_shapes()

    assert [0] * int(data.first_line[1]) == data.entry[: data.first_line[1]].tolist()
    assert data.count - 1 == data.entry[-1]
