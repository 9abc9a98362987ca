"""The two WebSocket addresses: ``/ws/events`` and ``/ws/metrics``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import g, request

from datasynth.service.threads.waker import Caller
from datasynth.transports.events.messages import metrics_message
from datasynth.transports.events.query import find_stream, parse_query, refuse_any_but_ticket
from datasynth.transports.events.subscriber import Subscriber
from datasynth.transports.guard import EVENTS_PATH, METRICS_PATH
from datasynth.transports.ws.frames import SHUT_DOWN, CloseCode, text_frame
from datasynth.transports.ws.upgrade import OpenSockets, Upgrade, UpgradeSock
from datasynth.transports.ws.writer import CLOSE_CODES, FrameWriter

if TYPE_CHECKING:
    from flask import Flask

    from datasynth.service.services import Services
    from datasynth.service.threads.waker import Waker, WakerFactory
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
            writer = FrameWriter(socket)
            ending, reason = Subscriber(services, query, stream, writer, Caller(client, waker)).run()
            return CLOSE_CODES[ending], reason

        return Upgrade(request, sockets, converse)

    @sock.route(METRICS_PATH)
    def ws_metrics() -> Upgrade:
        refuse_any_but_ticket(request.args)

        def converse(socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
            return send_metrics(services, socket, waker)

        return Upgrade(request, sockets, converse)


def send_metrics(services: Services, socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
    """Send the server's counters once a second until the server or the peer ends the connection."""
    due = services.clock()
    while not services.registry.closing:
        waker.clear()
        next_check = socket.keep_alive()
        now = services.clock()
        if now >= due:
            socket.send(text_frame(metrics_message(services.counters.snapshot())))
            due = due + METRICS_EVERY if due + METRICS_EVERY > now else now + METRICS_EVERY
        waker.wait(min(next_check, max(0.0, due - now)))
    return SHUT_DOWN
