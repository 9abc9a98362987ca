"""The calls that need no more than a line each: configuration, streams, tickets and probes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import Blueprint, g, request

from datasynth.errors import Overloaded
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.threads.waker import Caller
from datasynth.transports.guard import TICKET_PATH, principal_of
from datasynth.transports.rest.body import sent_document
from datasynth.transports.rest.delivery import RequestWaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker, WakerFactory

PROBES = frozenset({"/health", "/live", "/ready"})
"""The probes: they answer at once, whatever else goes on."""

OPEN = PROBES | {"/", "/version"}
"""Paths that need no key and do not count."""


def blueprint(services: Services, new_waker: WakerFactory) -> Blueprint:
    """Build the calls."""
    calls = Blueprint("calls", __name__)
    _add_config(calls, services)
    _add_control(calls, services, new_waker)
    _add_listing(calls, services)
    _add_probes(calls, services)

    @calls.post(TICKET_PATH)
    def issue_ticket() -> dict[str, object]:
        ticket = services.tickets.issue(principal_of(request.environ))
        return {"ticket": ticket, "expires_in": int(services.tickets.lifetime)}

    return calls


def _add_config(calls: Blueprint, services: Services) -> None:
    store = services.config_store

    @calls.get("/api/config")
    def show() -> dict[str, object]:
        return store.document.as_json()

    @calls.post("/api/config")
    def change() -> dict[str, object]:
        return store.merge(sent_document()).as_json()

    @calls.post("/api/config/validate")
    def validate() -> dict[str, object]:
        return {"valid": True, "config": store.validate(sent_document()).as_json()}


def _add_control(calls: Blueprint, services: Services, new_waker: WakerFactory) -> None:
    registry = services.registry

    def waker() -> Waker:
        return RequestWaker(new_waker(), request.environ)

    @calls.post("/api/stream/start")
    def start() -> dict[str, object]:
        wanted = StartRequest.parse(sent_document())
        document = services.config_store.document
        return _done("started", registry.start(wanted, document, Caller(g.client, waker())))

    def steer(done: str, act: Callable[[], Stream]) -> dict[str, object]:
        return _done(done, act())

    for verb, done, act in (
        ("stop", "stopped", registry.stop),
        ("pause", "paused", registry.pause),
        ("resume", "resumed", registry.resume),
    ):
        calls.add_url_rule(f"/api/stream/{verb}", verb, partial(steer, done, act), methods=["POST"])

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
        return registry.current().advance().as_dict()

    @calls.get("/api/streams")
    def listing() -> dict[str, object]:
        return {"streams": [stream.advance().as_dict() for stream in registry.all()]}

    @calls.get("/api/streams/<stream_id>")
    def one(stream_id: str) -> dict[str, object]:
        return registry.get(stream_id).advance().as_dict()


def _add_probes(calls: Blueprint, services: Services) -> None:
    @calls.get("/health")
    def health() -> dict[str, object]:
        return {"status": "healthy", "uptime_seconds": int(services.uptime), "version": services.version}

    @calls.get("/live")
    def live() -> dict[str, object]:
        return {"status": "live"}

    @calls.get("/ready")
    def ready() -> dict[str, object]:
        if reasons := services.readiness.reasons():
            raise Overloaded(" ".join(reasons), {"reasons": reasons})
        return {"status": "ready"}


def _done(status: str, stream: Stream) -> dict[str, object]:
    return {"status": status, "stream_id": stream.id}
