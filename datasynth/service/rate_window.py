"""A true sliding window: never more than the limit in any window, wherever it starts.

At 12:00:01 a client with a limit of 2 asks once, at 12:00:40 again; both are let
in.  At 12:00:50 it is refused, with 11 seconds to wait, because only at 12:01:01
does the first request leave the window that ends then.  A refused request
leaves no trace.
"""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.service.seams import Clock

WINDOW = 60.0
"""Length of the window. [s]"""

MOST_CLIENTS = 50_000
"""Clients with a log of their own; further ones share one log, which is stricter, never laxer."""

MOST_MARKS = 6_000
"""Marks in one log; beyond it requests close together share a mark, which again is stricter only."""

CROWDED = 500_000
"""Marks in all logs together beyond which every log makes do with few."""


# The sum of two moments is a hair off; that must not cost a client a whole second.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer to one request.

    Attributes
    ----------
    allowed
        Whether it is let in.
    limit
        Requests that a window holds; 0 when there is no limit.
    remaining
        Requests that would be let in right after this one.
    reset
        Whole seconds until the oldest counted request leaves the window, rounded up. [s]
    retry_after
        Whole seconds until the next request is let in, rounded up; 0 when this one was. [s]
    """

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int


@dataclass(slots=True)
class _Log:
    """When marks leave the window, oldest first, and how many requests each stands for."""

    leaves: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    held: int = 0

    def forget(self, now: float) -> int:
        gone = bisect_right(self.leaves, now)
        if gone:
            self.held -= sum(self.requests[:gone])
            del self.leaves[:gone], self.requests[:gone]
        return gone

    def copy(self) -> _Log:
        return _Log(self.leaves.copy(), self.requests.copy(), self.held)

    def add(self, leaves: float, grain: float) -> int:
        # A shared mark leaves with its latest request, so the window is never too generous.  Looking
        # at the last mark but one makes any two neighbours span a grain, which bounds their number.
        self.held += 1
        if grain and len(self.leaves) > 1 and leaves - self.leaves[-2] < grain:
            self.leaves[-1] = leaves
            self.requests[-1] += 1
            return 0
        self.leaves.append(leaves)
        self.requests.append(1)
        return 1


class RateWindow:
    """Admissions of the last window, client by client.

    Parameters
    ----------
    limit
        Requests that one client may make in any window; 0 lets everybody in.
    window
        Its length. [s]
    clock
        Seconds that never go back.
    most_clients
        Clients with a log of their own.
    crowded
        Marks in all logs together beyond which every log makes do with few.
    """

    def __init__(
        self,
        limit: int,
        window: float = WINDOW,
        clock: Clock = time.monotonic,
        most_clients: int = MOST_CLIENTS,
        crowded: int = CROWDED,
    ) -> None:
        self._limit = limit
        self._window = window
        self._clock = clock
        self._most_clients = most_clients
        self._crowded = crowded
        self._grain = 0.0 if limit <= MOST_MARKS else 2 * window / MOST_MARKS
        self._marks = 0
        self._lock = threading.Lock()
        self._logs: OrderedDict[str, _Log] = OrderedDict()
        self._shared = _Log()

    @property
    def limit(self) -> int:
        """Requests that one client may make in any window; 0 when there is no limit."""
        return self._limit

    @property
    def clients(self) -> int:
        """Clients that have a log now."""
        return len(self._logs)

    def admit(self, client: str) -> Admission:
        """Let a request of `client` in and count it, or refuse it without a trace."""
        if self._limit <= 0:
            return Admission(allowed=True, limit=0, remaining=0, reset=0, retry_after=0)
        with self._lock:
            # The clock is read inside, or two threads could log their marks out of order.
            now = self._clock()
            self._forget_idle(now)
            log = self._log_of(client, now)
            forgotten = log.forget(now)
            allowed = log.held < self._limit
            grain = self._grain if self._marks < self._crowded else self._window / 50
            added = log.add(now + self._window, grain) if allowed else 0
            if log is not self._shared:
                self._marks += added - forgotten
            # Sums of floats: a whole minute must not be rounded up to 61 s.
            wait = max(1, math.ceil(log.leaves[0] - now - _ROUNDING))
            return Admission(allowed, self._limit, self._limit - log.held, wait, 0 if allowed else wait)

    def _log_of(self, client: str, now: float) -> _Log:
        log = self._logs.get(client)
        if log is not None:
            self._logs.move_to_end(client)
            return log
        self._shared.forget(now)
        if len(self._logs) >= self._most_clients:
            return self._shared
        # While the shared log remembers anything, some of it may be this client's.
        log = self._logs[client] = self._shared.copy()
        self._marks += len(log.leaves)
        return log

    def _forget_idle(self, now: float) -> None:
        # The client that asked longest ago is first; two a call, so the dead go faster than the new come.
        for _ in range(2):
            if not self._logs:
                return
            client, log = next(iter(self._logs.items()))
            if log.leaves and log.leaves[-1] > now:
                return
            self._marks -= len(log.leaves)
            del self._logs[client]
