"""The query of a call for reference data: every fault found and told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from datasynth.encoding.tables import TableFormat
from datasynth.errors import InvalidRequest
from datasynth.service.reference.reference import LARGEST_PAGE, USUAL_PAGE, Scope
from datasynth.transports.query_keys import key_problems

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from datasynth.service.reference.query import At
    from datasynth.transports.query_keys import Problems

KEYS = ("stream_id", "company", "format")
DATED_KEYS = (*KEYS, "at")
PAGED_KEYS = (*DATED_KEYS, "limit", "cursor")

_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReferenceQuery:
    """What a client wants to know.

    Attributes
    ----------
    scope
        Of what, and in which format.
    at
        When.
    limit, cursor
        Which page.
    """

    scope: Scope
    at: At = None
    limit: int = USUAL_PAGE
    cursor: str | None = None


def read_reference_query(query: MultiDict[str, str], keys: Sequence[str]) -> ReferenceQuery:
    """Read a query that may have these keys.

    Raises
    ------
    InvalidRequest
        ``details`` maps each faulty key to a list of sentences.
    """
    problems = key_problems(query, keys)
    at = _at(query.get("at"), problems)
    limit = _limit(query.get("limit"), problems)
    format = _format(query.get("format", TableFormat.JSON), problems)
    if problems or format is None:
        raise InvalidRequest(f"The query has faults in: {', '.join(problems)}.", problems)
    scope = Scope(format, query.get("stream_id"), query.get("company"))
    return ReferenceQuery(scope, at, limit, query.get("cursor"))


def _at(text: str | None, problems: Problems) -> At:
    if text is None:
        return None
    if _NUMBER.fullmatch(text):
        return int(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            problems.setdefault("at", []).append("There is no such date.")
            return None
    problems.setdefault("at", []).append("Must be a number of entries or a date such as 2024-03-31.")
    return None


def _limit(text: str | None, problems: Problems) -> int:
    if text is None:
        return USUAL_PAGE
    if _NUMBER.fullmatch(text) and 1 <= int(text) <= LARGEST_PAGE:
        return int(text)
    problems.setdefault("limit", []).append(
        f"Must be a whole number from 1 to {LARGEST_PAGE:,}, not {text[:40]!a}."
    )
    return USUAL_PAGE


def _format(name: str, problems: Problems) -> TableFormat | None:
    if name in set(TableFormat):
        return TableFormat(name)
    problems.setdefault("format", []).append(f"Must be one of: {', '.join(TableFormat)}.")
    return None
