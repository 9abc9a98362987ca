"""What holds a conversation under a hub, and what it leaves behind however it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gevent
import pytest
from gevent import socket as green

from datasynth.transports.bridge import Wakers
from datasynth.transports.ws.frames import CloseCode, text_frame
from datasynth.transports.ws.upgrade import OpenSockets, first_subprotocol
from tests.transports.events.fakes import FakeClock, FakeRegistry, fake_services

if TYPE_CHECKING:
    from datasynth.service.threads.waker import Waker
    from datasynth.transports.ws.socket import Socket

TIMEOUT = 5.0


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ("", None),
        (" , ", None),
        ("json", "json"),
        ("a, b", "a"),
        (",,b", "b"),
        ("\u00e9, b", "b"),
        ("a b, c", "c"),
        ("x\r\nSet-Cookie: y", None),
    ],
)
def test_the_first_subprotocol_is_chosen(offered: str, chosen: str | None) -> None:
    """Of those that are names; a client that offers some may fail where none is chosen."""
    assert chosen == first_subprotocol(offered)


class Scene:
    """Two ends of a connection in one hub, and the conversations on it."""

    def __init__(self) -> None:
        self.raw, self.client = green.socketpair()
        self.registry = FakeRegistry()
        self.sockets = OpenSockets(fake_services(self.registry, FakeClock()), Wakers())

    def nobody_listens(self) -> bool:
        """Tell whether the server's end can be read by others: it is at its end, and nobody waits there."""
        with gevent.Timeout(TIMEOUT):
            return self.raw.recv(1) == b""

    def end(self) -> None:
        self.raw.close()
        self.client.close()


def _flood(socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
    del waker
    while True:
        socket.send(text_frame(b"x" * 100_000))


def _sleep(socket: Socket, waker: Waker) -> tuple[CloseCode, str]:
    while True:
        waker.clear()
        socket.keep_alive()
        waker.wait(None)


def test_a_killed_conversation_leaves_the_connection() -> None:
    """A server that kills a greenlet in the middle of a write finds no second reader on the connection."""
    scene = Scene()
    writer = gevent.spawn(scene.sockets.converse, scene.raw, _flood)
    assert scene.client.recv(1)
    writer.kill(timeout=TIMEOUT)

    assert scene.nobody_listens()
    assert 0 == len(scene.sockets) == len(scene.registry.wakers)
    scene.end()


def test_a_client_that_leaves_wakes_the_writer() -> None:
    """A conversation that waits for news ends as soon as the client has gone."""
    scene = Scene()
    writer = gevent.spawn(scene.sockets.converse, scene.raw, _sleep)
    gevent.sleep(0)
    assert 1 == len(scene.sockets)
    scene.client.close()
    writer.get(timeout=TIMEOUT)

    assert scene.nobody_listens()
    assert 0 == len(scene.sockets)
    scene.end()


def test_a_flood_is_fair() -> None:
    """While one connection takes everything at once, other greenlets have their turns."""
    scene = Scene()
    writer = gevent.spawn(scene.sockets.converse, scene.raw, _flood)
    received = []

    def read() -> None:
        while data := scene.client.recv(1 << 20):
            received.append(len(data))

    reader = gevent.spawn(read)
    turns = 0
    while sum(received) < 3_000_000:
        gevent.sleep(0)
        turns += 1
    writer.kill(timeout=TIMEOUT)
    reader.get(timeout=TIMEOUT)

    assert turns > 5
    scene.end()
