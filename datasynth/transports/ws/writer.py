"""A WebSocket as a subscriber sees it: every message is one text frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from datasynth.encoding import Format
from datasynth.transports.events.writer import Ending
from datasynth.transports.ws.frames import CloseCode, text_frame

if TYPE_CHECKING:
    from datasynth.transports.ws.socket import Socket

CLOSE_CODES = {
    Ending.OVER: CloseCode.NORMAL,
    Ending.FAILED: CloseCode.INTERNAL_ERROR,
    Ending.SHUT_DOWN: CloseCode.GOING_AWAY,
}
"""The code that a connection is closed with."""


class FrameWriter:
    """Writes messages to a WebSocket; `PeerGone` says that its peer has ended it."""

    lines: ClassVar = Format.WS_LINES
    documents: ClassVar = Format.WS_DOCUMENTS

    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def entries(self, data: bytes | memoryview) -> None:
        """Send entries, which are whole frames."""
        self._socket.send(data)

    def message(self, _kind: str, content: bytes) -> None:
        """Send one message."""
        self._socket.send(text_frame(content))

    def keep_alive(self) -> float:
        """Send the pong that is owed and the ping that is due; return the seconds until the next call."""
        return self._socket.keep_alive()
