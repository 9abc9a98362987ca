"""Answers that take their time: the body of a download, and a wait that ends when the client has gone.

A download that sends notices a vanished client by the failing write.  A request
that waits, because a journal is built or memory is low, writes nothing; so it
asks the kernel instead.
"""

from __future__ import annotations

import errno
import logging
import socket
from typing import TYPE_CHECKING, Protocol

from datasynth.errors import Overloaded
from datasynth.transports.bridge import fair_pause
from datasynth.transports.request_head import connection_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datasynth.service.threads.waker import Waker

LOOK_AFTER = 1.0
"""How long a request sleeps at most before it checks the connection. [s]"""

_ESTABLISHED = 1
_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)

_LOGGER = logging.getLogger(__name__)


class RequestWaker:
    """A waker for one request, which notices that the client has gone.

    Attributes
    ----------
    pause
        Lets others run; earlier wake-ups are forgotten.
    """

    def __init__(self, waker: Waker, environ: Mapping[str, object]) -> None:
        self._waker = waker
        self._environ = environ
        self.pause = fair_pause(waker)

    def clear(self) -> None:
        """Forget earlier wake-ups."""
        self._waker.clear()

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._waker.wake()

    def wait(self, timeout: float | None) -> bool:
        """Sleep until woken, until `timeout` seconds have passed, or until the client has gone.

        Raises
        ------
        ConnectionResetError
            The client has gone.
        """
        left = float("inf") if timeout is None else timeout
        while not self._waker.wait(min(left, LOOK_AFTER)):
            if peer_is_gone(self._environ):
                raise ConnectionResetError(errno.ECONNRESET, "The client has disconnected.")
            left -= LOOK_AFTER
            if left <= 0:
                return False
        return True


def peer_is_gone(environ: Mapping[str, object]) -> bool:
    """Tell whether the client of this request has closed its end.

    The answer is no where it cannot be known: without TCP, without the system
    call, and with a test's client.
    """
    connection = connection_of(environ)
    if connection is None or _TCP_INFO is None:
        return False
    try:
        # The first byte of the kernel's report is the state of the connection.
        state = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0]
    except OSError:
        return connection.fileno() < 0
    return state != _ESTABLISHED


class _Chunk(Protocol):
    @property
    def data(self) -> bytes | memoryview:
        """The bytes to send."""


class Chunks(Protocol):
    """A download or a listing, as far as it is delivered here."""

    def __iter__(self) -> Iterator[_Chunk]:
        """Yield the chunks to send, waiting where that is needed."""

    def close(self) -> None:
        """Free everything."""


class Delivery:
    """The body of a download, which the WSGI server iterates over: a heading, perhaps empty, and chunks.

    The server calls `close` in any case: at the end, when a write fails, and
    when it never asked for the body (HEAD).  That closes the download too.
    """

    def __init__(self, heading: bytes, download: Chunks, waker: RequestWaker, request_id: str) -> None:
        self._heading = heading
        self._download = download
        self._pause = waker.pause
        self._request_id = request_id

    def __iter__(self) -> Iterator[bytes]:
        """Yield heading and chunks; after each chunk others can run.

        Raises
        ------
        ConnectionResetError
            The download fails midway, or the client has gone.  Servers then
            drop the connection without the end mark of the body, so that
            nobody takes the part for the whole.
        """
        try:
            if self._heading:
                yield self._heading
            for chunk in self._download:
                yield bytes(chunk.data)
                self._pause()
        except ConnectionError:
            raise
        except Exception as error:
            self._log(error)
            raise ConnectionResetError(errno.ECONNRESET, "The download was interrupted.") from error

    def close(self) -> None:
        """Free everything."""
        self._download.close()

    def _log(self, error: Exception) -> None:
        foreseen = isinstance(error, Overloaded)
        _LOGGER.log(
            logging.WARNING if foreseen else logging.ERROR,
            "The download of request %s was interrupted: %s",
            self._request_id,
            error,
            exc_info=None if foreseen else error,
            extra={"request_id": self._request_id},
        )
