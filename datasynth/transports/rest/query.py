"""The query of a download: every fault found and told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.encoding import Format
from datasynth.errors import InvalidRequest
from datasynth.transports.query_keys import key_problems

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from datasynth.transports.query_keys import Problems

KEYS = ("stream_id", "from", "count", "format", "view")
FORMATS = ("ndjson", "csv")
VIEWS = ("line", "document")

_ENCODINGS = {
    ("ndjson", "line"): Format.NDJSON_LINES,
    ("ndjson", "document"): Format.NDJSON_DOCUMENTS,
    ("csv", "line"): Format.CSV_LINES,
}

_WHOLE_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class DownloadQuery:
    """What a client wants to download.

    Attributes
    ----------
    stream_id
        A stream that the server knows, or None for the present configuration.
    first
        Sequence number of the first entry.
    count
        Number of entries, or None for all from `first` on.
    format
        How they are encoded.
    """

    stream_id: str | None
    first: int
    count: int | None
    format: Format


def read_download_query(query: MultiDict[str, str]) -> DownloadQuery:
    """Read the query of ``GET /api/entries``.

    Raises
    ------
    InvalidRequest
        ``details`` maps each faulty key to a list of sentences.
    """
    problems = key_problems(query, KEYS)
    first = _whole_number(query, "from", problems)
    count = _whole_number(query, "count", problems)
    encoding = _encoding(query, problems)
    if problems or encoding is None:
        raise InvalidRequest(f"The query has faults in: {', '.join(problems)}.", problems)
    return DownloadQuery(query.get("stream_id"), first or 0, count, encoding)


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


def _encoding(query: MultiDict[str, str], problems: Problems) -> Format | None:
    name, view = query.get("format", "ndjson"), query.get("view", "line")
    if name not in FORMATS:
        problems.setdefault("format", []).append(f"Must be one of: {', '.join(FORMATS)}.")
    if view not in VIEWS:
        problems.setdefault("view", []).append(f"Must be one of: {', '.join(VIEWS)}.")
    encoding = _ENCODINGS.get((name, view))
    if encoding is None and not problems.keys() & {"format", "view"}:
        problems["view"] = [f"The format {name} has no view {view}."]
    return encoding
