"""Who gives way when there are too many connections, and who is asked for a body."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any, Self

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from datasynth.transports.arrival import Allowance, Arrival
from datasynth.transports.connection import INVITATION, Connection, Connections, Reader
from tests.fakes import FakeClock

STALLED = 60.0


class Crowd:
    """Connections between pairs of sockets."""

    def __init__(self, limit: int) -> None:
        self.clock = FakeClock()
        self.all = Connections(limit, STALLED, self.clock)
        self.peers: dict[Connection, socket.socket] = {}
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        self.stack.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self.stack.close()

    def join(self) -> Connection:
        """A new connection, which is being served."""
        ours, theirs = (self.stack.enter_context(one) for one in socket.socketpair())
        theirs.settimeout(5.0)
        connection = Connection(ours, Arrival(Allowance(), self.clock))
        self.peers[connection] = theirs
        self.stack.enter_context(self.all.held(connection))
        return connection

    def waits(self, connection: Connection) -> None:
        """It waits for its client from now on."""
        self.stack.enter_context(self.all.silent(connection))

    def sends(self, connection: Connection) -> None:
        """A piece of an answer is being sent on it from now on."""
        self.stack.enter_context(self.all.taking(connection))


def test_the_one_that_was_silent_longest_gives_way_to_the_next() -> None:
    """It reads the end of its input, and nobody else does."""
    with Crowd(limit=3) as crowd:
        busy, first, second = (crowd.join() for _ in range(3))
        crowd.waits(first)
        crowd.waits(second)
        newest = crowd.join()

        assert [False, True, False, False] == [c.dismissed for c in (busy, first, second, newest)]
        assert first.client.recv(1) == b""
        assert not crowd.all.crowded


def test_who_has_spoken_again_goes_to_the_end_of_the_line() -> None:
    """Silence counts from the last byte."""
    with Crowd(limit=2) as crowd:
        first, second = crowd.join(), crowd.join()
        with crowd.all.silent(first):
            crowd.waits(second)
        crowd.waits(first)
        crowd.join()

        assert [False, True] == [first.dismissed, second.dismissed]


def test_a_request_that_has_come_is_still_read() -> None:
    """To be dismissed is to get nothing more, not to lose what is there."""
    with Crowd(limit=1) as crowd:
        first = crowd.join()
        crowd.waits(first)
        crowd.peers[first].sendall(b"GET /")
        crowd.join()

        assert [b"GET /", b""] == [first.client.recv(100), first.client.recv(100)]


def test_a_client_that_takes_its_answer_is_never_cut() -> None:
    """Only one that has long taken nothing is, and only after those which are silent."""
    with Crowd(limit=2) as crowd:
        stalled, silent = crowd.join(), crowd.join()
        crowd.sends(stalled)
        crowd.join()
        assert crowd.all.crowded
        crowd.clock.advance(STALLED)
        crowd.waits(silent)
        crowd.all.make_room()
        assert (True, False) == (silent.dismissed, stalled.dismissed)
        crowd.join()

        assert stalled.dismissed
        assert crowd.peers[stalled].recv(1) == b""


def test_with_nobody_to_spare_there_are_too_many() -> None:
    """Nobody who is being served has to go."""
    with Crowd(limit=2) as crowd:
        served = [crowd.join() for _ in range(4)]

        assert crowd.all.crowded
        assert not any(connection.dismissed for connection in served)


def _asked(crowd: Crowd, connection: Connection, sent: str) -> tuple[Reader, Any]:
    """What has been read of a request that asks before it sends its body."""
    head = ["POST / HTTP/1.1", "Host: localhost", "Expect: 100-continue", "Content-Length: 4", "", sent]
    crowd.peers[connection].sendall("\r\n".join(head).encode())
    parser = RequestParser(Config(), connection.client, ("127.0.0.1", 1))
    parser.unreader = reader = Reader(connection, crowd.all)
    request = next(parser)
    reader.begin(request)
    return reader, request


def test_a_client_is_invited_when_somebody_wants_its_body() -> None:
    """Not before, once, and the connection may then go on."""
    with Crowd(limit=2) as crowd:
        connection = crowd.join()
        _, request = _asked(crowd, connection, "")
        peer = crowd.peers[connection]
        before = (connection.uninvited, request.should_close())
        peer.setblocking(False)
        with pytest.raises(BlockingIOError):
            peer.recv(1)
        peer.sendall(b"body")

        assert b"body" == request.body.read()
        assert INVITATION == peer.recv(1_000)
        assert (True, True) == before
        assert (False, False) == (connection.uninvited, request.should_close())


def test_a_body_that_has_come_along_needs_no_invitation() -> None:
    """Its client does not wait."""
    with Crowd(limit=2) as crowd:
        connection = crowd.join()
        _, request = _asked(crowd, connection, "body")

        assert b"body" == request.body.read()
        assert not connection.uninvited
        assert not request.should_close()
