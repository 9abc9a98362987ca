"""The HTTP connections that are open, and the reading of requests from them, each in time.

A connection that waits for its client (for a TLS handshake, headers, a body or
a next request) costs a descriptor and does no work.  So such connections give
way: when there are too many, the server dismisses those that have been silent
longest, and a newcomer, such as a probe, finds room.  Clients that have long
taken nothing of their answers go after them.

One clock runs for the headers and the body of a request together, from its
first byte.  The headers of a connection's first request have to come within the
same time from the connection on, so that a TLS handshake is within it.  Headers
buy no time.  Each thousand bytes of a body buy a second, and nobody has more
than the first time in hand: an upload at 1 kB/s arrives whatever its
length, one byte a second does not, and a fast start buys no long silence.  A
body that the server will refuse as too large buys nothing either; the server
reads it for a while, since a client that still sends does not listen.

A connection that has sent nothing of a next request is idle.  That is no
failure; it is closed in the end without a word.
"""

from __future__ import annotations

import _socket
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import gevent
from gevent import socket
from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import SocketUnreader

from datasynth.errors import DatasynthError, Overloaded, RequestTimeout
from datasynth.transports.limits import IDLE_SECONDS, REQUEST_BYTES, REQUEST_SECONDS
from datasynth.transports.parsed_request import take_invitation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LINGER_SECONDS = 1.0
"""How long the rest of a request is still read after its answer. [s]"""

LINGER_BYTES = 65_536
"""How much of it one call reads. [bytes]"""

MOST_BYTES_UNREAD = 1 << 20
"""How much of a body that nobody wanted is read, so that the connection can go on. [bytes]"""

