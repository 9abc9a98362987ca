"""The query and the headers of ``GET /api/entries``: what a client wants to download, and how."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from datasynth.encoding import (
    Amounts,
    Compression,
    EntriesFormat,
    FileFormat,
    FormatChoices,
    View,
    field_names,
)
from datasynth.errors import InvalidRequest
from datasynth.transports.query_schema import QueryKey, choice, day, keys_of, listed, query_schema, read_query

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from flask import Request
    from werkzeug.datastructures import MIMEAccept, MultiDict

    from datasynth.transports.query_keys import Problems

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


def _whole_number(text: str) -> int:
    if _WHOLE_NUMBER.fullmatch(text):
        # No journal has as many entries, so what is larger means the same.
        return min(int(text), _LARGEST)
    plus = " (In a query, + means a space.)" if text.startswith(" ") else ""
    raise ValueError(f"Must be a whole number, 0 or larger, not {text[:40]!a}.{plus}")


def _company(text: str) -> str:
    if not text:
        raise ValueError("Must not be empty.")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


_FIELDS = tuple(dict.fromkeys((*field_names(View.LINE), *field_names(View.DOCUMENT))))

DownloadSchema = query_schema(
    {
        "stream_id": QueryKey("Id of a stream; the current configuration by default."),
        "from": QueryKey("Sequence number of the first entry.", _whole_number, type="integer", minimum=0),
        "count": QueryKey(
            "Largest number of entries; 0 gives an empty file.", _whole_number, type="integer", minimum=0
        ),
        "from_date": day("First posting date."),
        "to_date": day("Last posting date."),
        "company": QueryKey(
            "Code of one company; only its entries are sent.", _company, type="string", minLength=1
        ),
        "format": choice("Format of the file; the format in `Accept` by default.", FileFormat),
        "view": choice("One record per line, or one per entry.", View, View.LINE),
        "fields": listed("Names of fields, in the order of the output.", _names, _FIELDS),
        "amounts": choice("Type of amounts in Arrow and Parquet.", Amounts),
        "compression": choice("Compression of the file; each format has its own choices.", Compression),
        "header": choice("Whether CSV begins with a header row.", _Switch, _Switch.TRUE),
        "dialect": choice("CSV dialect; Excel opens `excel` files by a double click.", _Dialect),
        "decimal": choice("Decimal separator of that dialect.", _Decimal, _Decimal.POINT),
    },
)
"""The query of ``GET /api/entries``."""

KEYS = keys_of(DownloadSchema)


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
    values, problems = read_query(DownloadSchema, query)
    format = _format(values, values["format"] or _accepted(accepted), problems)
    if problems or format is None:
        raise InvalidRequest(f"These keys of the query are not valid: {', '.join(problems)}.", problems)
    days = (values["from_date"], values["to_date"])
    return DownloadQuery(values["stream_id"], values["from"] or 0, values["count"], days, format)


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


def _format(values: Mapping[str, Any], file: FileFormat, problems: Problems) -> EntriesFormat | None:
    header = values["header"]
    choices = FormatChoices(
        file,
        values["view"] or View.LINE,
        values["amounts"],
        values["compression"],
        None if header is None else header is _Switch.TRUE,
        values["dialect"] is not None,
        values["decimal"] is _Decimal.COMMA,
        values["fields"],
    )
    for key, sentence in choices.problems().items():
        problems.setdefault(key, [sentence])
    return None if problems else choices.format(values["company"] or "")
