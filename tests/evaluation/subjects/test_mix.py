"""Patterns."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from datasynth.evaluation.subjects.mix import concentration_checks, patterns
from tests.evaluation.shapes import good_config, good_shapes


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


@pytest.mark.parametrize(("weight", "expected"), [(0.04, {"commonest", "accounts"}), (0.0, set())])
def test_few_processes_may_be_concentrated(weight: float, expected: set[str]) -> None:
    """All entries on two accounts are too many, unless a process has no weight."""
    data, config = good_shapes(), good_config()
    account = (data.lines.debit > 0).astype(np.int32)
    data = replace(data, lines=replace(data.lines, account=account))
    processes = replace(config.business_processes, treasury_weight=weight)

    found = concentration_checks(data, replace(config, business_processes=processes))

    assert expected == {check.name.partition(".")[2] for check in found if check.verdict.name == "FAIL"}
