"""`/api/entries`: any range of any stream as a download."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from flask import Response, g, request

from datasynth.encoding import TEXTS, Compression, FileFormat, View
from datasynth.errors import NotFound, PreconditionFailed, RangeNotSatisfiable
from datasynth.service.threads.waker import Caller
from datasynth.transports.answering import WAITS
from datasynth.transports.operations import Operation, OperationBlueprint, SuccessSpec, component
from datasynth.transports.rest.conditions import announce, is_unchanged, parts_of
from datasynth.transports.rest.delivery import Delivery, RequestWaker
from datasynth.transports.rest.entries_query import (
    MEDIA_TYPES,
    DownloadSchema,
    read_download_query,
    wanted_coding,
)
from datasynth.transports.rest.schemas import TEXT

if TYPE_CHECKING:
    from datasynth.encoding import EntriesFormat
    from datasynth.service.downloads.download import Download
    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory
    from datasynth.transports.rest.entries_query import DownloadQuery

_PACKED = {
    Compression.GZIP: "application/gzip",
    Compression.ZSTD: "application/zstd",
}
"""Media type of text that is compressed because the query says so."""


_CONTENT = {
    MEDIA_TYPES[FileFormat.NDJSON]: {
        **TEXT,
        "description": "One object per line: an `EntryLine`, or in the document view an `EntryDocument`.",
        "contentMediaType": MEDIA_TYPES[FileFormat.NDJSON],
        "contentSchema": {"anyOf": [component("EntryLine"), component("EntryDocument")]},
    },
    MEDIA_TYPES[FileFormat.CSV]: TEXT,
    MEDIA_TYPES[FileFormat.ARROW]: {},
    MEDIA_TYPES[FileFormat.PARQUET]: {},
    **{packed: {} for packed in _PACKED.values()},
}

DOWNLOAD = Operation(
    name="download_entries",
    method="GET",
    path="/api/entries",
    subject="Downloads",
    summary="Download a range of a stream, or of the current configuration",
    query=DownloadSchema,
    successes=(
        SuccessSpec(
            "The entries.",
            _CONTENT,
            {"ETag": "Tag of the content.", "Content-Disposition": "Suggested name of the file."},
        ),
        *parts_of(_CONTENT),
    ),
    failures=(NotFound, PreconditionFailed, RangeNotSatisfiable),
)


class _Opened(NamedTuple):
    """A download that has begun.

    Attributes
    ----------
    waker
        It sleeps on this.
    format
        What it is sent in.
    coding
        Content coding, if any.
    """

    download: Download
    waker: RequestWaker
    format: EntriesFormat
    coding: Compression | None


def blueprint(services: Services, new_waker: WakerFactory) -> OperationBlueprint:
    """Build the download call."""
    calls = OperationBlueprint("entries")

    def begin(wanted: DownloadQuery, coding: Compression | None) -> _Opened:
        waker = RequestWaker(new_waker(), request.environ)
        format = wanted.format if coding is None else replace(wanted.format, compression=coding)
        download = services.downloads.open(
            wanted.stream_id, wanted.first, wanted.count, format, Caller(g.client, waker), wanted.days
        )
        return _Opened(download, waker, format, coding)

    @calls.call(DOWNLOAD)
    def download() -> Response:
        wanted = read_download_query(request.args, request.accept_mimetypes)
        coding, on_purpose = wanted_coding(request, wanted.format)
        opened = begin(wanted, coding if on_purpose else None)
        try:
            answer = _answer(wanted, opened, services.version)
            if (
                answer.status_code == HTTPStatus.OK
                and answer.content_length is None
                and opened.coding != coding
            ):
                # A long answer has no length anyway, and is worth the work.
                opened.download.close()
                opened = begin(wanted, coding)
                answer = _answer(wanted, opened, services.version, measured=False)
        except BaseException:
            opened.download.close()
            raise
        return answer

    return calls


def _answer(wanted: DownloadQuery, opened: _Opened, version: str, *, measured: bool = True) -> Response:
    download = opened.download
    tag = hashlib.sha256(f"{version} {download.name}".encode()).hexdigest()[:32]
    answer = Response(content_type=_content_type(opened), direct_passthrough=True)
    answer.headers["ETag"] = f'"{tag}"'
    answer.vary.update(["Accept", "Accept-Encoding"])
    if opened.coding is not None:
        answer.headers["Content-Encoding"] = str(opened.coding)
    if is_unchanged(request, tag):
        download.close()
        answer.status_code = HTTPStatus.NOT_MODIFIED
        return answer
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(wanted, download)}"'
    # What fails is to fail before the answer begins.
    download.begin()
    size = download.measure() if measured else None
    if size is not None:
        download.cut(*announce(answer, request, tag, size))
    request.environ[WAITS] = True
    answer.response = Delivery(b"", download, opened.waker, g.request_id)
    return answer


def _content_type(opened: _Opened) -> str:
    format = opened.format
    if opened.coding is None and format.packing in _PACKED and format.file in TEXTS:
        return _PACKED[format.packing]
    return "text/csv; charset=utf-8" if format.file is FileFormat.CSV else MEDIA_TYPES[format.file]


def file_name(wanted: DownloadQuery, download: Download) -> str:
    """Name the file of a download by the stream, if the query names one, and the range."""
    format = wanted.format
    stream = "" if wanted.stream_id is None else f"{wanted.stream_id}-"
    content = "documents" if format.view is View.DOCUMENT else "entries"
    return f"{content}-{stream}from-{download.first}-count-{download.end - download.first}{format.extension}"