INVITATION = b"HTTP/1.1 100 Continue\r\n\r\n"
"""The answer to a client that asks before it sends a body."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """The time that a client has.

    Attributes
    ----------
    request
        Time for headers and body, and the most that a body may have in hand. [s]
    bytes_a_second
        How slow a body may be. [bytes/s]
    idle
        How long a connection may wait for its next request. [s]
    body
        Size of the largest body that buys time. [bytes]
    taking
        How long a client may take over 64 kB of an answer whose length is known; after
        how long without progress any other answer gives way to new connections. [s]
    """

    request: float = REQUEST_SECONDS
    bytes_a_second: int = 1000
    idle: float = float(IDLE_SECONDS)
    body: int = REQUEST_BYTES
    taking: float = 60.0


class _Stage(Enum):
    IDLE = auto()
    HEADERS = auto()
    BODY = auto()


class RequestClock:
    """Tells how long the next byte of a connection's requests may take."""

    def __init__(self, time_limits: TimeLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._time_limits = time_limits
        self._clock = clock
        self._stage = _Stage.IDLE
        self._served = False
        self._begun = clock()
        self._deadline = self._begun + time_limits.request
        self._buys = 0

    @property
    def idle(self) -> bool:
        """Whether nothing of a request has come yet."""
        return self._stage is _Stage.IDLE

    def expect(self, *, begun: bool = False) -> None:
        """Await the next request, after the first; some of it may have come with the one before."""
        if not self._served:
            return
        self._stage = _Stage.IDLE
        self._deadline = self._clock() + self._time_limits.idle
        if begun:
            self._begin()

    def expect_body(self, announced: int | None) -> None:
        """Await the body of the request whose headers have come; its length is None if it comes in chunks."""
        self._served = True
        self._stage = _Stage.BODY
        self._deadline = self._begun + self._time_limits.request
        self._buys = self._time_limits.body if (announced or 0) <= self._time_limits.body else 0

    def came(self, size: int) -> None:
        """Note bytes that have arrived."""
        if self._stage is _Stage.IDLE and size:
            self._begin()
        elif self._stage is _Stage.BODY:
            bought = min(size, self._buys)
            self._buys -= bought
            most = self._clock() + self._time_limits.request
            self._deadline = min(self._deadline + bought / self._time_limits.bytes_a_second, most)

    def left(self) -> float:
        """Return how long the next byte may take, at least 0. [s]"""
        return max(0.0, self._deadline - self._clock())

    def _begin(self) -> None:
        self._stage = _Stage.HEADERS
        self._begun = self._clock()
        if self._served:
            self._deadline = self._begun + self._time_limits.request


class Connection:
    """One client, with its socket and the clock of its requests.

    Attributes
    ----------
    dismissed
        Whether it has to give way to others.
    request
        The head of its present request, as far as it has been read; None before.
    uninvited
        Whether its client has announced a body and waits for the invitation to send it.
    """

    def __init__(self, client: Any, clock: RequestClock) -> None:
        self.client = client
        self.clock = clock
        self.dismissed = False
        self.request: Any = None
        self.uninvited = False

    def dismiss(self) -> None:
        """End the wait for its client; a request that has arrived meanwhile is still read."""
        self.dismissed = True
        with suppress(OSError):
            _shut(self.client, socket.SHUT_RD)

    def cut(self) -> None:
        """End the connection in the middle of an answer that its client does not take."""
        self.dismissed = True
        with suppress(OSError):
            _shut(self.client, socket.SHUT_RDWR)

    def part(self) -> None:
        """Send the end, and read on for a moment.

        To close a socket with unread input would destroy the answer on its way out.
        """
        deadline = time.monotonic() + LINGER_SECONDS
        with suppress(OSError), gevent.Timeout(LINGER_SECONDS, False):  # type: ignore[arg-type]  # False: just leave
            _shut(self.client, socket.SHUT_WR)
            while self.client.recv(LINGER_BYTES) and time.monotonic() < deadline:
                # Input that is there already is read without a pause for others.
                gevent.sleep(0)


class Connections:
    """All connections that are open; those that only wait give way when there are more than `limit`.

    A client that takes nothing of its answer gives way after `stalled` seconds.
    """

    def __init__(self, limit: int, stalled: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._stalled = stalled
        self._clock = clock
        self._open: set[Connection] = set()
        # Dictionaries for their order: the longest silent, or the longest without progress, comes first.
        self._silent: dict[Connection, None] = {}
        self._taking: dict[Connection, float] = {}

    @property
    def crowded(self) -> bool:
        """Whether there are more than there should be."""
        return len(self._open) > self.limit

    @contextmanager
    def held(self, connection: Connection) -> Iterator[None]:
        """Count a connection in while it is served."""
        self._open.add(connection)
        self.make_room()
        try:
            yield
        finally:
            self._open.discard(connection)

    @contextmanager
    def silent(self, connection: Connection) -> Iterator[None]:
        """Remember that a connection waits for its client."""
        self._silent[connection] = None
        try:
            yield
        finally:
            self._silent.pop(connection, None)

    @contextmanager
    def taking(self, connection: Connection) -> Iterator[None]:
        """Remember that a client is to take a part of its answer."""
        self._taking[connection] = self._clock()
        try:
            yield
        finally:
            self._taking.pop(connection, None)

    def make_room(self) -> None:
        """Close as many connections as there are too many, if they can be spared."""
        while self.crowded and self.dismiss_one():
            continue

    def dismiss_one(self) -> bool:
        """Close the connection that can be spared most; tell whether there was one."""
        if silent := next(iter(self._silent), None):
            del self._silent[silent]
            self._open.discard(silent)
            silent.dismiss()
            return True
        for taking, since in self._taking.items():
            if self._clock() - since < self._stalled:
                break
            del self._taking[taking]
            self._open.discard(taking)
            taking.cut()
            return True
        return False

    def dismiss_silent(self) -> None:
        """Close every connection that only waits for its client."""
        while self._silent:
            self.dismiss_one()


class Reader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Feeds gunicorn's parser with a connection's bytes, each in time."""

    def __init__(self, connection: Connection, connections: Connections) -> None:
        super().__init__(connection.client)
        self._connection = connection
        self._connections = connections
        self._closes = False

    def begin(self, request: Any) -> None:
        """Come to the body of a request.

        A client that asked for an invitation gets it when the application
        reads the body.  An answer that comes before is the connection's last,
        since nobody knows whether the body follows.
        """
        connection = self._connection
        connection.request = request
        connection.uninvited = take_invitation(request) and not self.ahead
        if connection.uninvited:
            self._closes = request.must_close
            request.force_close()

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Receive some bytes; none at the end, and none from a connection that stays idle.

        Raises
        ------
        RequestTimeout
            The time is up in the middle of a request.
        Overloaded
            The connection has to give way in the middle of a request.
        """
        connection = self._connection
        clock = connection.clock
        if connection.uninvited:
            connection.uninvited = False
            connection.request.must_close = self._closes
            connection.client.sendall(INVITATION)
        data = self._receive(size_hint, clock.left())
        if data:
            clock.came(len(data))
        elif clock.idle:
            data = b""
        elif data is None:
            raise self._last(RequestTimeout("The request did not arrive in time."))
        elif connection.dismissed:
            raise self._last(Overloaded("The server has too many connections to wait for this request."))
        return data

    @property
    def ahead(self) -> bool:
        """Whether something of a next request has been read already."""
        return bool(self.buf.getvalue())

    def _receive(self, size_hint: int | None, seconds: float) -> bytes | None:
        """Return what comes, or None if nothing does."""
        if not seconds:
            return None
        data: bytes | None = None
        with self._connections.silent(self._connection), gevent.Timeout(seconds, False):  # type: ignore[arg-type]
            data = super().chunk(size_hint)
        if self._connection.request is not None:
            # A client that sends faster than it is read would otherwise keep the others waiting.
            gevent.sleep(0)
        return data

    def _last(self, error: RequestTimeout | Overloaded) -> RequestTimeout | Overloaded:
        """Let the answer to the present request be the connection's last."""
        if self._connection.request is not None:
            self._connection.request.force_close()
        return error


def take_rest(body: Any) -> bool:
    """Read what the application has left of a body; tell whether that was all."""
    taken = 0
    with gevent.Timeout(LINGER_SECONDS, False):  # type: ignore[arg-type]  # False: just leave the block
        try:
            while not body.failed and taken < MOST_BYTES_UNREAD:
                read = body.read(LINGER_BYTES)
                if not read:
                    return True
                taken += len(read)
        except (DatasynthError, ParseException, OSError):
            return False
    return False


def _shut(client: Any, direction: int) -> None:
    """End one direction of a connection.

    The kernel is asked directly: the call of a cooperative socket would break
    the waits that are under way, that of an encrypted one its encryption.
    """
    plain = _socket.socket(fileno=client.fileno())
    try:
        plain.shutdown(direction)
    finally:
        # The descriptor is still the client's.
        plain.detach()
