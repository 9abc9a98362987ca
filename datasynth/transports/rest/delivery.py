"""The body of a download: chunks of bytes, handed to the WSGI server one by one."""

from __future__ import annotations

import errno
import logging
from typing import TYPE_CHECKING, Protocol

from datasynth.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.transports.rest.listening_waker import ListeningWaker

_LOGGER = logging.getLogger(__name__)


class Chunk(Protocol):
    """As much of a chunk as is delivered here."""

    @property
    def data(self) -> bytes | memoryview:
        """Its bytes."""


class Chunks(Protocol):
    """As much of a download as is delivered here."""

    def __iter__(self) -> Iterator[Chunk]:
        """Yield what is to be sent, waiting where it must."""

    def close(self) -> None:
        """Free everything."""


class Delivery:
    """A download on its way.

    The WSGI server calls `close` in any case: at the end, when a write fails,
    and when nothing was ever asked of it (HEAD).

    Parameters
    ----------
    heading
        What comes before the first chunk; may be empty.
    download
        What to send; it is closed with the delivery.
    waker
        The one that `download` waits on.
    request_id
        Under which a failure is logged.
    """

    def __init__(self, heading: bytes, download: Chunks, waker: ListeningWaker, request_id: str) -> None:
        self._heading = heading
        self._download = download
        self._waker = waker
        self._request_id = request_id

    def __iter__(self) -> Iterator[bytes]:
        """Yield heading and chunks; after each chunk others get a turn.

        Raises
        ------
        ConnectionResetError
            If the download fails midway, or the client is gone.  Servers then
            drop the connection without the end mark of the body, so that
            nobody takes the part for the whole.
        """
        try:
            if self._heading:
                yield self._heading
            for chunk in self._download:
                yield bytes(chunk.data)
                self._waker.give_way()
        except ConnectionError:
            raise
        except Exception as error:
            self._log(error)
            raise ConnectionResetError(errno.ECONNRESET, "The download broke off.") from error

    def close(self) -> None:
        """Free everything."""
        self._download.close()

    def _log(self, error: Exception) -> None:
        foreseen = isinstance(error, Overloaded)
        _LOGGER.log(
            logging.WARNING if foreseen else logging.ERROR,
            "The download of request %s broke off: %s",
            self._request_id,
            error,
            exc_info=None if foreseen else error,
            extra={"request_id": self._request_id},
        )
