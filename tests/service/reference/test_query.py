"""Positions and cursors of queries about balances and open items."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from datasynth.config import config_from_mapping
from datasynth.errors import InvalidRequest
from datasynth.service.reference.query import date_at, position_at, read_cursor, write_cursor
from tests.fakes import FakeJournal

if TYPE_CHECKING:
    from datasynth.service.reference.query import At

JOURNAL = FakeJournal(config_from_mapping({"transactions": {"target_count": 1_000}}))
"""A hundred entries a day from the first of January 2024."""


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (None, 950),
        (0, 0),
        (1, 1),
        (950, 950),
        (date(2023, 12, 31), 0),
        (date(1, 1, 1), 0),
        (date(2024, 1, 1), 100),
        (date(2024, 1, 9), 900),
        (date(2024, 1, 10), 950),
        (date(9999, 12, 31), 950),
        ("head", 400),
    ],
)
def test_positions(at: At, expected: int) -> None:
    """A number counts entries, a date means its end, cut at both ends of the stream; nothing is the end."""
    assert expected == position_at(at, JOURNAL, 950, 400)


def test_a_head_past_the_end_is_the_end() -> None:
    """A trigger may move the head past the end that was read before it."""
    assert 950 == position_at("head", JOURNAL, 950, 957)


@pytest.mark.parametrize("at", [951, -1, 2**63])
def test_more_entries_than_there_are(at: int) -> None:
    """A number outside the stream is refused, and the refusal says how many there are."""
    with pytest.raises(InvalidRequest) as refusal:
        position_at(at, JOURNAL, 950, 400)

    assert {"at": ["Must be from 0 to 950, or a date such as 2024-03-31."]} == refusal.value.details


def test_any_date_of_a_stream_without_entries() -> None:
    """A stream stopped before its first entry has its opening at every date."""
    assert [0, 0] == [position_at(day, JOURNAL, 0, 0) for day in (date(2024, 1, 1), date(2030, 1, 1))]


@pytest.mark.parametrize(
    ("position", "expected"),
    [(0, "2024-01-01"), (1, "2024-01-01"), (100, "2024-01-01"), (101, "2024-01-02"), (1_000, "2024-01-10")],
)
def test_dates(position: int, expected: str) -> None:
    """A position has the date of the entry before it; the opening has the start date."""
    assert expected == date_at(position, JOURNAL)


@pytest.mark.parametrize("place", [0, 1, 255, 2**63 - 1])
def test_cursor_leads_back(place: int) -> None:
    """What was written for a query is read for it."""
    assert place == read_cursor(write_cursor(place, "journal 5 None"), "journal 5 None")


def test_no_cursor_is_the_beginning() -> None:
    """Whoever has no cursor begins."""
    assert read_cursor(None, "journal 5 None") == 0


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "5",
        "5-",
        "-0123456789abcdef",
        "5-0123456789abcdef",
        "ff" * 40,
        "٣-0123456789abcdef",
        write_cursor(5, "journal 6 None"),
        write_cursor(5, "journal 5 None").replace("5-", "6-", 1),
        write_cursor(5, "journal 5 None") + "0",
        write_cursor(5, "journal 5 None").upper(),
    ],
)
def test_a_cursor_of_something_else(cursor: str) -> None:
    """A cursor of another query, a changed one and nonsense are refused alike."""
    with pytest.raises(InvalidRequest) as refusal:
        read_cursor(cursor, "journal 5 None")

    assert ["cursor"] == list(refusal.value.details)
