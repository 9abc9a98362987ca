"""Sending answers to clients that may not take them.

A client that asks for an answer whose length is known, such as JSON, wants it
at once.  If it does not take 64 kB within a minute, it has gone or means harm,
and loses the connection.  The client of a download may stop reading for as long
as it likes, to think or to write to a disk; it keeps the connection, unless
others need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from datasynth.transports.connection import Connection, Connections

WAITS = "datasynth.waits"
"""Key of an environment whose answer waits for its reader, whether its length is known or not."""

CHUNK_BYTES = 65_536
"""How much of an answer a client has to take in the time that it has. [bytes]"""


class Answer:
    """The body of one answer, sent on a connection.

    Its client may take `seconds` over each `CHUNK_BYTES`; None is any time.
    """

    def __init__(
        self, parts: Iterable[bytes], connection: Connection, connections: Connections, seconds: float | None
    ) -> None:
        self._parts = parts
        self._connection = connection
        self._connections = connections
        self._seconds = seconds
        self._all = self._cut()

    def __iter__(self) -> Iterator[bytes]:
        """Yield the parts; the server asks for the next one when it has sent the last."""
        return self._all

    def close(self) -> None:
        """Free what the application holds."""
        self._all.close()
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()

    def _cut(self) -> Generator[bytes, None, None]:
        client, seconds = self._connection.client, self._seconds
        for part in self._parts:
            size = CHUNK_BYTES if seconds is not None else len(part)
            for first in range(0, len(part), size or 1):
                client.settimeout(seconds)
                try:
                    with self._connections.taking(self._connection):
                        yield part[first : first + size]
                finally:
                    client.settimeout(None)


def sent_in_time(
    application: Callable[..., Iterable[bytes]],
    current: Callable[[], Connection],
    connections: Connections,
    seconds: float,
) -> Callable[..., Iterable[bytes]]:
    """Bound how long the clients of a WSGI application may take over its answers.

    Parameters
    ----------
    application
        The application that answers.
    current
        Finds the connection that is being answered.
    connections
        All connections, to note which clients stall.
    seconds
        The time for `CHUNK_BYTES` of an answer whose length is known, unless its environment has `WAITS`. [s]
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., object]) -> Answer:
        known = False

        def start(status: str, headers: list[tuple[str, str]], *failure: object) -> object:
            nonlocal known
            known = any(name.lower() == "content-length" for name, _ in headers)
            return start_response(status, headers, *failure)

        parts = application(environ, start)
        wanted_at_once = known and WAITS not in environ
        return Answer(parts, current(), connections, seconds if wanted_at_once else None)

    return answer
