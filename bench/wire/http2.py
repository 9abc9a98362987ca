"""HTTP/2 frames without manners: whatever is asked for is sent, and what comes back is read."""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hpack import Decoder, HPACKError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    range(10)
)
END_STREAM = ACK = 0x1
END_HEADERS = 0x4

_HEAD = 9
_PREFIX = 127


def frame(
    kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"", length: int | None = None
) -> bytes:
    """Make a frame; its `length` may lie. [bytes]"""
    size = len(payload) if length is None else length
    return struct.pack(">I", size)[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(values: Iterable[tuple[int, int]] = ()) -> bytes:
    """Make a SETTINGS frame of identifiers and values."""
    return frame(SETTINGS, payload=b"".join(struct.pack(">HI", *pair) for pair in values))


def window(stream: int, more: int) -> bytes:
    """Make a WINDOW_UPDATE frame."""
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", more))


def block(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Write headers as literals that nobody indexes, any bytes in them."""
    return b"".join(b"\x00" + _text(name) + _text(value) for name, value in headers)


def _text(data: bytes) -> bytes:
    return _length(len(data)) + data


def _length(size: int) -> bytes:
    if size < _PREFIX:
        return bytes([size])
    rest, written = size - _PREFIX, bytearray([_PREFIX])
    while rest > _PREFIX:
        written.append(rest & _PREFIX | 0x80)
        rest >>= 7
    written.append(rest)
    return bytes(written)


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that has come."""

    kind: int
    flags: int
    stream: int
    payload: bytes


@dataclass(slots=True)
class Wire:
    """A connection that sends raw bytes and reads frames.

    Attributes
    ----------
    socket
        What it runs over.
    closed
        Whether the other side has hung up.
    """

    socket: socket.socket
    closed: bool = False
    _come: bytearray = field(default_factory=bytearray)
    _decoder: Decoder = field(default_factory=Decoder)

    @classmethod
    def to(cls, port: int, host: str = "127.0.0.1") -> Wire:
        """Connect."""
        return cls(socket.create_connection((host, port), timeout=5.0))

    def send(self, data: bytes) -> None:
        """Send as much as the other side takes within five seconds."""
        try:
            self.socket.settimeout(5.0)
            self.socket.sendall(data)
        except OSError:
            self.closed = True

    def frames(self, seconds: float) -> Iterator[Frame]:
        """Yield frames that come, for so long or until the other side hangs up. [s]"""
        end = time.monotonic() + seconds
        while True:
            yield from self._whole()
            left = end - time.monotonic()
            if left <= 0 or self.closed:
                return
            self._receive(left)

    def headers(self, received: Frame) -> dict[str, str]:
        """Decode a HEADERS frame; each has to be decoded once, in order."""
        try:
            decoded = self._decoder.decode(received.payload, raw=True)
        except HPACKError:
            return {}
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in decoded}

    def close(self) -> None:
        """Hang up."""
        self.socket.close()

    def _receive(self, seconds: float) -> None:
        try:
            self.socket.settimeout(seconds)
            come = self.socket.recv(65_536)
        except TimeoutError:
            return
        except OSError:
            come = b""
        self._come += come
        self.closed = not come

    def _whole(self) -> Iterator[Frame]:
        while len(self._come) >= _HEAD:
            size = int.from_bytes(self._come[:3], "big")
            if len(self._come) < _HEAD + size:
                return
            kind, flags, stream = struct.unpack(">BBI", self._come[3:_HEAD])
            payload = bytes(self._come[_HEAD : _HEAD + size])
            del self._come[: _HEAD + size]
            yield Frame(kind, flags, stream & 0x7FFFFFFF, payload)
