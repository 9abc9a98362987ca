"""From a request to a WebSocket: the opening handshake, the conversation, the end.

flask-sock registers the routes.  This module replaces its server, which writes
parts of frames when a reader is slow, buffers whatever a client sends, lets
every client switch compression on, and ends each connection with an error in
the server's log.  Here the answer itself holds the conversation when the WSGI
server asks for its body, after Flask's hooks have seen it.  So a refusal before
it is an ordinary answer, and the headers that hooks add go out with the
handshake.
"""

from __future__ import annotations

import binascii
import logging
import re
from base64 import b64decode
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Response
from flask_sock import Sock
from wsproto.utilities import generate_accept_token

from datasynth.errors import InvalidRequest
from datasynth.service.threads.counters import Count
from datasynth.transports.bridge import fair_pause, run_beside
from datasynth.transports.guard import spend_ticket
from datasynth.transports.request_head import connection_of
from datasynth.transports.ws.frames import CloseCode
from datasynth.transports.ws.socket import PeerGone, Socket

if TYPE_CHECKING:
    import socket as sockets
    from collections.abc import Callable, Iterable

    from flask import Request
    from flask.typing import ResponseReturnValue

    from datasynth.service.services import Services
    from datasynth.service.threads.waker import Waker, WakerFactory

    Conversation = Callable[[Socket, Waker], tuple[CloseCode, str]]
    """Sends until there is nothing more to send, and returns why."""

VERSION: Final = "13"
KEY_BYTES: Final = 16
PASSED_ON: Final = ("x-ratelimit-", "x-request-id")
"""Headers of an ordinary answer that belong on a handshake too."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")

_LOGGER = logging.getLogger(__name__)


class UpgradeSock(Sock):  # type: ignore[misc]  # flask-sock has no types
    """flask-sock's registration of routes, for views that answer with an `Upgrade`."""

    def route(self, path: str, bp: Any = None, **options: Any) -> Callable[[Any], Any]:
        """Register a view under `path`, for requests that ask for a WebSocket."""
        target = bp or self.app

        def register(view: Callable[[], ResponseReturnValue]) -> Callable[[], ResponseReturnValue]:
            target.add_url_rule(path, view_func=view, websocket=True, methods=["GET"], **options)
            return view

        return register


class OpenSockets:
    """The WebSockets that are open now."""

    def __init__(self, services: Services, new_waker: WakerFactory) -> None:
        self.services = services
        self._new_waker = new_waker
        self._open: set[Socket] = set()

    def __len__(self) -> int:
        """Tell how many there are."""
        return len(self._open)

    def converse(self, raw: sockets.socket, conversation: Conversation) -> None:
        """Hold a conversation on a connection whose handshake is done, and end the connection."""
        waker = self._new_waker()
        socket = Socket(raw, waker, fair_pause(self._new_waker()), self.services.clock)
        registry = self.services.registry
        self.services.counters.add(Count.WEBSOCKETS_OPENED)
        self._open.add(socket)
        registry.attach(waker)
        try:
            run_beside(partial(socket.receive, fair_pause(self._new_waker())), waker)
            code, reason = self._outcome(conversation, socket, waker)
            socket.close(code, reason, lambda: registry.closing)
        finally:
            # Also when the greenlet is killed: the server may then look for a next request.
            socket.hang_up()
            registry.detach(waker)
            self._open.discard(socket)

    @staticmethod
    def _outcome(conversation: Conversation, socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
        try:
            return conversation(socket, waker)
        except PeerGone:
            return CloseCode.NORMAL, ""
        except Exception:
            _LOGGER.exception("A WebSocket connection was interrupted.")
            return CloseCode.INTERNAL_ERROR, "internal error"


class Upgrade(Response):
    """The answer that turns a request into a WebSocket, and holds a conversation on it.

    Raises
    ------
    InvalidRequest
        The handshake is not one.
    Unauthorized
        The ticket has been spent meanwhile.
    """

    def __init__(self, request: Request, sockets: OpenSockets, conversation: Conversation) -> None:
        super().__init__(status=HTTPStatus.SWITCHING_PROTOCOLS)
        self._subprotocol = first_subprotocol(request.headers.get("Sec-WebSocket-Protocol", ""))
        self._accept = generate_accept_token(_handshake_key(request)).decode()
        self._sockets = sockets
        self._conversation = conversation
        if connection_of(request.environ) is None:
            raise InvalidRequest("This server cannot pass on its connections, so WebSocket is not available.")
        # Nothing can refuse the upgrade after this.
        spend_ticket(request, sockets.services)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Shake hands, hold the conversation, and leave nothing for the server to do."""
        raw = connection_of(environ)
        if raw is not None:
            try:
                raw.sendall(self._handshake())
            except OSError:
                _LOGGER.debug("The client disconnected before the WebSocket handshake.")
            else:
                self._sockets.converse(raw, self._conversation)
        # The server now writes these headers to a connection that is shut down.  It gets EPIPE, which
        # servers take for a client that has left: no error in the log, and the connection is closed.
        start_response("101 Switching Protocols", [])
        return []

    def _handshake(self) -> bytes:
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {self._accept}",
        ]
        if self._subprotocol:
            lines.append(f"Sec-WebSocket-Protocol: {self._subprotocol}")
        lines += [f"{name}: {value}" for name, value in self.headers if name.lower().startswith(PASSED_ON)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def first_subprotocol(offered: str) -> str | None:
    """Choose the first subprotocol of those that a client offers.

    Messages are the same whatever it is called.  Chrome, Node's ``ws`` and
    websocket-client fail where they have offered some and none was chosen.
    """
    names = [name.strip(" \t") for name in offered.split(",")]
    return next((name for name in names if _TOKEN.fullmatch(name)), None)


def _handshake_key(request: Request) -> bytes:
    """Return the key that the server has to answer to."""
    if request.method != "GET":
        raise InvalidRequest("A WebSocket handshake must be a GET request.")
    if request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        raise InvalidRequest("A WebSocket handshake must use HTTP/1.1.")
    if request.headers.get("Sec-WebSocket-Version", "").strip() != VERSION:
        raise InvalidRequest(
            f"The server supports only version {VERSION} of the WebSocket protocol.",
            {"websocket_versions": [VERSION]},
        )
    key = request.headers.get("Sec-WebSocket-Key", "").encode("latin-1", "replace")
    try:
        size = len(b64decode(key, validate=True))
    except binascii.Error:
        size = 0
    if size != KEY_BYTES:
        raise InvalidRequest("Sec-WebSocket-Key must be 16 bytes in base64.")
    return key
