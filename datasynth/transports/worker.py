"""The gunicorn worker: greenlets for sockets, native threads for everything else.

gunicorn's own gevent worker replaces threads and queues by greenlets too.  Then
numpy and the kernels would stop the hub, generators would share one core, and
gRPC, whose threads live outside of Python, would hang.  This one leaves both
alone; what is native stays native, and only `bridge` crosses over.

Requests have to arrive in time (`arrival`), and connections that wait give way
to new ones when there are many (`connection`).

It also ends sooner and more politely: listeners close at once, readers are
told, connections that only wait for a next request are let go, and nobody can
delay the end for longer than `DRAIN_SECONDS`.
"""

from __future__ import annotations

import errno
import os
import resource
import signal
import ssl
import sys
import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import gevent
from gevent import monkey, socket
from gevent.pool import Pool
from gunicorn import http, util
from gunicorn.http.errors import NoMoreData
from gunicorn.sock import ssl_context
from gunicorn.workers.ggevent import GeventWorker

from datasynth.transports.accepting import Listener, Shortage
from datasynth.transports.answering import sent_in_time
from datasynth.transports.arrival import Allowance, Arrival
from datasynth.transports.connection import Connection, Connections, Reader, take_rest
from datasynth.transports.parsed_request import aim, announced, check_patience, is_last
from datasynth.transports.refusal import id_of, last_answer, refusal_of, server_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAIN_SECONDS = 5.0
"""How long connections may take to end after a signal. [s]"""

HANDSHAKE_SECONDS = 10.0
"""How long a client may take to agree on TLS. [s]"""

SPARE_CONNECTIONS = 128
"""How many connections more than the limit are served, when none can give way."""

SPARE_DESCRIPTORS = 256
"""What is left to gRPC, files and pipes, or a quarter of all where there are few."""

