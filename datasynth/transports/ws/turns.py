"""Two at once on one socket, and turns for everybody else, with a hub or without."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from datasynth.transports.bridge import GreenThread, HubWaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.waker import Waker, WakerFactory


def run_beside(target: Callable[[], None], waker: Waker) -> None:
    """Run `target` at the same time as the caller, in a greenlet if the caller is one.

    Parameters
    ----------
    target
        What to run; it has to come to an end by itself.
    waker
        The caller's, which tells what the caller is.
    """
    if isinstance(waker, HubWaker):
        GreenThread(target).start()
    else:
        threading.Thread(target=target, name="websocket-listener", daemon=True).start()


class Turns:
    """Gives others a turn: a socket that always takes everything would keep a hub for itself.

    Parameters
    ----------
    new_waker
        Makes the wakers of those who wait.
    """

    def __init__(self, new_waker: WakerFactory) -> None:
        waker = new_waker()
        self._waker = waker if isinstance(waker, HubWaker) else None

    def pause(self) -> None:
        """Let everything run that is ready; threads take turns without being asked."""
        # Ringing for oneself means one round through the loop, which looks at all sockets on the way.
        if self._waker is not None:
            self._waker.clear()
            self._waker.wake()
            self._waker.wait(None)
