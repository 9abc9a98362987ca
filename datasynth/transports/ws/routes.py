"""The two WebSocket addresses: ``/ws/events`` and ``/ws/metrics``."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from flask import g, request

from datasynth.errors import InvalidRequest
from datasynth.service.threads.waker import Caller
from datasynth.transports.guard import EVENTS_PATH
from datasynth.transports.ws.frames import SHUT_DOWN, CloseCode, encode_metrics
from datasynth.transports.ws.query import parse_query, refuse_any_but_ticket
from datasynth.transports.ws.subscriber import Subscriber
from datasynth.transports.ws.upgrade import OpenSockets, Upgrade, UpgradeSock

if TYPE_CHECKING:
    from flask import Flask

    from datasynth.service.services import Services
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker, WakerFactory
    from datasynth.transports.ws.query import EventQuery
    from datasynth.transports.ws.socket import Socket

METRICS_EVERY: Final = 1.0
"""Pause between two messages of ``/ws/metrics``. [s]"""


def register(app: Flask, services: Services, new_waker: WakerFactory) -> None:
    """Add the WebSocket calls to an application, whose hooks and error handlers serve them too."""
    sockets = OpenSockets(services, new_waker)
    services.counters.gauge("websockets_open", lambda: len(sockets))
    sock = UpgradeSock(app)

    @sock.route(EVENTS_PATH)
    def ws_events() -> Upgrade:
        query = parse_query(request.args)
        stream = find_stream(services, query)
        client: str = g.client

        def converse(socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
            return Subscriber(services, query, stream, socket, Caller(client, waker)).run()

        return Upgrade(request, sockets, converse)

    @sock.route("/ws/metrics")
    def ws_metrics() -> Upgrade:
        refuse_any_but_ticket(request.args)

        def converse(socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
            return send_metrics(services, socket, waker)

        return Upgrade(request, sockets, converse)


def find_stream(services: Services, query: EventQuery) -> Stream | None:
    """Return the first stream of a subscriber; None if it has to wait for one.

    Raises
    ------
    NotFound
        If there is no stream of that id.
    InvalidRequest
        If the stream ends before the first entry wanted.
    """
    registry = services.registry
    stream = registry.join() if query.stream_id is None else registry.get(query.stream_id)
    end = inf if stream is None else stream.snapshot().end
    if query.first is not None and query.first > end:
        problem = f"The stream has {end} entries."
        raise InvalidRequest("The query asks for entries past the end.", {"from": [problem]})
    return stream


def send_metrics(services: Services, socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
    """Send the server's counters once a second until the server or the peer ends the connection."""
    due = services.clock()
    while not services.registry.closing:
        waker.clear()
        next_check = socket.keep_alive()
        now = services.clock()
        if now >= due:
            socket.send(encode_metrics(services.counters.snapshot()))
            due = due + METRICS_EVERY if due + METRICS_EVERY > now else now + METRICS_EVERY
        waker.wait(min(next_check, max(0.0, due - now)))
    return SHUT_DOWN
