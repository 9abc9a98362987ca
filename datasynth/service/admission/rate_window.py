"""A true sliding window: never more than the limit in any window, wherever it starts.

A client with a limit of 2 sends requests at 12:00:01 and 12:00:40; both are admitted.  At
12:00:50 a third is refused, with 11 seconds to wait, because the first request leaves the
window at 12:01:01.  Refused requests do not count.

Each client has a log of its own as long as there is room.  After that new clients share the
log of their network, and if there are too many networks, that of the wider network.
Sharing is stricter, never laxer: **of the logs that a client may use, the narrowest has
everything that was counted for it.**  So a log begins as a copy of the next wider one, and
no log is forgotten before it is empty.
"""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from datasynth.service.admission.clients import networks_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.service.threads.clock import Clock

WINDOW = 60.0
"""Length of the window. [s]"""

MOST_CLIENTS = 50_000
"""Addresses with a log of their own."""

MOST_NETWORKS = 10_000
"""Networks (IPv4 /16, IPv6 /32) with a log for their clients that have none."""

MOST_MARKS = 6_000
"""Marks in one log; with more, requests close together share a mark, which is stricter too."""

CROWDED = 500_000
"""Marks in all logs together; with more, every log has few."""

_FEW = 50

# Rounding errors of sums of moments must not cost a client a whole second.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class RateDecision:
    """The answer to one request.

    Attributes
    ----------
    limit
        Requests per window; 0 without a limit.
    remaining
        Requests that would be admitted right after this one.
    reset
        Time until the oldest counted request leaves the window, rounded up. [s]
    retry_after
        Time until the next request is admitted, rounded up; 0 if this one was. [s]
    """

    allowed: bool
    limit: int
    remaining: int
    reset: int
    retry_after: int


@dataclass(slots=True)
class _Log:
    """When marks leave the window, oldest first, and the number of requests of each.

    `level` is the number of wider logs that its clients could use instead.
    """

    level: int
    leaves: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    total: int = 0

    def forget(self, now: float) -> None:
        gone = bisect_right(self.leaves, now)
        if gone:
            self.total -= sum(self.requests[:gone])
            del self.leaves[:gone], self.requests[:gone]

    def take_over(self, other: _Log, grain: float) -> None:
        for leaves, requests in zip(other.leaves, other.requests, strict=True):
            self.add(leaves, grain, requests)

    def add(self, leaves: float, grain: float, requests: int = 1) -> None:
        # A shared mark leaves with its latest request, so the window is never too generous.  The
        # comparison with the last mark but one bounds the number of marks: any three span a grain.
        self.total += requests
        if grain and len(self.leaves) > 1 and leaves - self.leaves[-2] < grain:
            self.leaves[-1] = leaves
            self.requests[-1] += requests
        else:
            self.leaves.append(leaves)
            self.requests.append(requests)


class RateWindow:
    """Admissions of the last window, client by client.

    Parameters
    ----------
    limit
        Requests of one client in any window; 0 for no limit.
    window
        Its length. [s]
    most_clients, most_networks, crowded
        See the constants of this module.
    """

    def __init__(
        self,
        limit: int,
        window: float = WINDOW,
        clock: Clock = time.monotonic,
        most_clients: int = MOST_CLIENTS,
        most_networks: int = MOST_NETWORKS,
        crowded: int = CROWDED,
    ) -> None:
        self.limit = limit
        self._window = window
        self._clock = clock
        # By level.  Keys and the widest networks have no wider log to share, so they always have one.
        self._most = (math.inf, most_networks, most_clients)
        self._begun = [0, 0, 0]
        self._crowded = crowded
        self._grain = 0.0 if limit <= MOST_MARKS else 2 * window / MOST_MARKS
        self._marks = 0
        self._lock = threading.Lock()
        self._logs: OrderedDict[str, _Log] = OrderedDict()

    @property
    def logs(self) -> int:
        """Clients and networks that have a log now."""
        return len(self._logs)

    def admit(self, client: str) -> RateDecision:
        """Admit and count a request, or refuse it; `client` is from `client_at` or the name of a key."""
        if self.limit <= 0:
            return RateDecision(allowed=True, limit=0, remaining=0, reset=0, retry_after=0)
        with self._lock:
            # Read the clock under the lock, or two threads could log their marks out of order.
            now = self._clock()
            self._forget_idle(now)
            log = self._log_of(client, now)
            self._forget(log, now)
            allowed = log.total < self.limit
            if allowed:
                before = len(log.leaves)
                log.add(now + self._window, self._grain_now())
                self._marks += len(log.leaves) - before
            # A whole minute must not be rounded up to 61 s.
            wait = max(1, math.ceil(log.leaves[0] - now - _ROUNDING))
            return RateDecision(allowed, self.limit, self.limit - log.total, wait, 0 if allowed else wait)

    def _log_of(self, client: str, now: float) -> _Log:
        names: Sequence[str] = (client,)
        if client not in self._logs:
            names = (client, *networks_around(client))
        for place, name in enumerate(names):
            wider = names[place + 1 :]
            if name in self._logs:
                self._logs.move_to_end(name)
                return self._logs[name]
            if self._begun[len(wider)] < self._most[len(wider)]:
                return self._begin(name, wider, now)
        raise AssertionError  # The last name always has room.

    def _begin(self, name: str, wider: Sequence[str], now: float) -> _Log:
        log = _Log(level=len(wider))
        used = next((self._logs[one] for one in wider if one in self._logs), None)
        if used is not None:
            self._forget(used, now)
            log.take_over(used, self._grain_now())
        self._logs[name] = log
        self._begun[log.level] += 1
        self._marks += len(log.leaves)
        return log

    def _grain_now(self) -> float:
        return self._grain if self._marks < self._crowded else self._window / _FEW

    def _forget(self, log: _Log, now: float) -> None:
        before = len(log.leaves)
        log.forget(now)
        self._marks += len(log.leaves) - before

    def _forget_idle(self, now: float) -> None:
        # The least recently used come first.  Two a call, so that logs go faster than new ones come.
        for _ in range(2):
            if not self._logs:
                return
            name, log = next(iter(self._logs.items()))
            if log.leaves and log.leaves[-1] > now:
                return
            self._marks -= len(log.leaves)
            self._begun[log.level] -= 1
            del self._logs[name]
