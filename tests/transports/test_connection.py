"""Who gives way when there are too many connections, and who is asked for a body."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Any, Self

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from hypothesis import given
from hypothesis import strategies as st

from datasynth.transports.connection import (
    INVITATION,
    Connection,
    Connections,
    Reader,
    RequestClock,
    TimeLimits,
)
from datasynth.transports.limits import REQUEST_BYTES
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
        connection = Connection(ours, RequestClock(TimeLimits(), self.clock))
        self.peers[connection] = theirs
        self.stack.enter_context(self.all.held(connection))
        return connection

    def waits(self, connection: Connection) -> None:
        """It waits for its client from now on."""
        self.stack.enter_context(self.all.silent(connection))

    def sends(self, connection: Connection) -> None:
        """A chunk of an answer is being sent on it from now on."""
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


def trickle(arrival: RequestClock, clock: FakeClock, size: int, every: float, total: int) -> float | None:
    """Send `size` bytes every `every` seconds; the second at which the time is up, or None if it is not."""
    began = clock.now
    for _ in range(0, total, size):
        if arrival.left() < every:
            return clock.now + arrival.left() - began
        clock.advance(every)
        arrival.came(size)
    return None


def with_headers(announced: int | None, after: float = 0.0) -> tuple[RequestClock, FakeClock]:
    """A request whose headers have come `after` so many seconds."""
    clock = FakeClock()
    arrival = RequestClock(TimeLimits(), clock)
    arrival.expect()
    arrival.came(20)
    clock.advance(after)
    arrival.expect_body(announced)
    return arrival, clock


def test_the_first_request_is_awaited_from_the_connection_on() -> None:
    """A handshake is within its time, and half of its headers buy no more."""
    clock = FakeClock()
    arrival = RequestClock(TimeLimits(), clock)
    clock.advance(12.0)
    arrival.expect()
    assert arrival.idle
    clock.advance(8.0)
    arrival.came(5)

    assert not arrival.idle
    assert arrival.left() == 10.0


def test_headers_buy_no_time() -> None:
    """A byte a second does not keep headers alive."""
    clock = FakeClock()
    arrival = RequestClock(TimeLimits(), clock)
    arrival.expect()

    assert trickle(arrival, clock, size=1, every=1.0, total=1_000) == 30.0


def test_headers_after_a_body_buy_no_time_either() -> None:
    """What a body might have bought is not left to the next request."""
    arrival, clock = with_headers(REQUEST_BYTES)
    arrival.came(9)
    arrival.expect()
    arrival.came(1)

    assert trickle(arrival, clock, size=100, every=1.0, total=10_000) == 30.0


def test_a_kept_connection_is_idle_until_its_next_request_begins() -> None:
    """It may be silent for 65 s; with the first byte the time of a request begins."""
    arrival, clock = with_headers(0)
    clock.advance(5.0)
    arrival.expect()
    assert (True, 65.0) == (arrival.idle, arrival.left())
    clock.advance(64.0)
    arrival.came(1)

    assert (False, 30.0) == (arrival.idle, arrival.left())


def test_a_request_that_came_with_the_one_before_has_begun() -> None:
    """Half a pipelined request is not an idle connection."""
    arrival, clock = with_headers(0)
    clock.advance(100.0)
    arrival.expect(begun=True)

    assert (False, 30.0) == (arrival.idle, arrival.left())


@pytest.mark.parametrize("announced", [9, None], ids=["announced", "chunked"])
def test_a_body_that_does_not_come_is_awaited_as_long_as_the_headers(announced: int | None) -> None:
    """One clock runs for both."""
    arrival, clock = with_headers(announced, after=10.0)

    assert arrival.left() == 20.0
    clock.advance(25.0)
    assert arrival.left() == 0.0


@pytest.mark.parametrize("announced", [REQUEST_BYTES, None], ids=["announced", "chunked"])
def test_an_upload_at_1_kb_a_second_arrives(announced: int | None) -> None:
    """The largest body may come as slowly as that, in whatever chunks."""
    for size, every in ((1, 0.001), (1000, 1.0), (20_000, 20.0), (25_000, 25.0)):
        arrival, clock = with_headers(announced)
        total = REQUEST_BYTES if every >= 1.0 else 100_000
        assert trickle(arrival, clock, size, every, total) is None


@pytest.mark.parametrize(("size", "every"), [(1, 1.0), (10, 1.0), (100, 5.0)])
def test_a_trickle_does_not_arrive(size: int, every: float) -> None:
    """Whoever sends less than 1 kB/s has 30 s, and what little the bytes buy."""
    arrival, clock = with_headers(REQUEST_BYTES)
    over = trickle(arrival, clock, size, every, REQUEST_BYTES)

    assert over is not None
    assert 30.0 <= over <= 30.0 / (1 - size / every / 1000) + every


def test_a_fast_start_buys_no_long_silence() -> None:
    """Nobody has more than 30 s in hand."""
    arrival, _ = with_headers(REQUEST_BYTES)
    arrival.came(900_000)

    assert arrival.left() == 30.0


def test_what_is_too_large_buys_nothing() -> None:
    """A body that will be refused is read for 30 s in all, or for 30 s past the limit."""
    announced, _ = with_headers(REQUEST_BYTES + 1)
    announced.came(500_000)
    assert announced.left() == 30.0
    chunked, clock = with_headers(None)
    for _ in range(100):
        chunked.came(REQUEST_BYTES // 10)
        clock.advance(1.0)

    assert chunked.left() == 0.0


@given(st.lists(st.tuples(st.floats(0.01, 30.0), st.integers(1, 50_000)), min_size=1, max_size=50))
def test_nobody_holds_a_request_beyond_what_its_bytes_have_bought(chunks: list[tuple[float, int]]) -> None:
    """Whatever the chunks, a request's time is 30 s and a second for each 1,000 bytes, at the most."""
    arrival, clock = with_headers(None)
    began, sent = clock.now, 0
    for pause, size in chunks:
        if pause > arrival.left():
            break
        clock.advance(pause)
        arrival.came(size)
        sent += size

    assert clock.now + arrival.left() <= began + 30.0 + sent / 1000 + 1e-6
    assert arrival.left() <= 30.0 + 1e-6
