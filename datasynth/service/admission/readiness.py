"""Whether the server takes work."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from datasynth.errors import Overloaded
from datasynth.kernel import watched
from datasynth.service.threads.waker import WakerSet

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Waker

_log = logging.getLogger(__name__)

KERNEL_WAIT = 10.0
"""How long a request waits for kernels that are still being compiled. [s]"""


class Readiness:
    """Loads or compiles kernels on its own thread, logs progress, and tells why work is refused.

    Parameters
    ----------
    warm_up
        Loads or compiles all kernels; may take seconds.
    warmed
        Called once they are there, before work is taken.
    """

    def __init__(
        self,
        warm_up: Callable[[], None],
        memory: MemoryGuard,
        warmed: Callable[[], None],
        clock: Clock = time.monotonic,
    ) -> None:
        self._warm_up = warm_up
        self._warmed = warmed
        self._memory = memory
        self._clock = clock
        self._wakers = WakerSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._warm = False
        self._failed = False
        self._compiling = False
        self._closing = False

    def start(self) -> None:
        """Begin to load the kernels, once."""
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._load, name="warm-up", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Refuse work from now on, since the server shuts down."""
        self._closing = True
        self._wakers.wake_all()

    def reasons(self) -> list[str]:
        """List the reasons to refuse work now; empty if it is taken."""
        reasons = []
        if self._failed:
            reasons.append("The kernels could not be compiled. See the server's log.")
        elif not self._warm:
            reasons.append(f"The kernels are still being {'compiled' if self._compiling else 'loaded'}.")
        if self._memory.low:
            reasons.append("Memory is low.")
        if self._closing:
            reasons.append("The server is shutting down.")
        return reasons

    def admit(self, waker: Waker) -> None:
        """Return if work is taken, after a wait for kernels if need be.

        Raises
        ------
        Overloaded
            If memory is low, or as in `wait`.
        """
        self._memory.ensure()
        self.wait(waker)

    def wait(self, waker: Waker, timeout: float = KERNEL_WAIT) -> None:
        """Sleep until the kernels are there.

        Raises
        ------
        Overloaded
            If they are not there in time, cannot be compiled, or the server is shutting down.
        """
        if self._warm and not self._closing:
            return
        deadline = self._clock() + timeout
        self._wakers.attach(waker)
        try:
            while True:
                waker.clear()
                left = deadline - self._clock()
                if self._closing or self._failed or (left <= 0 and not self._warm):
                    raise Overloaded(" ".join(self.reasons()), retry_after=5)
                if self._warm:
                    return
                waker.wait(left)
        finally:
            self._wakers.detach(waker)

    def _note(self, level: int, sentence: str) -> None:
        self._compiling = True
        _log.log(level, "%s", sentence)

    def _load(self) -> None:
        try:
            with watched(self._note):
                self._warm_up()
            self._warmed()
        except Exception:  # noqa: BLE001 - whatever it is, the server stays and says so
            _log.exception("The kernels could not be compiled.")
            self._failed = True
        else:
            self._warm = True
        self._wakers.wake_all()
