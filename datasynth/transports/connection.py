"""The HTTP connections that are open, and the reading of requests from them.

A connection that waits for something of its client (a TLS handshake, headers, a
body, a next request) costs a descriptor and does no work.  So such connections
give way: when there are too many, those which have been silent longest are
dismissed, and whoever comes next, a probe above all, finds room.  Clients that
have long taken nothing of their answers go after them.
"""

from __future__ import annotations

import _socket
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import gevent
from gevent import socket
from gunicorn.http.errors import ParseException
from gunicorn.http.unreader import SocketUnreader

from datasynth.errors import DatasynthError, Overloaded, RequestTimeout
from datasynth.transports.parsed_request import take_invitation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.transports.arrival import Arrival

LINGER_SECONDS = 1.0
"""How long what is left of a request is still read once it has been answered. [s]"""

LINGER_BYTES = 65_536
"""How much of it one look takes. [bytes]"""


MOST_BYTES_UNREAD = 1 << 20
"""How much of a body that nobody wanted is read, so that the connection can go on. [bytes]"""

INVITATION = b"HTTP/1.1 100 Continue\r\n\r\n"
"""What a client is told that asks before it sends a body."""


class Connection:
    """One client.

    Parameters
    ----------
    client
        Its socket.
    arrival
        The clock of its requests.

    Attributes
    ----------
    dismissed
        Whether it has to give way to others.
    request
        What has been read of the head of its present request; None before.
    uninvited
        Whether its client has announced a body and waits to be invited to send it.
    """

    def __init__(self, client: Any, arrival: Arrival) -> None:
        self.client = client
        self.arrival = arrival
        self.dismissed = False
        self.request: Any = None
        self.uninvited = False

    def dismiss(self) -> None:
        """End the wait for its client; a request that has arrived meanwhile is still read."""
        self.dismissed = True
        with suppress(OSError):
            _shut(self.client, socket.SHUT_RD)

    def cut(self) -> None:
        """End the connection in the middle of an answer that nobody takes."""
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
                # Input that is there already is read without a turn for others.
                gevent.sleep(0)


class Connections:
    """All connections that are open.

    Parameters
    ----------
    limit
        How many there may be before those which only wait give way.
    stalled
        After how long a client that takes nothing of its answer may be spared. [s]
    clock
        Monotonic time. [s]

    Attributes
    ----------
    limit
        As above.
    """

    def __init__(self, limit: int, stalled: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = limit
        self._stalled = stalled
        self._clock = clock
        self._open: set[Connection] = set()
        # Dictionaries for their order: who has been silent, or has taken nothing, longest comes first.
        self._silent: dict[Connection, None] = {}
        self._taking: dict[Connection, float] = {}

    @property
    def crowded(self) -> bool:
        """Whether there are more than there should be, and nobody to give way."""
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
        """Remember that a client is to take a piece of its answer."""
        self._taking[connection] = self._clock()
        try:
            yield
        finally:
            self._taking.pop(connection, None)

    def make_room(self) -> None:
        """Let as many go as there are too many, if they can be spared."""
        while self.crowded and self.dismiss_one():
            continue

    def dismiss_one(self) -> bool:
        """Let the connection go that can be spared most; tell whether there was one."""
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
        """Let every connection go that only waits for its client."""
        while self._silent:
            self.dismiss_one()


class Reader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """Where gunicorn's parser takes a connection's bytes from, each in time.

    Parameters
    ----------
    connection
        Whose bytes.
    connections
        Who waits.
    """

    def __init__(self, connection: Connection, connections: Connections) -> None:
        super().__init__(connection.client)
        self._connection = connection
        self._connections = connections
        self._closes = False

    def begin(self, request: Any) -> None:
        """Come to the body of a request.

        A client that asked for an invitation gets it when somebody wants the
        body; an answer that comes before is the connection's last, since it is
        open whether the body follows.
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
        arrival = connection.arrival
        if connection.uninvited:
            connection.uninvited = False
            connection.request.must_close = self._closes
            connection.client.sendall(INVITATION)
        data = self._receive(size_hint, arrival.left())
        if data:
            arrival.came(len(data))
        elif arrival.idle:
            data = b""
        elif data is None:
            raise self._last(RequestTimeout("The request did not arrive in time."))
        elif connection.dismissed:
            raise self._last(Overloaded("The server cannot wait for this request any longer."))
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
            # Whoever sends faster than it is read would otherwise keep the others waiting.
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
                piece = body.read(LINGER_BYTES)
                if not piece:
                    return True
                taken += len(piece)
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
