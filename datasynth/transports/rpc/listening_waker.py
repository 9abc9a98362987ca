"""A sleep that ends when nobody is listening any more."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.transports.rpc.calls import Call


class ListeningWaker:
    """A waker for whoever answers one call; gRPC wakes it when the call has ended.

    Parameters
    ----------
    call
        The call, whose own waker it sleeps on.
    """

    def __init__(self, call: Call) -> None:
        self._call = call

    def clear(self) -> None:
        """Forget earlier wake-ups."""
        self._call.waker.clear()

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._call.waker.wake()

    def wait(self, timeout: float | None) -> bool:
        """Sleep until woken, until `timeout` seconds have passed, or until the client is gone.

        Raises
        ------
        ConnectionResetError
            If the client is gone.
        """
        # Looked at first as well: its end may have been announced before the wake-ups were forgotten.
        woken = self._call.gone or self._call.waker.wait(timeout)
        if self._call.gone:
            raise ConnectionResetError(errno.ECONNRESET, "The client is gone.")
        return woken
