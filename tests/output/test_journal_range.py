"""Ranges of a journal and their cuts."""

from __future__ import annotations

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Build a small journal."""
    return Journal(config_from_mapping({"transactions": {"target_count": 100}}))


def test_the_whole_journal(journal: Journal) -> None:
    """It begins with the first entry and has all of them, those of triggers too."""
    triggered, _ = journal.trigger("month_end", 50)

    assert JournalRange(triggered, 0, triggered.total) == JournalRange.whole(triggered)


@pytest.mark.parametrize(
    ("first", "count", "parts"),
    [
        (0, 100, [(0, 40), (40, 40), (80, 20)]),
        (7, 80, [(7, 40), (47, 40)]),
        (99, 1, [(99, 1)]),
        (5, 0, []),
    ],
)
def test_parts_follow_one_another(
    journal: Journal, first: int, count: int, parts: list[tuple[int, int]]
) -> None:
    """All parts but the last are full, and together they are the range."""
    assert parts == [(part.first, part.count) for part in JournalRange(journal, first, count).cut(40)]
