"""The query and the headers of ``GET /api/entries``: what a client wants to download, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from datasynth.encoding import (
    Amounts,
    Compression,
    EntriesFormat,
    FileFormat,
    FormatChoices,
    View,
)
from datasynth.errors import InvalidRequest
from datasynth.transports.query_keys import key_problems, read_date

if TYPE_CHECKING:
    from datetime import date

    from flask import Request
    from werkzeug.datastructures import MIMEAccept, MultiDict

    from datasynth.transports.query_keys import Problems

KEYS = (
    *("stream_id", "from", "count", "from_date", "to_date", "company"),
    *("format", "view", "fields", "amounts", "compression", "header", "dialect", "decimal"),
)

MEDIA_TYPES = {
    FileFormat.NDJSON: "application/x-ndjson",
    FileFormat.CSV: "text/csv",
    FileFormat.ARROW: "application/vnd.apache.arrow.stream",
    FileFormat.PARQUET: "application/vnd.apache.parquet",
}
"""Media type of each format: the key ``format`` may be left out for an ``Accept`` header that names one."""

CODINGS = {"zstd": Compression.ZSTD, "gzip": Compression.GZIP}
"""Content codings (RFC 9110, 8.4.1), the better first."""

_WHOLE_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)
_LARGEST = 2**63 - 1


class _Switch(StrEnum):
    TRUE = "true"
    FALSE = "false"


class _Dialect(StrEnum):
    EXCEL = "excel"


class _Decimal(StrEnum):
    POINT = "point"
    COMMA = "comma"


Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class DownloadQuery:
    """The range that a client wants to download, and how.

    Attributes
    ----------
    stream_id
        A stream that the server knows, or None for the present configuration.
    first
        Sequence number of the first entry.
    count
        Number of entries, or None for all from `first` on.
    days
        First and last posting date, each None for any.
    format
        How they are encoded.
    """

    stream_id: str | None
    first: int
    count: int | None
    days: tuple[date | None, date | None]
    format: EntriesFormat


def read_download_query(query: MultiDict[str, str], accepted: MIMEAccept | None = None) -> DownloadQuery:
    """Read the query of ``GET /api/entries``; an error tells every fault at once.

    Parameters
    ----------
    query
        What stands behind the question mark.
    accepted
        The media types that the client takes, for a query that names no format.

    Raises
    ------
    InvalidRequest
        ``details`` maps each faulty key to a list of sentences.
    """
    problems = key_problems(query, KEYS)
    first = _whole_number(query, "from", problems)
    count = _whole_number(query, "count", problems)
    days = (_day(query, "from_date", problems), _day(query, "to_date", problems))
    file = _choice(query, "format", FileFormat, problems) or _accepted(accepted)
    format = _format(query, file, problems)
    if problems or format is None:
        raise InvalidRequest(f"The query has faults in: {', '.join(problems)}.", problems)
    return DownloadQuery(query.get("stream_id"), first or 0, count, days, format)


def wanted_coding(asked: Request, format: EntriesFormat) -> tuple[Compression | None, bool]:
    """Return the content coding that a request accepts, if any, and whether it asks for it on purpose.

    Only text gets one, and only where no compression is chosen and no part is asked for.  Many libraries
    name all codings that they know without being told to, so a choice is on purpose if it is the only
    one, or if the uncompressed answer is refused or less welcome.
    """
    accepted = asked.accept_encodings
    if not format.records or asked.range is not None:
        return None, False
    ranked = sorted(CODINGS, key=lambda name: -accepted[name])
    best, plain = accepted[ranked[0]], accepted["identity"]
    if not best:
        return None, False
    named = {value.lower() for value, quality in accepted if quality}
    refused = any(value.lower() in {"identity", "*"} and not quality for value, quality in accepted)
    on_purpose = len(named) == 1 or refused or 0 < plain < best
    return CODINGS[ranked[0]], on_purpose


def _accepted(accepted: MIMEAccept | None) -> FileFormat:
    """The format that a client likes most; NDJSON where it names none of them."""
    found = None if accepted is None else accepted.best_match(MEDIA_TYPES.values())
    return next((file for file, kind in MEDIA_TYPES.items() if kind == found), FileFormat.NDJSON)


def _format(query: MultiDict[str, str], file: FileFormat, problems: Problems) -> EntriesFormat | None:
    header = _choice(query, "header", _Switch, problems)
    choices = FormatChoices(
        file,
        _choice(query, "view", View, problems) or View.LINE,
        _choice(query, "amounts", Amounts, problems),
        _choice(query, "compression", Compression, problems),
        None if header is None else header is _Switch.TRUE,
        _choice(query, "dialect", _Dialect, problems) is not None,
        _choice(query, "decimal", _Decimal, problems) is _Decimal.COMMA,
        tuple(query["fields"].split(",")) if "fields" in query else None,
    )
    for key, sentence in choices.problems().items():
        problems.setdefault(key, [sentence])
    company = query.get("company", "")
    if "company" in query and not company:
        problems["company"] = ["Must not be empty."]
    return None if problems else choices.format(company)


def _choice(query: MultiDict[str, str], key: str, choices: type[Choice], problems: Problems) -> Choice | None:
    name = query.get(key)
    if name is None:
        return None
    if name not in set(choices):
        problems.setdefault(key, []).append(f"Must be one of: {', '.join(choices)}.")
        return None
    return choices(name)


def _whole_number(query: MultiDict[str, str], key: str, problems: Problems) -> int | None:
    text = query.get(key)
    if text is None:
        return None
    if _WHOLE_NUMBER.fullmatch(text):
        # No journal has as many entries, so what is larger means the same.
        return min(int(text), _LARGEST)
    plus = " (In a query a + stands for a space.)" if text.startswith(" ") else ""
    problems.setdefault(key, []).append(f"Must be a whole number from 0 on, not {text[:40]!a}.{plus}")
    return None


def _day(query: MultiDict[str, str], key: str, problems: Problems) -> date | None:
    text = query.get(key)
    if text is None:
        return None
    try:
        return read_date(text)
    except ValueError as error:
        problems.setdefault(key, []).append(str(error))
        return None
