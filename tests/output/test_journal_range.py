"""Ranges of a journal and their cuts."""

from __future__ import annotations

from datetime import date

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange
from datasynth.output.reference_rows import day_number


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
        (7, 80, [(7, 33), (40, 40), (80, 7)]),
        (99, 1, [(99, 1)]),
        (5, 0, []),
    ],
)
def test_parts_follow_one_another(
    journal: Journal, first: int, count: int, parts: list[tuple[int, int]]
) -> None:
    """They end at multiples of their size, and together they are the range."""
    assert parts == [(part.first, part.count) for part in JournalRange(journal, first, count).cut(40)]


@pytest.mark.parametrize("parts", [1, 2, 3, 7, 200])
@pytest.mark.parametrize(("first", "count"), [(0, 100), (13, 80), (99, 1), (50, 0)])
def test_parts_of_a_cluster(journal: Journal, first: int, count: int, parts: int) -> None:
    """Together they are the range, each entry once, and blocks are cut where those of the whole are."""
    whole = JournalRange(journal, first, count)
    cut = [block for number in range(parts) for block in whole.part(number, parts, 10).cut(10)]

    assert list(whole.cut(10)) == cut


def test_parts_are_about_equal(journal: Journal) -> None:
    """No part has more than one block more than another."""
    blocks = [JournalRange.whole(journal).part(number, 7, 5).count for number in range(7)]

    assert max(blocks) - min(blocks) <= 5
    assert sum(blocks) == 100


def test_days(journal: Journal) -> None:
    """A range between two days has the entries that are posted on them, and no others."""
    whole = JournalRange.whole(journal)
    begin, end = date(2024, 3, 1), date(2024, 5, 31)
    found = whole.between(begin, end)
    days = [journal.posting_day(sequence) for sequence in range(100)]
    expected = [place for place, day in enumerate(days) if day_number(begin) <= day <= day_number(end)]

    assert expected == list(range(found.first, found.end))
    assert whole == whole.between(None, None)
    assert whole == whole.between(date(1990, 1, 1), date(2090, 1, 1))
    assert 0 == whole.between(date(2025, 1, 1), None).count
    assert 0 == whole.between(end, begin).count


def test_from_an_entry(journal: Journal) -> None:
    """It begins there, or is empty if it ends before."""
    part = JournalRange(journal, 10, 50)

    assert (JournalRange(journal, 30, 30), part) == (part.from_entry(30), part.from_entry(5))
    assert 0 == part.from_entry(70).count
