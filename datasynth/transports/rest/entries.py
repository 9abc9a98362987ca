"""`/api/entries`: any range of any stream as a download."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

from datasynth.encoding import Format, content_type, header
from datasynth.service.threads.caller import Caller
from datasynth.transports.answering import WAITS
from datasynth.transports.rest.conditions import announce, is_unchanged
from datasynth.transports.rest.delivery import Delivery
from datasynth.transports.rest.listening_waker import ListeningWaker
from datasynth.transports.rest.query import read_download_query
from datasynth.transports.rest.request_id import request_id

if TYPE_CHECKING:
    from datasynth.service.downloads.download import Download
    from datasynth.service.services import Services
    from datasynth.service.threads.waker import WakerFactory
    from datasynth.transports.rest.query import DownloadQuery


def blueprint(services: Services, new_waker: WakerFactory) -> Blueprint:
    """Build the download call."""
    calls = Blueprint("entries", __name__)

    @calls.get("/api/entries")
    def download() -> Response:
        wanted = read_download_query(request.args)
        waker = ListeningWaker(new_waker(), request.environ)
        opened = services.downloads.open(
            wanted.stream_id, wanted.first, wanted.count, wanted.format, Caller(g.client, waker)
        )
        try:
            return _answer(wanted, opened, waker, services.version)
        except BaseException:
            opened.close()
            raise

    return calls


def _answer(wanted: DownloadQuery, opened: Download, waker: ListeningWaker, version: str) -> Response:
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
    answer.response = Delivery(heading, opened, waker, request_id())
    return answer


def file_name(wanted: DownloadQuery, opened: Download) -> str:
    """Name a file for what is downloaded: the stream, if one was named, and the range."""
    stream = "" if wanted.stream_id is None else f"{wanted.stream_id}-"
    content = "documents" if wanted.format is Format.NDJSON_DOCUMENTS else "entries"
    extension = "csv" if wanted.format is Format.CSV_LINES else "ndjson"
    return f"{content}-{stream}from-{opened.first}-count-{opened.end - opened.first}.{extension}"
