"""One connection of a hostile client: what it sends, piece by piece, and how it leaves."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass
from enum import Enum, auto

HOST = "127.0.0.1"
MOST_BYTES = 2_000_000
"""How much of an answer is read, downloads being long. [bytes]"""

PATIENCE = 10.0
"""How long an answer may take that has to come. [s]"""

SILENCE = 0.1
"""How long one is waited for that need not come. [s]"""

PAUSE = 0.003


class Ending(Enum):
    """How a client leaves."""

    WAIT = auto()
    HALF_CLOSE = auto()
    RESET = auto()


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one client does.

    Attributes
    ----------
    kind
        A word for it.
    pieces
        What it sends, with a moment between.
    ending
        What it does then.
    certain
        Whether the server has to answer and to end the connection.
    opening
        What it sends before all that, and waits for an answer to.
    """

    kind: str
    pieces: tuple[bytes, ...]
    ending: Ending = Ending.WAIT
    certain: bool = False
    opening: bytes = b""


@dataclass(frozen=True, slots=True)
class Received:
    """What came back: bytes, whether the server ended the connection, and whether it was cut."""

    data: bytes
    ended: bool
    reset: bool = False
    full: bool = False


def play(attempt: Attempt, port: int) -> Received:
    """Do what a client does, and return what it receives.

    Raises
    ------
    OSError
        The server cannot be reached.
    """
    with socket.create_connection((HOST, port), PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = bytearray()
        try:
            if attempt.opening:
                connection.sendall(attempt.opening)
                data += _head(connection)
            for piece in attempt.pieces:
                connection.sendall(piece)
                if len(attempt.pieces) > 1:
                    time.sleep(PAUSE)
            if attempt.ending is Ending.HALF_CLOSE:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            # A server may answer and close before it has read everything; what it said is received below.
            pass
        if attempt.ending is Ending.RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return Received(bytes(data), ended=False, reset=True)
        return _receive(connection, data, PATIENCE if attempt.certain else SILENCE)


def _head(connection: socket.socket) -> bytes:
    """Receive until there is the head of an answer, or the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(1 << 16)
        if not piece:
            break
        data += piece
    return data


def _receive(connection: socket.socket, data: bytearray, patience: float) -> Received:
    """Receive the rest, for so long at most. [s]"""
    deadline = time.monotonic() + patience
    while len(data) < MOST_BYTES:
        try:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            piece = connection.recv(1 << 16)
        except TimeoutError:
            return Received(bytes(data), ended=False)
        except OSError:
            return Received(bytes(data), ended=True, reset=True)
        if not piece:
            return Received(bytes(data), ended=True)
        data += piece
    return Received(bytes(data), ended=False, full=True)
