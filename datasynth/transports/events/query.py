"""The query of a subscriber: which messages it wants, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, Final

from marshmallow import ValidationError

from datasynth.errors import InvalidRequest
from datasynth.transports.guard import TICKET
from datasynth.transports.query_keys import VIEWS, key_problems
from datasynth.transports.query_schema import QueryKey, keys_of, listed, query_schema, read_query

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Stream
    from datasynth.transports.query_keys import Problems

TYPES: Final = (
    "started",
    "paused",
    "resumed",
    "stopped",
    "trigger",
    "warning",
    "progress",
    "entry",
    "error",
    "complete",
)
"""Every type of message, in the order of the reference page."""

LATEST: Final = "latest"

LAST_ID: Final = "end"
"""The id of the last event of a stream; who has it has everything."""

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
ENTRY_ID = re.compile(rf"({_NUMBER.pattern})(?::({_NUMBER.pattern}))?", re.ASCII)
"""The id of an entry's event: its sequence number, and in line view the line's number."""


def _types(text: str) -> frozenset[str]:
    types = frozenset(text.split(","))
    unknown = sorted(types.difference(TYPES))
    if unknown:
        raise ValidationError(
            [f"Unknown type {name!r}. The types are {', '.join(TYPES)}." for name in unknown]
        )
    return types


def _view(text: str) -> str:
    if text not in VIEWS:
        raise ValueError(f"Must be one of {', '.join(VIEWS)}.")
    return text


def _stream_id(text: str) -> str:
    if not text:
        raise ValueError("Must not be empty.")
    return text


def _start(text: str) -> int | str:
    if text != LATEST and not _NUMBER.fullmatch(text):
        raise ValueError(f"Must be a sequence number, 0 or larger, or {LATEST!r}.")
    return text if text == LATEST else int(text)


def _line(text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) == 0:
        raise ValueError("Must be a line number, 1 or larger.")
    return int(text)


EventSchema = query_schema(
    {
        "types": listed("Types of messages to send; all by default.", _types, TYPES),
        "view": QueryKey(
            "One message per line, or one per entry.",
            _view,
            type="string",
            enum=list(VIEWS),
            default="line",
        ),
        "stream_id": QueryKey(
            "Id of a stream; the active stream by default.", _stream_id, type="string", minLength=1
        ),
        "from": QueryKey(
            "Sequence number of the first entry; `latest` means the current position of the stream.",
            _start,
            anyOf=[{"type": "integer", "minimum": 0, "maximum": 10**18 - 1}, {"const": LATEST}],
            default=0,
        ),
        "line": QueryKey(
            "First line of the entry in `from`; for the line view only.",
            _line,
            type="integer",
            minimum=1,
            maximum=10**18 - 1,
        ),
        TICKET: QueryKey("A ticket instead of a key."),
    }
)
"""The query of every address that tells about streams."""

KEYS: Final = keys_of(EventSchema)


@dataclass(frozen=True, slots=True)
class EventQuery:
    """What a subscriber wants to see.

    Attributes
    ----------
    types
        The types of message to send.
    documents
        One message per entry instead of one per line.
    stream_id
        The stream to read, or None for the active one and those that follow.
    first
        Sequence number of the first entry wanted; None is where the stream is now.
    line
        First line wanted of that entry, from 1.
    stays
        Whether it follows the next stream after the first, if it has named none.
    """

    types: frozenset[str] = frozenset(TYPES)
    documents: bool = False
    stream_id: str | None = None
    first: int | None = 0
    line: int = 1
    stays: bool = True

    @property
    def ends(self) -> bool:
        """Whether it is over with the first stream."""
        return self.stream_id is not None or not self.stays


def parse_query(arguments: MultiDict[str, str]) -> EventQuery:
    """Read a query.

    Raises
    ------
    InvalidRequest
        With every problem in ``details``, by key.
    """
    values, problems = read_query(EventSchema, arguments)
    start, view = values["from"], values["view"] or "line"
    if values["line"] is not None and "line" not in problems and "from" not in problems:
        _check_line(start, view, problems)
    if problems:
        raise InvalidRequest("The query is not valid.", problems)
    return EventQuery(
        types=values["types"] or frozenset(TYPES),
        documents=view == "document",
        stream_id=values["stream_id"],
        first=None if start == LATEST else start or 0,
        line=values["line"] or 1,
    )


def after_event(query: EventQuery, event_id: str) -> EventQuery | None:
    """Return the query that goes on after an event; None if that was the last one.

    Parameters
    ----------
    query
        The first query.
    event_id
        ``<sequence>:<line>`` in line view, ``<sequence>`` in document view, or `LAST_ID`.

    Raises
    ------
    InvalidRequest
        There is no such id.
    """
    if event_id == LAST_ID:
        return None
    found = ENTRY_ID.fullmatch(event_id)
    if found is None:
        problem = f"Must be the id of an event, <sequence>:<line>, not {event_id[:40]!a}."
        raise InvalidRequest("The id of the last event is not valid.", {"Last-Event-ID": [problem]})
    sequence, line = int(found[1]), found[2]
    if line is None:
        return replace(query, first=sequence + 1, line=1)
    # In document view an entry comes whole, even if some of its lines have come already.
    return replace(query, first=sequence, line=1 if query.documents else int(line) + 1)


def refuse_any_but_ticket(arguments: MultiDict[str, str]) -> None:
    """Refuse a query that has other keys than the ticket.

    Raises
    ------
    InvalidRequest
        With every problem in ``details``, by key.
    """
    problems = key_problems(arguments, (TICKET,))
    if problems:
        raise InvalidRequest("The query is not valid.", problems)


def find_stream(services: Services, query: EventQuery) -> Stream | None:
    """Return the first stream of a subscriber; None if it has to wait for one.

    Raises
    ------
    NotFound
        If there is no stream of that id.
    InvalidRequest
        If the stream ends before the first entry wanted.
    """
    registry = services.registry
    stream = registry.join() if query.stream_id is None else registry.get(query.stream_id)
    end = inf if stream is None else stream.snapshot().end
    if query.first is not None and query.first > end:
        problem = f"Must be from 0 to {end}, the number of entries."
        raise InvalidRequest("from is larger than the number of entries.", {"from": [problem]})
    return stream


def _check_line(start: Any, view: str, problems: Problems) -> None:
    if start is None or start == LATEST:
        problems["line"] = ["Needs from=<sequence>, the entry of this line."]
    elif view != "line":
        problems["line"] = ["Needs view=line; view=document sends whole entries."]
