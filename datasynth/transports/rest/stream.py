"""`/api/stream` and `/api/streams`: start, steer and look at streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, g, request

from datasynth.service.streams.start_request import StartRequest
from datasynth.service.threads.caller import Caller
from datasynth.transports.rest.body import sent_document
from datasynth.transports.rest.listening_waker import ListeningWaker

if TYPE_CHECKING:
    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker, WakerFactory


def blueprint(services: Services, new_waker: WakerFactory) -> Blueprint:
    """Build the calls about streams."""
    calls = Blueprint("stream", __name__)
    _add_control(calls, services, new_waker)
    _add_listing(calls, services)
    return calls


def _add_control(calls: Blueprint, services: Services, new_waker: WakerFactory) -> None:
    registry = services.registry

    def waker() -> Waker:
        return ListeningWaker(new_waker(), request.environ)

    @calls.post("/api/stream/start")
    def start() -> dict[str, object]:
        wanted = StartRequest.parse(sent_document())
        document = services.config_store.document
        return _done("started", registry.start(wanted, document, Caller(g.client, waker())))

    @calls.post("/api/stream/stop")
    def stop() -> dict[str, object]:
        return _done("stopped", registry.stop())

    @calls.post("/api/stream/pause")
    def pause() -> dict[str, object]:
        return _done("paused", registry.pause())

    @calls.post("/api/stream/resume")
    def resume() -> dict[str, object]:
        return _done("resumed", registry.resume())

    @calls.post("/api/stream/trigger", defaults={"pattern": ""})
    @calls.post("/api/stream/trigger/<path:pattern>")
    def trigger(pattern: str) -> dict[str, object]:
        stream, package = registry.trigger(pattern, waker())
        return {
            **_done("triggered", stream),
            "pattern": package.pattern,
            "at_sequence": package.at_sequence,
            "entries": package.entries,
        }


def _add_listing(calls: Blueprint, services: Services) -> None:
    registry = services.registry

    @calls.get("/api/stream")
    def current() -> dict[str, object]:
        return registry.current().status().as_dict()

    @calls.get("/api/streams")
    def listing() -> dict[str, object]:
        return {"streams": [stream.status().as_dict() for stream in registry.all()]}

    @calls.get("/api/streams/<stream_id>")
    def one(stream_id: str) -> dict[str, object]:
        return registry.get(stream_id).status().as_dict()


def _done(status: str, stream: Stream) -> dict[str, object]:
    return {"status": status, "stream_id": stream.id}
