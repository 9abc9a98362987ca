"""The query of a call for reference data: every fault found and told at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datasynth.encoding.tables import TableFormat
from datasynth.errors import InvalidRequest
from datasynth.service.reference.query import LARGEST_PAGE, USUAL_PAGE, Period, ReferenceQuery
from datasynth.transports.query_keys import DATE, read_date
from datasynth.transports.query_schema import QueryKey, choice, query_schema, read_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from datasynth.service.reference.query import At
    from datasynth.transports.query_schema import QuerySchema

_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)


def _at(text: str) -> At:
    if text == "head":
        return "head"
    if _NUMBER.fullmatch(text):
        return int(text)
    if not DATE.fullmatch(text):
        raise ValueError("Must be a number of entries, a date such as 2024-03-31, or head.")
    return read_date(text)


def _limit(text: str) -> int:
    if _NUMBER.fullmatch(text) and 1 <= int(text) <= LARGEST_PAGE:
        return int(text)
    raise ValueError(f"Must be a whole number from 1 to {LARGEST_PAGE:,}, not {text[:40]!a}.")


_KEYS = {
    "stream_id": QueryKey("Id of a stream, with its triggers; the current configuration by default."),
    "company": QueryKey("Code of one company.", type="string", minLength=1),
    "format": choice("JSON, or CSV with a header row.", TableFormat, TableFormat.JSON),
    "at": QueryKey(
        "A number of entries, a date (the end of that day), or `head` (the current position of the stream); "
        "the end of all entries by default.",
        _at,
        anyOf=[
            {"type": "integer", "minimum": 0},
            {"type": "string", "format": "date"},
            {"type": "string", "enum": ["head"]},
        ],
    ),
    "limit": QueryKey(
        "Largest number of items in an answer.",
        _limit,
        type="integer",
        minimum=1,
        maximum=LARGEST_PAGE,
        default=USUAL_PAGE,
    ),
    "per": choice("Count entries by day or by month.", Period, Period.DAY),
    "cursor": QueryKey(
        "`next_cursor` of the previous page; `stream_id`, `company` and `at` must be the same."
    ),
}


def reference_schema(keys: Sequence[str]) -> type[QuerySchema]:
    """Return the schema of a query that may have these keys."""
    return query_schema({key: _KEYS[key] for key in keys})


def read_reference_query(query: MultiDict[str, str], keys: Sequence[str]) -> ReferenceQuery:
    """Read a query that may have these keys.

    Raises
    ------
    InvalidRequest
        ``details`` maps each faulty key to a list of sentences.
    """
    values, problems = read_query(reference_schema(keys), query)
    if problems:
        raise InvalidRequest(f"These keys of the query are not valid: {', '.join(problems)}.", problems)
    return ReferenceQuery(**{key: value for key, value in values.items() if value is not None})
