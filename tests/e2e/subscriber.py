"""A WebSocket client that a test has in its hands: buffers, pauses, bad manners and all."""

from __future__ import annotations

import base64
import json
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from tests.server import Server

PATIENCE = 20.0
TEXT, CLOSE, PING = 0x81, 0x88, 0x89
MASK = b"\0\0\0\0"
RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """What the server said instead of 101."""

    status: int
    head: str


class Subscriber:
    """A client of ``/ws/…`` on a plain socket.

    Parameters
    ----------
    server
        Whom to call.
    path
        Path and query.
    headers
        Beyond those of a handshake.
    receive_buffer
        Size of the socket's receive buffer, where it matters. [bytes]
    """

    def __init__(
        self,
        server: Server,
        path: str = "/ws/events",
        *,
        headers: tuple[str, ...] = (),
        receive_buffer: int | None = None,
    ) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(PATIENCE)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.connect(("127.0.0.1", server.port))
        self._buffer = bytearray()
        self._at = 0
        self.close_code = 0
        self._shake_hands(path, headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def payloads(self) -> Iterator[bytes]:
        """Yield the text messages, unread, until the server closes; pings are answered.

        Raises
        ------
        ValueError
            If something comes that is no frame of a server.
        """
        while True:
            first, payload = self._frame()
            if first == TEXT:
                yield payload
            elif first == PING:
                self.say(0x8A, payload)
            elif first == CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big")
                return
            else:
                raise ValueError(f"frame begins with {first:#x}")

    def messages(self, until: str | None = None) -> list[dict[str, Any]]:
        """Read messages up to and with the first of type `until`, or until the server closes."""
        messages: list[dict[str, Any]] = []
        for payload in self.payloads():
            messages.append(json.loads(payload))
            if messages[-1]["type"] == until:
                break
        return messages

    def say(self, first: int, payload: bytes) -> None:
        """Send one frame, whatever it is."""
        length = len(payload)
        short = length if length < 126 else 126 if length < 65_536 else 127
        header = bytes((first, 0x80 | short))
        if short == 126:
            header += length.to_bytes(2, "big")
        elif short == 127:
            header += length.to_bytes(8, "big")
        self.socket.sendall(header + MASK + payload)

    def part(self, code: int = 1000) -> None:
        """Close as a client should: a close frame, the answer, the end."""
        self.say(CLOSE, code.to_bytes(2, "big"))
        for _ in self.payloads():
            pass
        self.socket.close()

    def answer_close(self) -> None:
        """Repeat the server's close frame, as the protocol wants it."""
        self.say(CLOSE, self.close_code.to_bytes(2, "big"))

    def vanish(self) -> None:
        """Tear the connection down without a word."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.socket.close()

    def _shake_hands(self, path: str, headers: tuple[str, ...]) -> None:
        lines = [
            f"GET {path} HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(b'0123456789abcdef').decode()}",
            *headers,
        ]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer[:] = rest
        self.head = head.decode()
        status = int(head.split()[1])
        if status != 101:
            self.socket.close()
            raise Refused(status, self.head)

    def _frame(self) -> tuple[int, bytes]:
        self._need(2)
        first, length = self._buffer[self._at], self._buffer[self._at + 1]
        start = 2
        if length >= 126:
            start = 4 if length == 126 else 10
            self._need(start)
            length = int.from_bytes(self._buffer[self._at + 2 : self._at + start], "big")
        self._need(start + length)
        payload = bytes(self._buffer[self._at + start : self._at + start + length])
        self._at += start + length
        return first, payload

    def _need(self, size: int) -> None:
        while len(self._buffer) - self._at < size:
            if self._at:
                del self._buffer[: self._at]
                self._at = 0
            self._receive()

    def _receive(self) -> None:
        data = self.socket.recv(262_144)
        if not data:
            message = "the server ended the connection without a close frame"
            raise ConnectionError(message)
        self._buffer += data
