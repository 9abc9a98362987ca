"""Ends calls whose request does not come.

gRPC starts a call when its headers arrive, and the thread that serves it then
waits for the request message.  A client that opens calls and never sends one
would take every thread there is; so the wait has an end.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from datasynth.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUEST_SECONDS = 10.0


class Cancellable(Protocol):
    """What this module needs of a call's context."""

    def cancel(self) -> object:
        """End the call."""


class Patience:
    """The calls that wait for a message of their client, and until when.

    Parameters
    ----------
    seconds
        How long a call waits. [s]
    clock
        Monotonic time. [s]
    """

    def __init__(self, seconds: float = REQUEST_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._deadlines: dict[Cancellable, float] = {}

    def first(self, messages: Iterator[bytes], context: Cancellable) -> bytes:
        """Return the request of a call that has exactly one."""
        for message in self.each(messages, context):
            return message
        raise InvalidRequest("The call ended without its request message.")

    def each(self, messages: Iterator[bytes], context: Cancellable) -> Iterator[bytes]:
        """Return the requests of a call one by one, as they come."""
        while (message := self._next(messages, context)) is not None:
            yield message

    def tick(self) -> None:
        """Cancel the calls that have waited too long; to be called now and then, from any thread."""
        now = self._clock()
        with self._lock:
            overdue = [context for context, deadline in self._deadlines.items() if deadline <= now]
        for context in overdue:
            context.cancel()

    def _next(self, messages: Iterator[bytes], context: Cancellable) -> bytes | None:
        with self._lock:
            self._deadlines[context] = self._clock() + self._seconds
        try:
            return next(messages, None)
        finally:
            with self._lock:
                del self._deadlines[context]
