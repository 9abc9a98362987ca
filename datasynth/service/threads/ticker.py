"""The thread that does what is due by the clock."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

INTERVAL = 0.25
"""Longest time between two ticks. [s]"""

SHORTEST = 0.005
"""Shortest time between two ticks. [s]"""


class Ticker:
    """Calls `tick` at least four times a second, or earlier if it returns the seconds to the next call."""

    def __init__(self, tick: Callable[[], float | None]) -> None:
        self.tick = tick
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread, once."""
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop ticking."""
        self._closed.set()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the thread to end; tell whether it has."""
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._closed.wait(self._next()):
            continue

    def _next(self) -> float:
        try:
            wanted = self.tick()
        except Exception:  # noqa: BLE001 - the clock goes on whatever one tick ran into
            _log.exception("A tick failed.")
            return INTERVAL
        return INTERVAL if wanted is None else min(INTERVAL, max(SHORTEST, wanted))
