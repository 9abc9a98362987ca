"""Reads from a plain socket, as fast as it comes."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bench.readers.report import Report

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOM = 1 << 20
"""Read at once, at most. [bytes]"""

PATIENCE = 30.0
"""How long a server may take to answer. [s]"""

WARM_UP = 0.25
"""What comes in this time is read and not counted. [s]"""

UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
)


class Counter(Protocol):
    """Counts messages in what arrives."""

    @property
    def count(self) -> int:
        """Messages so far."""

    def add(self, data: NDArray[np.uint8], end: int) -> None:
        """Take the next `end` bytes."""


def read(port: int, path: str, headers: str, counter: Counter, seconds: float) -> Report:
    """Ask for `path` and count what comes, for `seconds` after a short warm-up.

    Raises
    ------
    ConnectionError
        If the answer is a refusal, or ends too soon to be measured.
    """
    # Its receive buffer is left to the system, which lets it grow as far as it may.
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{headers}\r\n".encode())
        data = np.empty(ROOM, dtype=np.uint8)
        rest = _skip_headers(connection)
        data[: len(rest)] = np.frombuffer(rest, dtype=np.uint8)
        if rest:
            counter.add(data, len(rest))
        _take(connection, data, counter, WARM_UP)
        before = counter.count
        received, elapsed = _take(connection, data, counter, seconds)
        return Report(counter.count - before, received, elapsed)


def _take(
    connection: socket.socket, data: NDArray[np.uint8], counter: Counter, seconds: float
) -> tuple[int, float]:
    """Read for some time; return the bytes and the time that it was."""
    view = data.data
    received = 0
    began = now = time.perf_counter()
    while now - began < seconds:
        size = connection.recv_into(view)
        if size == 0:
            message = "the server's answer ended before the measurement did"
            raise ConnectionError(message)
        counter.add(data, size)
        received += size
        now = time.perf_counter()
    return received, now - began


def _skip_headers(connection: socket.socket) -> bytes:
    """Read an answer's headers; return what came behind them."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = connection.recv(4096)
        if not more:
            message = f"no answer but {answer!r}"
            raise ConnectionError(message)
        answer += more
    headers, _, rest = answer.partition(b"\r\n\r\n")
    if headers.split(b" ")[1] not in {b"101", b"200"}:
        raise ConnectionError(answer.decode("latin-1"))
    return rest
