"""Wakers, with which a reader sleeps until something changes.

A sleeper clears its waker first, then looks, then waits.  This loses no wake-up: a change
between the look and the wait has set the waker again, so the wait returns at once::

    waker.clear()
    chunk = cursor.poll()
    if chunk is None and not cursor.finished:
        waker.wait(shortest(timeout, cursor.delay()))
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Waker(Protocol):
    """Ends the sleep of one sleeper; it stays set until the sleeper clears it."""

    def clear(self) -> None:
        """Forget earlier wake-ups; called by the sleeper before it looks."""

    def wait(self, timeout: float | None) -> bool:
        """Sleep until woken or until `timeout` seconds have passed; tell whether woken."""

    def wake(self) -> None:
        """End the sleep, or the next one; callable from any thread, never blocks."""


WakerFactory = Callable[[], Waker]
"""Makes the kind of waker that suits the calling thread."""


class ThreadWaker:
    """A waker for a native thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def clear(self) -> None:
        """Forget earlier wake-ups."""
        self._event.clear()

    def wait(self, timeout: float | None) -> bool:
        """Sleep until woken or until `timeout` seconds have passed."""
        return self._event.wait(timeout)

    def wake(self) -> None:
        """End the sleep, or the next one."""
        self._event.set()


class Caller(NamedTuple):
    """The client of a call, and its waker.

    Attributes
    ----------
    client
        The client that the call counts for: the name of a key, or else an address.  Clients
        take turns when journals are built.
    waker
        The waker that the call sleeps on.  If its client has disconnected and that can be
        noticed, `wait` raises `ConnectionResetError`, and build requests are withdrawn.
    """

    client: str
    waker: Waker


class WakerSet:
    """Wakers that are woken together; one attached twice must be detached twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[Waker, int] = {}

    def __len__(self) -> int:
        """Number of different wakers."""
        return len(self._counts)

    def attach(self, waker: Waker) -> None:
        """Add a waker."""
        with self._lock:
            self._counts[waker] = self._counts.get(waker, 0) + 1

    def detach(self, waker: Waker) -> None:
        """Undo one `attach`; an unknown waker is ignored."""
        with self._lock:
            left = self._counts.get(waker, 0) - 1
            if left > 0:
                self._counts[waker] = left
            else:
                self._counts.pop(waker, None)

    def members(self) -> tuple[Waker, ...]:
        """List the attached wakers."""
        with self._lock:
            return tuple(self._counts)

    def wake_all(self) -> None:
        """Wake every attached waker; call it with no lock held."""
        wake_each(self.members())


def wake_each(wakers: Iterable[Waker]) -> None:
    """Wake all of these; call it with no lock held."""
    for waker in wakers:
        waker.wake()
