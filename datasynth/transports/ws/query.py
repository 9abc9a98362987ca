"""The query of ``/ws/events``: which messages a subscriber wants, and from where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from datasynth.errors import InvalidRequest
from datasynth.transports.guard import TICKET
from datasynth.transports.query_keys import VIEWS, key_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

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

KEYS: Final = ("types", "view", "stream_id", "from", "line", TICKET)

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)


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
    """

    types: frozenset[str] = frozenset(TYPES)
    documents: bool = False
    stream_id: str | None = None
    first: int | None = 0
    line: int = 1


def parse_query(arguments: MultiDict[str, str]) -> EventQuery:
    """Read a query.

    Raises
    ------
    InvalidRequest
        With every problem in ``details``, by key.
    """
    problems = key_problems(arguments, KEYS)
    given = {key: arguments[key] for key in KEYS if key in arguments and key not in problems}
    types = frozenset(given["types"].split(",")) if "types" in given else frozenset(TYPES)
    view = given.get("view", "line")
    problems |= _value_problems(given, types, view)
    if problems:
        raise InvalidRequest("The query cannot be understood.", problems)
    start = given.get("from", "0")
    return EventQuery(
        types=types,
        documents=view == "document",
        stream_id=given.get("stream_id"),
        first=None if start == LATEST else int(start),
        line=int(given.get("line", "1")),
    )


def refuse_any_but_ticket(arguments: MultiDict[str, str]) -> None:
    """Refuse a query that has other keys than the ticket.

    Raises
    ------
    InvalidRequest
        With every problem in ``details``, by key.
    """
    problems = key_problems(arguments, (TICKET,))
    if problems:
        raise InvalidRequest("The query cannot be understood.", problems)


def _value_problems(given: Mapping[str, str], types: frozenset[str], view: str) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    unknown = sorted(types.difference(TYPES))
    if unknown:
        problems["types"] = [f"There is no type {name!r}; there are {', '.join(TYPES)}." for name in unknown]
    if view not in VIEWS:
        problems["view"] = [f"One of {', '.join(VIEWS)}."]
    if given.get("stream_id") == "":
        problems["stream_id"] = ["An id cannot be empty."]
    start = given.get("from")
    if start is not None and start != LATEST and not _NUMBER.fullmatch(start):
        problems["from"] = [f"The sequence number of an entry, from 0, or {LATEST!r}."]
    line_problem = _line_problem(given.get("line"), start, view)
    if line_problem:
        problems["line"] = [line_problem]
    return problems


def _line_problem(line: str | None, start: str | None, view: str) -> str:
    if line is None:
        return ""
    if not _NUMBER.fullmatch(line) or int(line) == 0:
        return "The number of a line, from 1."
    if start is None or start == LATEST:
        return "It needs from=<sequence>: it is a line of that entry."
    if view != "line":
        return "It needs the line view: in view=document entries are whole."
    return ""
