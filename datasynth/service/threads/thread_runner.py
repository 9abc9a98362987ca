"""Slow work on a native thread while the caller sleeps on its own waker."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

from datasynth.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.thread_pool import ThreadPool
    from datasynth.service.threads.waker import Waker

T = TypeVar("T")

MOST_WAITING = 256
"""Calls that may wait for a thread; more would time out anyway."""


class _Call(Generic[T]):
    """One call; its fields are written once by the native thread, `done` last."""

    __slots__ = ("abandoned", "done", "error", "function", "result", "waker")

    def __init__(self, function: Callable[[], T], waker: Waker) -> None:
        self.function = function
        self.waker = waker
        self.result: T | None = None
        self.error: BaseException | None = None
        self.done = False
        self.abandoned = False

    def run(self) -> None:
        """Call the function, keep what comes of it, and wake the caller."""
        if self.abandoned:
            return
        try:
            self.result = self.function()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the caller
            self.error = error
        self.done = True
        self.waker.wake()


class ThreadRunner:
    """Calls functions on the threads of a pool for callers that must not be blocked natively.

    Parameters
    ----------
    pool
        The threads; not the generator's, or a start would wait behind blocks.
    clock
        Seconds that never go back.
    """

    def __init__(self, pool: ThreadPool, clock: Clock = time.monotonic) -> None:
        self._pool = pool
        self._clock = clock

    def run_in_thread(self, function: Callable[[], T], waker: Waker, timeout: float) -> T:
        """Return what `function` returns, or raise what it raises.

        Parameters
        ----------
        function
            Runs on a native thread; its result is dropped if the caller has given up.
        waker
            What the caller sleeps on.
        timeout
            How long it sleeps at most. [s]

        Raises
        ------
        Overloaded
            If that took too long, too many wait already, or the server is shutting down.
        """
        call = _Call(function, waker)
        if self._pool.waiting >= MOST_WAITING or not self._pool.submit(call.run):
            raise Overloaded("The server has too much to do; try again.")
        deadline = self._clock() + timeout
        try:
            while True:
                waker.clear()
                if call.done:
                    break
                left = deadline - self._clock()
                if left <= 0 or self._pool.closing:
                    raise Overloaded("The server did not get round to this in time; try again.")
                # Closing drops waiting calls without a word, so a sleeper looks up now and then.
                waker.wait(min(left, 0.5))
        finally:
            call.abandoned = True
        if call.error is not None:
            raise call.error
        return call.result  # type: ignore[return-value]  # done without an error: it is a T
