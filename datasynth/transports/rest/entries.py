"""`/api/entries`: any range of any stream as a download, and the reading of its query."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

from datasynth.encoding import Format, content_type, header
from datasynth.errors import InvalidRequest
from datasynth.service.threads.waker import Caller
from datasynth.transports.answering import WAITS
from datasynth.transports.query_keys import VIEWS, key_problems
from datasynth.transports.rest.conditions import announce, is_unchanged
from datasynth.transports.rest.delivery import Delivery, RequestWaker

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from datasynth.service.downloads.downloads import Download
    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory
    from datasynth.transports.query_keys import Problems

KEYS = ("stream_id", "from", "count", "format", "view")
FORMATS = ("ndjson", "csv")

_ENCODINGS = {
    ("ndjson", "line"): Format.NDJSON_LINES,
    ("ndjson", "document"): Format.NDJSON_DOCUMENTS,
    ("csv", "line"): Format.CSV_LINES,
}

_WHOLE_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)
_LARGEST = 2**63 - 1


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
    format
        How they are encoded.
    """

    stream_id: str | None
    first: int
    count: int | None
    format: Format


def blueprint(services: Services, new_waker: WakerFactory) -> Blueprint:
    """Build the download call."""
    calls = Blueprint("entries", __name__)

    @calls.get("/api/entries")
    def download() -> Response:
        wanted = read_download_query(request.args)
        waker = RequestWaker(new_waker(), request.environ)
        opened = services.downloads.open(
            wanted.stream_id, wanted.first, wanted.count, wanted.format, Caller(g.client, waker)
        )
        try:
            return _answer(wanted, opened, waker, services.version)
        except BaseException:
            opened.close()
            raise

    return calls


def _answer(wanted: DownloadQuery, opened: Download, waker: RequestWaker, version: str) -> Response:
    tag = hashlib.sha256(f"{version} {opened.name}".encode()).hexdigest()[:32]
    answer = Response(content_type=content_type(wanted.format), direct_passthrough=True)
    answer.headers["ETag"] = f'"{tag}"'
    if is_unchanged(request, tag):
        opened.close()
        answer.status_code = HTTPStatus.NOT_MODIFIED
        return answer
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(wanted, opened)}"'
    heading = header(wanted.format)
    size = opened.measure()
    if size is not None:
        start, stop = announce(answer, request, tag, len(heading) + size)
        opened.cut(max(start - len(heading), 0), max(stop - len(heading), 0))
        heading = heading[start:stop]
    request.environ[WAITS] = True
    answer.response = Delivery(heading, opened, waker, g.request_id)
    return answer


def file_name(wanted: DownloadQuery, opened: Download) -> str:
    """Name the file of a download by the stream, if the query names one, and the range."""
    stream = "" if wanted.stream_id is None else f"{wanted.stream_id}-"
    content = "documents" if wanted.format is Format.NDJSON_DOCUMENTS else "entries"
    extension = "csv" if wanted.format is Format.CSV_LINES else "ndjson"
    return f"{content}-{stream}from-{opened.first}-count-{opened.end - opened.first}.{extension}"


def read_download_query(query: MultiDict[str, str]) -> DownloadQuery:
    """Read the query of ``GET /api/entries``; an error tells every fault at once.

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
