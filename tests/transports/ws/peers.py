"""The other end of a WebSocket, spoken by a library of its own so that frames are checked by a stranger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Self

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage

if TYPE_CHECKING:
    import socket
    from types import TracebackType

    from wsproto.events import Event

TIMEOUT = 5.0


class Peer:
    """A client on an open connection, after the handshake.

    Parameters
    ----------
    connection
        Its end.
    """

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(TIMEOUT)
        self.connection = connection
        self.protocol = Connection(ConnectionType.CLIENT)
        self._events: list[Event] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def say(self, event: Event) -> None:
        self.connection.sendall(self.protocol.send(event))

    def next_event(self) -> Event | None:
        """Return the next thing that the server says, or None when it has ended the connection."""
        while not self._events:
            data = self.connection.recv(65_536)
            if not data:
                return None
            self.protocol.receive_data(data)
            self._events.extend(self.protocol.events())
        return self._events.pop(0)

    def next_message(self) -> dict[str, Any]:
        """Return the next text message's object; a message may come in parts."""
        text = ""
        while True:
            event = self.next_event()
            assert isinstance(event, TextMessage), event
            text += event.data
            if event.message_finished:
                message: dict[str, Any] = json.loads(text)
                return message

    def messages_until(self, last: str) -> list[dict[str, Any]]:
        """Return messages up to and with the first of this type."""
        messages = [self.next_message()]
        while messages[-1]["type"] != last:
            messages.append(self.next_message())
        return messages

    def next_close(self) -> int:
        """Skip messages up to the close frame; return its code."""
        while True:
            event = self.next_event()
            assert event is not None, "the connection ended without a close frame"
            if isinstance(event, CloseConnection):
                return int(event.code)

    def ends(self) -> bool:
        """Tell whether the connection has come to its end."""
        return self.connection.recv(65_536) == b""


__all__ = ["BytesMessage", "CloseConnection", "Peer", "Ping", "Pong", "TextMessage"]
