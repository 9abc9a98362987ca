"""Sending answers to clients that may not take them.

An answer whose length is known, such as JSON, is wanted at once: a client that
does not take 64 kB of it within a minute has gone or means harm, and loses the
connection.  The client of a download may well stop reading for as long as it
likes, to think or to write to a disk; it keeps the connection, unless others
need it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

    from datasynth.transports.connection import Connection, Connections

WAITS = "datasynth.waits"
"""Key of an environment whose answer waits for its reader, length or not: a download's."""

CHUNK_BYTES = 65_536
"""How much of an answer has to be taken in the time that there is. [bytes]"""


class Answer:
    """The body of one answer.

    Parameters
    ----------
    parts
        What the application returned.
    connection
        Whose answer it is.
    connections
        Where stalled clients are known.
    seconds
        How long a chunk may take; None for any time. [s]
    """

    def __init__(
        self, parts: Iterable[bytes], connection: Connection, connections: Connections, seconds: float | None
    ) -> None:
        self._parts = parts
        self._connection = connection
        self._connections = connections
        self._seconds = seconds
        self._chunks = self._all()

    def __iter__(self) -> Iterator[bytes]:
        """Yield what the server is to send; it asks for the next chunk when it has sent the last."""
        return self._chunks

    def close(self) -> None:
        """Free what the application holds."""
        self._chunks.close()
        close = getattr(self._parts, "close", None)
        if close is not None:
            close()

    def _all(self) -> Generator[bytes, None, None]:
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
    """Bound how long the answers of a WSGI application take to be taken.

    Parameters
    ----------
    application
        What answers.
    current
        Finds the connection that is being answered.
    connections
        Where stalled clients are known.
    seconds
        How long a chunk may take of an answer whose length is known, unless its environment has `WAITS`. [s]
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
