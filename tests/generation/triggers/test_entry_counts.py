"""Entries of each day and of each document type before a position."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.generation.invariants.test_ties import after_closes, random_positions

if TYPE_CHECKING:
    from datasynth.generation.journal import Journal
    from tests.generation.seen import Seen


def test_days_are_those_of_all_entries_before(seen: Seen) -> None:
    """Each day has as many entries as are posted on it before the position, triggered ones too."""
    first_day = seen.journal._plan.schedule.horizon.first_day
    days = seen.journal._plan.schedule.horizon.days
    for position in (*random_positions(seen), *after_closes(seen)):
        expected = np.bincount(seen.block.posting_day[:position] - first_day, minlength=days)

        assert expected.tolist() == seen.journal.entries_by_day(position).tolist(), position


def test_types_are_those_of_all_entries_before(seen: Seen) -> None:
    """Each document type has as many entries as bear it before the position, triggered ones too."""
    for position in (*random_positions(seen), *after_closes(seen)):
        expected = Counter(seen.types[:position].tolist())

        assert expected == seen.journal.entries_by_type(position), position


def test_types_come_in_order(small: Journal) -> None:
    """Types are listed by their code, so that an answer has the same bytes each time."""
    types = list(small.entries_by_type(small.total))

    assert sorted(types) == types


@pytest.mark.parametrize("position", [-1, 12_001])
def test_there_are_no_counts_outside(small: Journal, position: int) -> None:
    """A position that the journal does not have is an error."""
    for ask in (small.entries_by_day, small.entries_by_type, small.closed_results):
        with pytest.raises(ValueError, match="no position"):
            ask(position)
