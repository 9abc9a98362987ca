"""A query about reference data, and its position and page."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from datasynth.encoding.tables import TableFormat
from datasynth.errors import InvalidRequest
from datasynth.output.reference_rows import day_number, day_text

if TYPE_CHECKING:
    from datasynth.service.journals.protocols import JournalProtocol

At = int | date | Literal["head"] | None
"""A number of entries, a date (the end of that day), the head, or None for the end of the entries.

The head is how far a stream has come; without a stream it is the end.
"""


class Period(StrEnum):
    """How long the periods are in which entries are counted."""

    DAY = "day"
    MONTH = "month"


LARGEST_PAGE = 10_000
"""Most open items in one answer."""

USUAL_PAGE = 1_000
"""Open items in one answer by default."""

_CURSOR = re.compile(r"([0-9a-f]{1,16})-([0-9a-f]{16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReferenceQuery:
    """A query of a client.

    Attributes
    ----------
    stream_id
        A stream, or None for the present configuration.
    company
        Code of a company, or None for all.
    limit
        Most items in the answer; 1 … `LARGEST_PAGE`.
    cursor
        The ``next_cursor`` of the previous page, or None for the first.
    per
        Periods of the entries' counts.
    """

    stream_id: str | None = None
    company: str | None = None
    format: TableFormat = TableFormat.JSON
    at: At = None
    limit: int = USUAL_PAGE
    cursor: str | None = None
    per: Period = Period.DAY


def position_at(at: At, journal: JournalProtocol, end: int, head: int) -> int:
    """Return the position of `at`; a date before the start is position 0, one after the end is the end.

    Parameters
    ----------
    end
        Where the entries end: below the journal's total if its stream was stopped.
    head
        How far the stream has come.

    Raises
    ------
    InvalidRequest
        If there are fewer entries.
    """
    match at:
        case None:
            return end
        case "head":
            # A trigger may have moved it past the end of the journal that was asked for.
            return min(head, end)
        case int():
            if not 0 <= at <= end:
                sentence = f"Must be from 0 to {end}, or a date such as 2024-03-31."
                raise InvalidRequest(f"at: {sentence}", {"at": [sentence]})
            return at
        case date():
            day = day_number(at)
            if day < day_number(journal.config.general.start_date):
                return 0
            # The journal is not asked about days after its last entry.
            after = end == 0 or day >= journal.posting_day(end - 1)
            return end if after else min(end, journal.entries_through(day))


def date_at(position: int, journal: JournalProtocol) -> str:
    """Return the posting date of the last entry before a position, or the start date if there is none."""
    if position == 0:
        return journal.config.general.start_date.isoformat()
    return day_text(journal.posting_day(position - 1))


def write_cursor(place: int, query: str) -> str:
    """Return the cursor of the page at a place; `query` names all that the place depends on."""
    return f"{place:x}-{_seal(place, query)}"


def read_cursor(cursor: str | None, query: str) -> int:
    """Return the place of a cursor; 0 without one.

    Raises
    ------
    InvalidRequest
        If the cursor was not written for this query.
    """
    if cursor is None:
        return 0
    match = _CURSOR.fullmatch(cursor)
    place = int(match[1], 16) if match else 0
    if match is None or match[2] != _seal(place, query):
        sentence = (
            "The query changed or a trigger ran since the cursor was issued. Start again without a cursor."
        )
        raise InvalidRequest(f"cursor: {sentence}", {"cursor": [sentence]})
    return place


def _seal(place: int, query: str) -> str:
    return hashlib.sha256(f"{place} {query}".encode()).hexdigest()[:16]
