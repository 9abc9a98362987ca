"""`/api/entries`: any range of any stream as a download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, g, request

from datasynth.encoding import content_type, header
from datasynth.service.caller import Caller
from datasynth.transports.rest.delivery import Delivery
from datasynth.transports.rest.listening_waker import ListeningWaker
from datasynth.transports.rest.query import read_download_query
from datasynth.transports.rest.request_id import request_id

if TYPE_CHECKING:
    from datasynth.service.services import Services
    from datasynth.service.waker import WakerFactory


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
        return Response(
            Delivery(header(wanted.format), opened, waker, request_id()),
            content_type=content_type(wanted.format),
            direct_passthrough=True,
        )

    return calls
