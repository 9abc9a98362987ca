"""The gunicorn worker: greenlets for sockets, native threads for everything else.

gunicorn's own gevent worker replaces threads and queues by greenlets too.  Then
numpy and the kernels would stop the hub, generators would share one core, and
gRPC, whose threads live outside of Python, would hang.  This worker leaves both
alone: native threads stay native, and only `bridge` crosses over.

Requests have to arrive in time, and connections that wait give way to new ones
when there are many; both are in `connection`.

The worker ends politely and soon.  Listeners close at once, readers learn that
the server ends, idle connections close, and nobody can delay the end for
longer than `DRAIN_SECONDS`.
"""

from __future__ import annotations

import errno
import logging
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
from gevent.server import StreamServer
from gunicorn import http, util
from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http.errors import NoMoreData
from gunicorn.sock import ssl_context
from gunicorn.workers.ggevent import GeventWorker

from datasynth.transports.answering import sent_in_time
from datasynth.transports.connection import (
    Connection,
    Connections,
    Reader,
    RequestClock,
    TimeLimits,
    take_rest,
)
from datasynth.transports.parsed_request import (
    announced,
    check_handshake_alone,
    id_of,
    is_last,
    last_answer,
    refusal_of,
    server_fault,
    take_host_of_target,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gunicorn.config import Config

DRAIN_SECONDS = 5.0
"""How long connections may take to end after a signal. [s]"""

HANDSHAKE_SECONDS = 10.0
"""How long a client may take to agree on TLS. [s]"""

SPARE_CONNECTIONS = 128
"""How many connections above the limit are served when none can give way."""

SPARE_DESCRIPTORS = 256
"""How many descriptors are left to gRPC, files and pipes; a quarter of all where there are few."""

RETRY_SECONDS = 0.05
"""Pause before the next attempt to accept when descriptors are short. [s]"""

QUIET_SECONDS = 60.0
"""A failure to accept is logged if the last one is longer ago. [s]"""

_SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_GONE = frozenset({errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.EBADF})

_TICK_SECONDS = 0.5
_DRAIN_TICK_SECONDS = 0.05

# What the arbiter logs about a worker that could not start, after the worker itself has said why.
_EXIT = "Worker (pid:%s) exited with code %s."
_ECHOES = ("Shutting down: %s", "Reason: %s")
_SAID_WHY = (Arbiter.WORKER_BOOT_ERROR, Arbiter.APP_LOAD_ERROR)

_log = logging.getLogger(__name__)


class Stoppable(Protocol):
    """The native threads behind a worker, as far as the worker ends them."""

    def begin_stop(self) -> None:
        """End every reader and start to stop; returns at once."""

    def stopped(self) -> bool:
        """Tell whether everything has stopped."""


class DatasynthWorker(GeventWorker):  # type: ignore[misc]  # gunicorn has no types
    """One process, one hub, many greenlets, and native threads beside them.

    Attributes
    ----------
    native
        The native threads, once they have been started.
    time_limits
        How long requests may take to arrive; gunicorn's keep-alive says how long idle
        connections are kept.
    """

    native: Stoppable | None = None
    time_limits = TimeLimits()
    sockets: list[Any]
    wsgi: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = min(self.worker_connections, _affordable())
        self._connections = Connections(limit, self.time_limits.taking)
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
        """Leave a hang-up of the terminal to the arbiter."""
        super().init_signals()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_quit(self, sig: int, frame: object) -> None:
        """End as politely on SIGINT and SIGQUIT as on SIGTERM."""
        self.handle_exit(sig, frame)

    def run(self) -> None:
        """Serve until a signal comes, then drain."""
        self._tls = ssl_context(self.cfg) if self.cfg.is_ssl else None
        self.time_limits = replace(self.time_limits, idle=float(self.cfg.keepalive))
        self.wsgi = sent_in_time(
            self.wsgi, lambda: self._served[gevent.getcurrent()], self._connections, self.time_limits.taking
        )
        servers = self._listen(Pool(self._connections.limit + SPARE_CONNECTIONS))
        while self.alive:
            self.notify()
            # Where no further connection can be accepted, none comes to ask for room.
            self._connections.make_room()
            gevent.sleep(_TICK_SECONDS)
        self._drain(servers)
        # Everything is closed.  The interpreter's own way out would take seconds to tear compiled code
        # down, and wait without end for a thread of a pool that is stuck in a call.
        os._exit(0)

    def handle(self, listener: Any, client: Any, addr: Any) -> None:
        """Serve one connection, after the TLS handshake where there is one."""
        client.setblocking(True)
        connection = Connection(client, RequestClock(self.time_limits))
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
        """Answer in our one shape what never became a request, or failed outside of the application."""
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
            self.log.debug("%s has disconnected: %s", addr, error)
        else:
            connection.part()

    def _listen(self, pool: Pool) -> list[Listener]:
        failures = AcceptFailures()
        servers = []
        for listener in self.sockets:
            listener.setblocking(True)
            handle = partial(self.handle, listener.getsockname())
            servers.append(Listener(listener, handle, pool, failures, self._connections.dismiss_one))
            servers[-1].start()
        return servers

    def _secure(self, connection: Connection, tls: ssl.SSLContext, addr: Any) -> bool:
        """Agree on TLS; tell whether that went well."""
        seconds = min(HANDSHAKE_SECONDS, connection.clock.left())
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
            self.log.debug("%s has disconnected: %s", addr, error)
        except OSError as error:
            if isinstance(error, ssl.SSLError) and error.args[0] != ssl.SSL_ERROR_EOF:
                self.handle_error(connection.request, connection, addr, error)
            elif error.errno in _GONE or isinstance(error, ssl.SSLError):
                self.log.debug("%s has disconnected: %s", addr, error)
            else:
                self.log.exception("A socket failed.")
        except BaseException as error:  # noqa: BLE001  # the client gets an answer, whatever it was
            self.handle_error(connection.request, connection, addr, error)

    def _requests(self, connection: Connection, addr: Any) -> Iterator[Any]:
        parser = http.get_parser(self.cfg, connection.client, addr)
        parser.unreader = reader = Reader(connection, self._connections)
        proxied: dict[str, Any] = {}
        while True:
            connection.clock.expect(begun=reader.ahead)
            connection.request = None
            try:
                request = next(parser)
            except StopIteration:
                return
            proxied = request.proxy_protocol_info = request.proxy_protocol_info or proxied
            connection.clock.expect_body(announced(request))
            if self._connections.crowded or is_last(request):
                request.force_close()
            reader.begin(request)
            take_host_of_target(request)
            check_handshake_alone(request, ahead=reader.ahead)
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
        if self.native is not None:
            self.native.begin_stop()
        deadline = time.monotonic() + DRAIN_SECONDS
        while self._busy(servers) and time.monotonic() < deadline:
            self.notify()
            # A request that has arrived meanwhile is still read.
            self._connections.dismiss_silent()
            gevent.sleep(_DRAIN_TICK_SECONDS)
        for server in servers:
            server.stop(timeout=1)

    def _busy(self, servers: list[Listener]) -> bool:
        native = self.native is not None and not self.native.stopped()
        return native or any(server.pool for server in servers)


class AcceptFailures:
    """Logs once, and not each time, that connections cannot be accepted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")

    def report(self, error: OSError) -> None:
        """Note one failure."""
        now = self._clock()
        if now - self._last > QUIET_SECONDS:
            _log.error("New connections must wait until others end: %s", error.strerror)
        self._last = now


class Listener(StreamServer):
    """gevent's server, which makes room when descriptors are short, and goes on by itself."""

    def __init__(
        self,
        listener: Any,
        handle: Callable[[Any, Any], None],
        pool: Pool,
        failures: AcceptFailures,
        make_room: Callable[[], object],
    ) -> None:
        super().__init__(listener, handle=handle, spawn=pool)
        self._failures = failures
        self._make_room = make_room

    def do_read(self) -> Any:
        """Accept one connection; none when there is none, or no descriptor for it."""
        try:
            return super().do_read()
        except OSError as error:
            if error.errno not in _SHORT:
                raise
            self._failures.report(error)
        self._make_room()
        # The connection still waits to be accepted, so the loop would ask for it again at once.
        self.stop_accepting()
        self._timer = self.loop.timer(RETRY_SECONDS)
        self._timer.start(self._resume)
        return None

    def _resume(self) -> None:
        if self.started:
            self.start_accepting()


class GunicornLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Hands gunicorn's records to the root logger; its progress reports count as debugging."""

    def setup(self, cfg: Config) -> None:
        """Keep the log files that gunicorn's options name, but not its own way to stderr."""
        super().setup(cfg)
        if cfg.errorlog == "-":
            self.error_log.handlers.clear()
        self.error_log.propagate = True
        self.error_log.setLevel(logging.NOTSET)

    def info(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log as debugging what operators know from the ready line, or do not need."""
        self.error_log.debug(msg, *args, **kwargs)

    def error(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log an error, unless it only repeats that a worker could not start."""
        echo = msg in _ECHOES or (msg == _EXIT and args[1:] and args[1] in _SAID_WHY)
        self.error_log.log(logging.DEBUG if echo else logging.ERROR, msg, *args, **kwargs)


def _affordable() -> int:
    """Count the connections that there are descriptors for."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if descriptors == resource.RLIM_INFINITY:
        return sys.maxsize
    return descriptors - min(SPARE_DESCRIPTORS, descriptors // 4)
