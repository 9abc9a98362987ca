"""Small servers on real sockets, each of which answers connections as a test says."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOPBACK = "127.0.0.1"


@contextmanager
def answering(*talks: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve one connection after the other, each by its own function; give the port."""
    done = threading.Event()
    with socket.create_server((LOOPBACK, 0)) as listener:
        listener.settimeout(10.0)
        thread = threading.Thread(target=_serve, args=(listener, talks, done), daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
    thread.join(10.0)


def _serve(
    listener: socket.socket, talks: tuple[Callable[[socket.socket], None], ...], done: threading.Event
) -> None:
    held = []
    try:
        for talk in talks:
            connection, _ = listener.accept()
            held.append(connection)
            talk(connection)
        done.wait(10.0)
    except OSError:
        pass  # The test has ended earlier than its server.
    finally:
        for connection in held:
            connection.close()


def saying(answer: bytes, *, close: bool = True) -> Callable[[socket.socket], None]:
    """Answer one request with these bytes, whatever it asks."""

    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return talk


def silent(connection: socket.socket) -> None:
    """Take the request and say nothing."""
    connection.recv(65_536)


def http(status: str, body: bytes, *headers: str, length: int | None = None) -> bytes:
    """An answer of HTTP, which may be shorter than it says."""
    size = len(body) if length is None else length
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {size}", *headers])
    return f"{head}\r\n\r\n".encode() + body
