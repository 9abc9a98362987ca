"""The gunicorn worker: greenlets for sockets, native threads for everything else.

gunicorn's own gevent worker replaces threads and queues by greenlets too.  Then
numpy and the kernels would stop the hub, generators would share one core, and
gRPC, whose threads live outside of Python, would hang.  This one leaves both
alone; what is native stays native, and only `bridge` crosses over.

It also ends sooner and more politely: listeners close at once, readers are
told, connections that only wait for a next request are let go, and nobody can
delay the end for longer than `DRAIN_SECONDS`.
"""

from __future__ import annotations

import _socket
import json
import os
import signal
import ssl
import time
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from gevent import monkey, socket
from gevent.pool import Pool
from gevent.server import StreamServer
from gunicorn.http.errors import ParseException
from gunicorn.sock import ssl_context
from gunicorn.workers.ggevent import GeventWorker

from datasynth.errors import DatasynthError, InternalError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAIN_SECONDS = 5.0
"""How long connections may take to end after a signal. [s]"""

HANDSHAKE_SECONDS = 10.0
"""How long a client may take to agree on TLS. [s]"""

LINGER_SECONDS = 1.0
"""How long the rest of a request that was refused is still read. [s]"""

LINGER_BYTES = 65_536

_TICK_SECONDS = 0.5
_DRAIN_TICK_SECONDS = 0.05


class Ending(Protocol):
    """What the worker has to know of the native side in order to end it."""

    def begin(self) -> None:
        """Tell every reader and start to stop; returns at once."""

    def finished(self) -> bool:
        """Tell whether all has stopped."""


class DatasynthWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """One process, one hub, many greenlets, and native threads beside them.

    Attributes
    ----------
    ending
        The native side, once it has been started.
    """

    ending: Ending | None = None
    sockets: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._clients: dict[object, Any] = {}
        self._idle: set[Any] = set()
        self._tls: ssl.SSLContext | None = None

    @staticmethod
    def in_charge() -> bool:
        """Tell whether this process has been patched as this worker does it."""
        return bool(monkey.is_module_patched("socket")) and not monkey.is_module_patched("threading")

    def patch(self) -> None:
        """Make sockets, sleeping and files cooperative, and leave threads and queues as they are."""
        monkey.patch_all(thread=False, queue=False)
        self.sockets = [
            socket.socket(listener.FAMILY, socket.SOCK_STREAM, fileno=listener.sock.detach())
            for listener in self.sockets
        ]

    def init_signals(self) -> None:
        """Leave it to the arbiter what a hang-up of the terminal means."""
        super().init_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_quit(self, sig: int, frame: object) -> None:
        """End as politely on SIGINT and SIGQUIT as on SIGTERM."""
        self.handle_exit(sig, frame)

    def run(self) -> None:
        """Serve until a signal comes, then drain."""
        self._tls = ssl_context(self.cfg) if self.cfg.is_ssl else None
        servers = [self._serve(listener) for listener in self.sockets]
        while self.alive:
            self.notify()
            gevent.sleep(_TICK_SECONDS)
        self._drain(servers)
        # All is told and closed.  The interpreter's own way out would take seconds to tear compiled code
        # down, and wait without end for a thread of a pool that is stuck in a call.
        os._exit(0)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection, after the TLS handshake where there is one."""
        if self._tls is not None:
            try:
                with gevent.Timeout(HANDSHAKE_SECONDS, TimeoutError("no TLS handshake")):
                    client = self._tls.wrap_socket(client, server_side=True)
            except OSError as error:
                self.log.debug("TLS with %s failed: %s", addr, error)
                client.close()
                return
        greenlet = gevent.getcurrent()
        self._clients[greenlet] = client
        try:
            super().handle(listener, client, addr)
        finally:
            del self._clients[greenlet]

    @contextmanager
    def timeout_ctx(self) -> Iterator[None]:
        """Bound the wait for a request, and remember which connections wait for one."""
        client = self._clients[gevent.getcurrent()]
        self._idle.add(client)
        try:
            with gevent.Timeout(self.cfg.keepalive, False):  # type: ignore[arg-type]  # False: just leave the block
                yield
        finally:
            self._idle.discard(client)

    def handle_error(self, _request: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what never became a request, or failed outside of the application, in the one shape."""
        answer: DatasynthError
        if isinstance(exc, gevent.GreenletExit):
            return
        if isinstance(exc, ParseException | ssl.SSLError):
            self.log.debug("A request of %s cannot be read: %s", addr, exc)
            answer = InvalidRequest(f"This is not an HTTP request that the server reads: {exc}")
        else:
            self.log.error("A connection failed", exc_info=exc)
            answer = InternalError("The server failed; its log tells more.")
        try:
            client.sendall(_response(answer))
            _shut(client, socket.SHUT_WR)
            # To close a socket with unread input would destroy the answer on its way out.
            with gevent.Timeout(LINGER_SECONDS, False):  # type: ignore[arg-type]  # as in timeout_ctx
                while client.recv(LINGER_BYTES):
                    continue
        except OSError as error:
            self.log.debug("%s is gone: %s", addr, error)

    def _serve(self, listener: Any) -> StreamServer:
        listener.setblocking(True)
        server = StreamServer(
            listener, handle=partial(self.handle, listener), spawn=Pool(self.worker_connections)
        )
        server.start()
        return server

    def _drain(self, servers: list[StreamServer]) -> None:
        for server in servers:
            server.close()
        if self.ending is not None:
            self.ending.begin()
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._busy(servers) and time.monotonic() < deadline:
            self.notify()
            self._let_go()
            gevent.sleep(_DRAIN_TICK_SECONDS)
        for server in servers:
            server.stop(timeout=1)

    def _busy(self, servers: list[StreamServer]) -> bool:
        native = self.ending is not None and not self.ending.finished()
        return native or any(server.pool for server in servers)

    def _let_go(self) -> None:
        """Close kept-alive connections; a request that has arrived meanwhile is still read."""
        for client in tuple(self._idle):
            with suppress(OSError):
                _shut(client, socket.SHUT_RD)


def _shut(client: Any, direction: int) -> None:
    """End one direction of a connection.

    The kernel is asked directly: the call of a cooperative socket would break
    the waits that are under way, that of an encrypted one its encryption.
    """
    plain = _socket.socket(fileno=os.dup(client.fileno()))
    try:
        plain.shutdown(direction)
    finally:
        plain.close()


def _response(error: DatasynthError) -> bytes:
    body = json.dumps({"error": error.code, "message": error.message, "details": error.details}).encode()
    head = (
        f"HTTP/1.1 {error.status.value} {error.status.phrase}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
