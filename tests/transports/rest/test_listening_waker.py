"""A sleep that ends when the client is gone."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

import pytest

from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.listening_waker import ListeningWaker, peer_is_gone

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    assert ListeningWaker(inner, {}).wait(None)
    assert inner.sleeps == [1.0, 1.0, 1.0]


def test_a_sleep_ends_in_time() -> None:
    """Cut or not, a sleep is as long as was asked for."""
    inner = RecordingWaker()

    assert not ListeningWaker(inner, {}).wait(2.5)
    assert inner.sleeps == [1.0, 1.0, 0.5]


def test_a_sleep_ends_when_the_client_is_gone(connection: tuple[socket.socket, socket.socket]) -> None:
    """Nobody waits on behalf of a client that has left."""
    server, client = connection
    client.close()

    with pytest.raises(ConnectionResetError):
        ListeningWaker(RecordingWaker(), {"gunicorn.socket": server}).wait(None)


def test_giving_way_does_not_sleep() -> None:
    """A turn for the others costs no time, even if a wake-up was pending."""
    inner = ThreadWaker()
    waker = ListeningWaker(inner, {})
    waker.wake()
    waker.give_way()

    assert not inner.wait(0.0)
