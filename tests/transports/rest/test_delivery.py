"""The body of a download."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import gevent
import numpy as np
import pytest

from datasynth.errors import Overloaded
from datasynth.service.blocks.chunk import Chunk
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.bridge import Wakers
from datasynth.transports.rest.delivery import Delivery, RequestWaker, peer_is_gone

if TYPE_CHECKING:
    from collections.abc import Iterator


NOTHING = np.empty(0, dtype=np.int64)


class FakeDownload:
    """Chunks of one byte per entry, and a failure after them if told so."""

    def __init__(self, chunks: list[bytes], failure: Exception | None = None) -> None:
        self.closed = 0
        self._chunks = chunks
        self._failure = failure

    def __iter__(self) -> Iterator[Chunk]:
        first = 0
        for data in self._chunks:
            yield Chunk(memoryview(data), first, first + len(data), NOTHING, NOTHING)
            first += len(data)
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self.closed += 1


def _delivery(download: FakeDownload, heading: bytes = b"") -> Delivery:
    waker = RequestWaker(ThreadWaker(), {})
    return Delivery(heading, download, waker, "id-1")


def test_chunks_are_handed_on_as_bytes() -> None:
    """WSGI wants bytes, one chunk at a time."""
    assert [b"abc", b"de"] == list(_delivery(FakeDownload([b"abc", b"de"])))


def test_a_heading_comes_first() -> None:
    """The header row of CSV goes before the chunks, also when there are none."""
    assert [b"a,b", b"c"] == list(_delivery(FakeDownload([b"c"]), heading=b"a,b"))
    assert [b"a,b"] == list(_delivery(FakeDownload([]), heading=b"a,b"))


@pytest.mark.parametrize(
    ("failure", "traceback"),
    [(Overloaded("Memory limit exceeded."), False), (ZeroDivisionError("A mistake."), True)],
)
def test_a_failure_midway_breaks_the_connection(
    failure: Exception, traceback: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """A part is never passed off as the whole; the log says why, under the request's id."""
    chunks = iter(_delivery(FakeDownload([b"abc"], failure)))

    assert next(chunks) == b"abc"
    with pytest.raises(ConnectionResetError):
        next(chunks)
    assert [record.__dict__["request_id"] for record in caplog.records] == ["id-1"]
    assert str(failure) in caplog.text
    assert traceback == ("Traceback" in caplog.text)


def test_a_client_that_left_is_not_news(caplog: pytest.LogCaptureFixture) -> None:
    """A connection that the client broke is passed on to the server, and not logged."""
    with pytest.raises(ConnectionResetError):
        list(_delivery(FakeDownload([b"abc"], ConnectionResetError("gone"))))

    assert not caplog.records


def test_closing_frees_the_download_whatever_was_read() -> None:
    """A client that leaves, at once or midway, leaves nothing behind."""
    untouched, begun = FakeDownload([b"abc", b"de"]), FakeDownload([b"abc", b"de"])
    first, second = _delivery(untouched), _delivery(begun)
    next(iter(second))
    first.close()
    second.close()

    assert (untouched.closed, begun.closed) == (1, 1)


class RecordingWaker:
    """A waker that never sleeps: it notes how long it was asked to, and wakes when told.

    Parameters
    ----------
    wakes_at
        In which sleep it is woken, from 1; 0 for never.
    """

    def __init__(self, wakes_at: int = 0) -> None:
        self._wakes_at = wakes_at
        self.sleeps: list[float | None] = []

    def clear(self) -> None:
        self.sleeps.append(None)

    def wake(self) -> None:
        self._wakes_at = len(self.sleeps) + 1

    def wait(self, timeout: float | None) -> bool:
        self.sleeps.append(timeout)
        return len(self.sleeps) == self._wakes_at


@pytest.fixture
def connection() -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection over loopback: the server's end and the client's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        with contextlib.closing(client), contextlib.closing(server):
            yield server, client


def test_a_client_that_listens_is_there(connection: tuple[socket.socket, socket.socket]) -> None:
    """An open connection has a peer, also when it sends something that nobody reads."""
    server, client = connection
    client.sendall(b"GET / HTTP/1.1")

    assert not peer_is_gone({"gunicorn.socket": server})


@pytest.mark.parametrize("key", ["gunicorn.socket", "werkzeug.socket"])
def test_a_client_that_closed_is_gone(connection: tuple[socket.socket, socket.socket], key: str) -> None:
    """A closed connection has none, whatever was sent before."""
    server, client = connection
    client.sendall(b"unread")
    client.close()

    assert peer_is_gone({key: server})


def test_a_connection_closed_here_has_no_peer(connection: tuple[socket.socket, socket.socket]) -> None:
    """Our own end being closed is as good a reason to stop."""
    server, _ = connection
    server.close()

    assert peer_is_gone({"gunicorn.socket": server})


def test_what_cannot_be_known_is_assumed_present() -> None:
    """A test client and a Unix socket are never gone."""
    here, there = socket.socketpair()
    with contextlib.closing(here), contextlib.closing(there):
        there.close()

        assert not peer_is_gone({})
        assert not peer_is_gone({"gunicorn.socket": here})


def test_a_long_sleep_looks_at_the_connection_in_between() -> None:
    """A sleep without end is cut into seconds and goes on while the client is there."""
    inner = RecordingWaker(wakes_at=3)

    assert RequestWaker(inner, {}).wait(None)
    assert inner.sleeps == [1.0, 1.0, 1.0]


def test_a_sleep_ends_in_time() -> None:
    """Cut or not, a sleep is as long as was asked for."""
    inner = RecordingWaker()

    assert not RequestWaker(inner, {}).wait(2.5)
    assert inner.sleeps == [1.0, 1.0, 0.5]


def test_a_sleep_ends_when_the_client_is_gone(connection: tuple[socket.socket, socket.socket]) -> None:
    """Nobody waits on behalf of a client that has left."""
    server, client = connection
    client.close()

    with pytest.raises(ConnectionResetError):
        RequestWaker(RecordingWaker(), {"gunicorn.socket": server}).wait(None)


def test_a_pause_forgets_earlier_wake_ups() -> None:
    """A greenlet that lets the others run costs no time, even if a wake-up was pending."""

    def speak() -> bool:
        waker = RequestWaker(Wakers()(), {})
        waker.wake()
        waker.pause()
        return waker.wait(0.0)

    greenlet = gevent.spawn(speak)

    assert not greenlet.get(timeout=10.0)
