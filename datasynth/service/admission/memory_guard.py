"""Watches resident memory: pauses generation, resumes it, and as a last resort lets streams fail."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from datasynth.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.clock import Clock

_log = logging.getLogger(__name__)

LOW_ABOVE = 0.85
"""Share of the limit above which memory is low."""

ENOUGH_BELOW = 0.75
"""Share of the limit below which there is enough again."""

TRIES_AGAIN_AFTER = 30.0
"""Time below `LOW_ABOVE` after which there is enough again, even above `ENOUGH_BELOW`. [s]

Active streams may hold an amount between the two, and then nothing more can be dropped.
"""

GRACE = 5.0
"""How long memory may exceed the limit before running streams fail. [s]"""

DROP_EVERY = 1.0
"""How often caches are dropped while memory is low. [s]"""

EXCEEDED = "Memory limit exceeded"
"""Error of a stream that fails for lack of memory."""


class PressureHandler(Protocol):
    """Acts for the guard."""

    def memory_low(self, message: str, used_bytes: int, limit_bytes: int) -> None:
        """Pause all generation and warn everybody."""

    def memory_recovered(self) -> None:
        """Lift the pause."""

    def memory_exceeded(self, message: str) -> int:
        """Let running streams fail; return how many did."""

    def drop_caches(self) -> None:
        """Drop whatever can be computed again."""


class MemoryGuard:
    """Compares resident memory with a limit, four times a second.

    Parameters
    ----------
    limit
        Largest memory of the process; None for no limit. [bytes]
    resident
        Returns the memory of the process. [bytes]
    release
        Returns freed memory to the system.

    Attributes
    ----------
    used
        Memory of the process at the last tick. [bytes]
    episode
        How often memory has become low; a socket without a stream warns when it changes.
    """

    def __init__(
        self,
        limit: int | None,
        resident: Callable[[], int],
        release: Callable[[], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self.limit = limit
        self._resident = resident
        self._release = release
        self._clock = clock
        self.used = resident()
        self.low = False
        self.episode = 0
        self._over_since: float | None = None
        self._low_at = 0.0
        self._dropped_at = 0.0

    def warning(self) -> dict[str, object]:
        """Return the warning for a socket that opens while memory is low."""
        return {"message": _LOW_MESSAGE, "used_bytes": self.used, "limit_bytes": self.limit}

    def ensure(self) -> None:
        """Raise `Overloaded` while memory is low."""
        if self.low:
            details = {"used_bytes": self.used, "limit_bytes": self.limit}
            raise Overloaded(
                "Memory is low. The server accepts no new work until memory is free again.", details, 5
            )

    def tick(self, handler: PressureHandler) -> None:
        """Read the memory of the process and act if need be; the ticker calls it."""
        # If no file descriptor is free to read the figure with, the last one stays, and the ticker goes on.
        with suppress(OSError):
            self.used = self._resident()
        if self.limit is None:
            return
        now = self._clock()
        if not self.low and self.used > LOW_ABOVE * self.limit:
            self._begin(handler, now)
        elif self.low and self._enough(now):
            self._end(handler)
        elif self.low and now - self._dropped_at >= DROP_EVERY:
            self._drop(handler, now)
        self._judge(handler, now)

    def _enough(self, now: float) -> bool:
        limit = self.limit or 0
        if self.used > LOW_ABOVE * limit:
            self._low_at = now
        return self.used < ENOUGH_BELOW * limit or now - self._low_at >= TRIES_AGAIN_AFTER

    def _begin(self, handler: PressureHandler, now: float) -> None:
        # Set first: a stream that starts from now on sees it and pauses itself.
        self.low = True
        self._low_at = now
        self.episode += 1
        _log.warning(
            "Memory is low: %d of %s bytes. Builds are cancelled, and generation is paused.",
            self.used,
            self.limit,
        )
        handler.memory_low(_LOW_MESSAGE, self.used, self.limit or 0)
        self._drop(handler, now)

    def _end(self, handler: PressureHandler) -> None:
        self.low = False
        _log.info("Memory is sufficient again: %d of %s bytes.", self.used, self.limit)
        handler.memory_recovered()

    def _drop(self, handler: PressureHandler, now: float) -> None:
        self._dropped_at = now
        handler.drop_caches()
        self._release()

    def _judge(self, handler: PressureHandler, now: float) -> None:
        if self.limit is None or self.used <= self.limit:
            self._over_since = None
        elif self._over_since is None:
            self._over_since = now
        elif now - self._over_since >= GRACE:
            self._over_since = now
            failed = handler.memory_exceeded(EXCEEDED)
            if failed:
                _log.error("Memory was above its limit for %.0f s. %d active streams failed.", GRACE, failed)


_LOW_MESSAGE = "Memory is low. Generation is paused until memory is free again."
