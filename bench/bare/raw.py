"""Frames that lie ready in one buffer, written by gevent: what the loopback itself gives."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gevent.server import StreamServer

from datasynth.service.blocks.chunk import CHUNK_BYTES

if TYPE_CHECKING:
    from gevent.socket import socket

SHORT = 125
"""The longest payload whose length fits into a frame's second byte. [bytes]"""


def frames(size: int) -> bytes:
    """Return as many whole frames of `size` bytes as a chunk holds."""
    short = size - 2
    header = bytes((0x81, short)) if short <= SHORT else bytes((0x81, 126)) + (size - 4).to_bytes(2, "big")
    return (header + b"x" * (size - len(header))) * (CHUNK_BYTES // size)


def server(port: int, size: int) -> StreamServer:
    """Build a server that shakes hands and then sends for ever."""
    chunk = frames(size)

    def handle(connection: socket, _address: object) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = connection.recv(4096)
            if not more:
                return
            asked += more
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n")
            while True:
                connection.sendall(chunk)

    return StreamServer(("127.0.0.1", port), handle)
