"""Taking connections in, also where the system has no descriptor left for one."""

from __future__ import annotations

import errno
import logging
import time
from typing import TYPE_CHECKING, Any

from gevent.server import StreamServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from gevent.pool import Pool

RETRY_SECONDS = 0.05
"""How soon another try to accept is made. [s]"""

QUIET_SECONDS = 60.0
"""After how long without a failure the next one is news. [s]"""

SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What `accept` fails with when the system has nothing left to give."""

_LOGGER = logging.getLogger(__name__)


class Shortage:
    """Tells the log that connections cannot be accepted, once and not each time.

    Parameters
    ----------
    clock
        Monotonic time. [s]
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = float("-inf")

    def report(self, error: OSError) -> None:
        """Take note of one failure."""
        now = self._clock()
        if now - self._last > QUIET_SECONDS:
            _LOGGER.error("Connections have to wait until others end: %s", error.strerror)
        self._last = now


class Listener(StreamServer):
    """gevent's server, which waits where there is no descriptor and accepts again by itself.

    Parameters
    ----------
    listener
        A socket that listens.
    handle
        Serves one connection.
    pool
        Holds as many as may be served at once.
    shortage
        Where failures are reported.
    make_room
        Lets a connection go that can be spared.
    """

    def __init__(
        self,
        listener: Any,
        handle: Callable[[Any, Any], None],
        pool: Pool,
        shortage: Shortage,
        make_room: Callable[[], object],
    ) -> None:
        super().__init__(listener, handle=handle, spawn=pool)
        self._shortage = shortage
        self._make_room = make_room

    def do_read(self) -> Any:
        """Accept one connection; none when there is none, or no descriptor for it."""
        try:
            return super().do_read()
        except OSError as error:
            if error.errno not in SHORT:
                raise
            self._shortage.report(error)
        self._make_room()
        # The connection still waits to be accepted, so the loop would ask for it again at once.
        self.stop_accepting()
        self._timer = self.loop.timer(RETRY_SECONDS)
        self._timer.start(self._resume)
        return None

    def _resume(self) -> None:
        if self.started:
            self.start_accepting()
