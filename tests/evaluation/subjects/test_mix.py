"""Patterns."""

from __future__ import annotations

from collections import Counter

import numpy as np

from datasynth.evaluation.subjects.mix import patterns
from tests.evaluation.shapes import good_shapes


def test_patterns_are_types_and_sets_of_postings() -> None:
    """Entries share a key if they share a document type and the set of accounts and sides, and only then."""
    data = good_shapes()
    count = 3_000
    naive = [
        (
            int(data.entries.document_type[entry]),
            frozenset(
                (int(data.lines.account[line]), bool(data.lines.debit[line]))
                for line in range(int(data.first_line[entry]), int(data.first_line[entry + 1]))
            ),
        )
        for entry in range(count)
    ]

    keys = patterns(data)[:count].tolist()

    assert len(set(naive)) == len(set(zip(naive, keys, strict=True))) == len(set(keys))
    assert sorted(Counter(naive).values()) == sorted(np.unique(keys, return_counts=True)[1].tolist())
