"""A sleep that ends when nobody is listening any more.

A download that sends notices a vanished client by the failing write.  One that
waits, because memory is low, writes nothing; so it asks the kernel instead.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.service.threads.waker import Waker

LOOK_AFTER = 1.0
"""How long to sleep at most before a look at the connection. [s]"""

_SOCKET_KEYS = ("gunicorn.socket", "werkzeug.socket")
_ESTABLISHED = 1
_TCP_INFO: int | None = getattr(socket, "TCP_INFO", None)


class _Connection(Protocol):
    """As much of a socket as is asked here; gevent's sockets are a class of their own."""

    def fileno(self) -> int:
        """Return the descriptor, negative once closed."""

    def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
        """Read an option."""


class ListeningWaker:
    """A waker for whoever answers one request.

    Parameters
    ----------
    waker
        The one to sleep on.
    environ
        The request's WSGI environment, which knows the connection.
    """

    def __init__(self, waker: Waker, environ: Mapping[str, object]) -> None:
        self._waker = waker
        self._environ = environ

    def clear(self) -> None:
        """Forget earlier wake-ups."""
        self._waker.clear()

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._waker.wake()

    def wait(self, timeout: float | None) -> bool:
        """Sleep until woken, until `timeout` seconds have passed, or until the client is gone.

        Raises
        ------
        ConnectionResetError
            If the client is gone.
        """
        left = float("inf") if timeout is None else timeout
        while not self._waker.wait(min(left, LOOK_AFTER)):
            if peer_is_gone(self._environ):
                raise ConnectionResetError(errno.ECONNRESET, "The client is gone.")
            left -= LOOK_AFTER
            if left <= 0:
                return False
        return True

    def give_way(self) -> None:
        """Let whoever shares the thread have a turn; earlier wake-ups are forgotten."""
        # To be woken at once is one round through a hub's loop, and costs a quarter of a timeout of nothing.
        self._waker.clear()
        self._waker.wake()
        self._waker.wait(None)
        self._waker.clear()


def peer_is_gone(environ: Mapping[str, object]) -> bool:
    """Tell whether the client of this request has closed its end.

    Where it cannot be known (no TCP, no such call on this system, a test's
    client) the answer is no.
    """
    connection = next((environ[key] for key in _SOCKET_KEYS if key in environ), None)
    if connection is None or _TCP_INFO is None:
        return False
    connection = cast("_Connection", connection)
    try:
        # The first byte of the kernel's report is the state of the connection.
        state = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, 1)[0]
    except OSError:
        return connection.fileno() < 0
    return state != _ESTABLISHED
