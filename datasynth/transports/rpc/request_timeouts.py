"""Ends calls whose request message does not come.

gRPC starts a call when its headers arrive.  A call that then waits for a
message holds no thread but takes memory, so the wait has an end, and the number
of waiting calls a bound.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from datasynth.transports.limits import CONNECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST_SECONDS = 10.0
"""How long a call waits for a message. [s]"""


class Waiting(Protocol):
    """A call that waits for a message."""

    def time_out(self) -> None:
        """End the call, since its message has not come in time."""

    def evict(self) -> None:
        """End the call, since too many others wait."""


class RequestTimeouts:
    """The calls that wait for a message of their client, each with its deadline; `most` may wait at once."""

    def __init__(
        self,
        seconds: float = REQUEST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        most: int = CONNECTIONS,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        # All wait equally long, so the first to have come is the first to go.
        self._deadlines: dict[Waiting, float] = {}

    def __len__(self) -> int:
        """Count the calls that wait."""
        with self._lock:
            return len(self._deadlines)

    def begin(self, call: Waiting) -> None:
        """Let a call wait; if there are too many, the one that has waited longest has to go."""
        with self._lock:
            self._deadlines[call] = self._clock() + self._seconds
            first = next(iter(self._deadlines)) if len(self._deadlines) > self._most else None
            if first is not None:
                del self._deadlines[first]
        if first is not None:
            first.evict()

    def end(self, call: Waiting) -> bool:
        """End the wait of a call; tell whether it waited."""
        with self._lock:
            return self._deadlines.pop(call, None) is not None

    def tick(self) -> None:
        """End the calls that have waited too long; to be called now and then, from any thread."""
        now = self._clock()
        overdue = []
        with self._lock:
            for call, deadline in self._deadlines.items():
                if deadline > now:
                    break
                overdue.append(call)
            for call in overdue:
                del self._deadlines[call]
        for call in overdue:
            call.time_out()