_GONE = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF})

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
    allowance
        How long requests may take to arrive; gunicorn's keep-alive says how long idle
        connections are kept.
    """

    ending: Ending | None = None
    allowance = Allowance()
    sockets: list[Any]
    wsgi: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = min(self.worker_connections, _affordable())
        self._connections = Connections(limit, self.allowance.taking)
        self._served: dict[object, Connection] = {}
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
        self.allowance = replace(self.allowance, idle=float(self.cfg.keepalive))
        self.wsgi = sent_in_time(
            self.wsgi, lambda: self._served[gevent.getcurrent()], self._connections, self.allowance.taking
        )
        servers = self._listen(Pool(self._connections.limit + SPARE_CONNECTIONS))
        while self.alive:
            self.notify()
            # Where no further connection can be taken in, none comes to ask for room.
            self._connections.make_room()
            gevent.sleep(_TICK_SECONDS)
        self._drain(servers)
        # All is told and closed.  The interpreter's own way out would take seconds to tear compiled code
        # down, and wait without end for a thread of a pool that is stuck in a call.
        os._exit(0)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection, after the TLS handshake where there is one."""
        client.setblocking(True)
        connection = Connection(client, Arrival(self.allowance))
        greenlet = gevent.getcurrent()
        self._served[greenlet] = connection
        with self._connections.held(connection):
            try:
                if self._tls is None or self._secure(connection, self._tls, addr):
                    self._converse(listener, connection, addr)
            finally:
                util.close(connection.client)
                del self._served[greenlet]

    def handle_error(self, request: Any, connection: Connection, addr: Any, exc: BaseException) -> None:
        """Answer what never became a request, or failed outside of the application, in the one shape."""
        if isinstance(exc, gevent.GreenletExit):
            return
        request_id = id_of([] if request is None else request.headers)
        refusal = refusal_of(exc)
        if refusal is None:
            self.log.error("Request %s failed outside of the application", request_id, exc_info=exc)
        else:
            self.log.debug("Request %s of %s is refused: %s", request_id, addr, exc)
        bodiless = request is not None and request.method == "HEAD"
        answer = last_answer(refusal or server_fault(request_id), request_id, bodiless=bodiless)
        try:
            connection.client.sendall(answer)
        except OSError as error:
            self.log.debug("%s is gone: %s", addr, error)
        else:
            connection.part()

    def _listen(self, pool: Pool) -> list[Listener]:
        shortage = Shortage()
        servers = []
        for listener in self.sockets:
            listener.setblocking(True)
            handle = partial(self.handle, listener.getsockname())
            servers.append(Listener(listener, handle, pool, shortage, self._connections.dismiss_one))
            servers[-1].start()
        return servers

    def _secure(self, connection: Connection, tls: ssl.SSLContext, addr: Any) -> bool:
        """Agree on TLS; tell whether that went well."""
        seconds = min(HANDSHAKE_SECONDS, connection.arrival.left())
        try:
            with (
                self._connections.silent(connection),
                gevent.Timeout(seconds, TimeoutError("no TLS handshake")),
            ):
                connection.client = tls.wrap_socket(connection.client, server_side=True)
        except OSError as error:
            self.log.debug("TLS with %s failed: %s", addr, error)
            return False
        return True

    def _converse(self, name: Any, connection: Connection, addr: Any) -> None:
        """Answer the requests of a connection, one after the other."""
        try:
            for request in self._requests(connection, addr):
                if not self._answer(name, request, connection, addr):
                    break
        except (NoMoreData, ConnectionError, TimeoutError) as error:
            self.log.debug("%s is gone: %s", addr, error)
        except OSError as error:
            if isinstance(error, ssl.SSLError) and error.args[0] != ssl.SSL_ERROR_EOF:
                self.handle_error(connection.request, connection, addr, error)
            elif error.errno in _GONE or isinstance(error, ssl.SSLError):
                self.log.debug("%s is gone: %s", addr, error)
            else:
                self.log.exception("A socket failed.")
        except BaseException as error:  # noqa: BLE001  # the client is told, whatever it was
            self.handle_error(connection.request, connection, addr, error)

    def _requests(self, connection: Connection, addr: Any) -> Iterator[Any]:
        parser = http.get_parser(self.cfg, connection.client, addr)
        parser.unreader = reader = Reader(connection, self._connections)
        proxied: dict[str, Any] = {}
        while True:
            connection.arrival.expect(begun=reader.ahead)
            connection.request = None
            try:
                request = next(parser)
            except StopIteration:
                return
            proxied = request.proxy_protocol_info = request.proxy_protocol_info or proxied
            connection.arrival.expect_body(announced(request))
            if self._connections.crowded or is_last(request):
                request.force_close()
            reader.begin(request)
            aim(request)
            check_patience(request, ahead=reader.ahead)
            yield request

    def _answer(self, name: Any, request: Any, connection: Connection, addr: Any) -> bool:
        """Answer a request; tell whether the connection goes on."""
        goes_on = True
        try:
            self.handle_request(name, request, connection.client, addr)
        except StopIteration:
            goes_on = False
        if connection.uninvited or not take_rest(request.body):
            connection.part()
            return False
        return goes_on

    def _drain(self, servers: list[Listener]) -> None:
        for server in servers:
            server.close()
        if self.ending is not None:
            self.ending.begin()
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._busy(servers) and time.monotonic() < deadline:
            self.notify()
            # A request that has arrived meanwhile is still read.
            self._connections.dismiss_silent()
            gevent.sleep(_DRAIN_TICK_SECONDS)
        for server in servers:
            server.stop(timeout=1)

    def _busy(self, servers: list[Listener]) -> bool:
        native = self.ending is not None and not self.ending.finished()
        return native or any(server.pool for server in servers)


def _affordable() -> int:
    """How many connections there are descriptors for."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return sys.maxsize
    return descriptors - min(SPARE_DESCRIPTORS, descriptors // 4)
