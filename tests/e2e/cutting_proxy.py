"""A proxy in front of a server that cuts connections in the middle of what they carry."""

from __future__ import annotations

import itertools
import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPBACK = "127.0.0.1"
PIECE = 16_384


class CuttingProxy:
    """Passes on what a server sends, and cuts each connection after so many bytes of it.

    Parameters
    ----------
    port
        Of the server.
    after
        Bytes of the first connection, of the second, …; the last number holds for all
        further ones, and None means never.
    """

    def __init__(self, port: int, *after: int | None) -> None:
        self._target = port
        self._after = itertools.chain(after, itertools.repeat(after[-1]))
        self.connections = 0
        self.cuts = 0
        self._listener = socket.create_server((LOOPBACK, 0))

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Where it listens, as an address of HTTP."""
        return f"http://{LOOPBACK}:{self.port}"

    def serve(self) -> None:
        """Pass connections on until the proxy is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                server = socket.create_connection((LOOPBACK, self._target))
                threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
                threading.Thread(
                    target=self._pass_back, args=(server, client, next(self._after)), daemon=True
                ).start()

    def close(self) -> None:
        """Listen no more."""
        # Closing alone would not wake the thread that accepts.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _pass_back(self, server: socket.socket, client: socket.socket, left: int | None) -> None:
        with server, client, suppress(OSError):
            while data := server.recv(PIECE):
                part = data if left is None else data[:left]
                client.sendall(part)
                left = None if left is None else left - len(part)
                if left == 0:
                    self.cuts += 1
                    break
            # The other thread, which still reads from the client, sees the end at once.
            client.shutdown(socket.SHUT_RDWR)


def _pass_on(client: socket.socket, server: socket.socket) -> None:
    with suppress(OSError):
        while data := client.recv(PIECE):
            server.sendall(data)


@contextmanager
def cutting(port: int, *after: int | None) -> Iterator[CuttingProxy]:
    """Run a proxy for a while."""
    proxy = CuttingProxy(port, *after)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5.0)
