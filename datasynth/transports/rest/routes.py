"""The calls that need no more than a line each: configuration, streams, tickets and probes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import g, request

from datasynth.errors import Overloaded
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.threads.waker import Caller
from datasynth.transports.guard import principal_of
from datasynth.transports.operations import OperationBlueprint
from datasynth.transports.rest import operations
from datasynth.transports.rest.body import sent_document
from datasynth.transports.rest.delivery import RequestWaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker, WakerFactory


def blueprint(services: Services, new_waker: WakerFactory) -> OperationBlueprint:
    """Build the calls."""
    calls = OperationBlueprint("calls")
    _add_config(calls, services)
    _add_control(calls, services, new_waker)
    _add_listing(calls, services)
    _add_probes(calls, services)

    @calls.call(operations.ISSUE_TICKET)
    def issue_ticket() -> dict[str, object]:
        ticket = services.tickets.issue(principal_of(request.environ))
        return {"ticket": ticket, "expires_in": int(services.tickets.lifetime)}

    return calls


def _add_config(calls: OperationBlueprint, services: Services) -> None:
    store = services.config_store

    @calls.call(operations.SHOW_CONFIG)
    def show() -> dict[str, object]:
        return store.document.as_json()

    @calls.call(operations.CHANGE_CONFIG)
    def change() -> dict[str, object]:
        return store.merge(sent_document()).as_json()

    @calls.call(operations.VALIDATE_CONFIG)
    def validate() -> dict[str, object]:
        return {"valid": True, "config": store.validate(sent_document()).as_json()}


def _add_control(calls: OperationBlueprint, services: Services, new_waker: WakerFactory) -> None:
    registry = services.registry

    def waker() -> Waker:
        return RequestWaker(new_waker(), request.environ)

    @calls.call(operations.START)
    def start() -> dict[str, object]:
        wanted = StartRequest.parse(sent_document())
        document = services.config_store.document
        return _done("started", registry.start(wanted, document, Caller(g.client, waker())))

    def steer(done: str, act: Callable[[], Stream]) -> dict[str, object]:
        return _done(done, act())

    for operation, done, act in (
        (operations.STOP, "stopped", registry.stop),
        (operations.PAUSE, "paused", registry.pause),
        (operations.RESUME, "resumed", registry.resume),
    ):
        calls.call(operation)(partial(steer, done, act))

    @calls.call(operations.TRIGGER_NOTHING)
    @calls.call(operations.TRIGGER)
    def trigger(pattern: str = "") -> dict[str, object]:
        stream, package = registry.trigger(pattern, waker())
        return {
            **_done("triggered", stream),
            "pattern": package.pattern,
            "at_sequence": package.at_sequence,
            "entries": package.entries,
        }


def _add_listing(calls: OperationBlueprint, services: Services) -> None:
    registry = services.registry

    @calls.call(operations.SHOW_STREAM)
    def current() -> dict[str, object]:
        return registry.current().advance().as_dict()

    @calls.call(operations.LIST_STREAMS)
    def listing() -> dict[str, object]:
        return {"streams": [stream.advance().as_dict() for stream in registry.all()]}

    @calls.call(operations.SHOW_ONE_STREAM)
    def one(stream_id: str) -> dict[str, object]:
        return registry.get(stream_id).advance().as_dict()


def _add_probes(calls: OperationBlueprint, services: Services) -> None:
    @calls.call(operations.HEALTH)
    def health() -> dict[str, object]:
        return {"status": "healthy", "uptime_seconds": int(services.uptime), "version": services.version}

    @calls.call(operations.LIVE)
    def live() -> dict[str, object]:
        return {"status": "live"}

    @calls.call(operations.READY)
    def ready() -> dict[str, object]:
        if reasons := services.readiness.reasons():
            raise Overloaded(" ".join(reasons), {"reasons": reasons})
        return {"status": "ready"}


def _done(status: str, stream: Stream) -> dict[str, object]:
    return {"status": status, "stream_id": stream.id}
