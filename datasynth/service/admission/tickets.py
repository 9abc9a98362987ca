"""Single-use tickets for clients that cannot set headers on a WebSocket."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from typing import TYPE_CHECKING

from datasynth.errors import Overloaded, Unauthorized

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.admission.access import Principal
    from datasynth.service.threads.clock import Clock

LIFETIME = 30.0
"""How long an unused ticket is valid. [s]"""

MOST = 10_000
"""Unused tickets at a time."""


def _new_token() -> str:
    return secrets.token_urlsafe(32)


class Tickets:
    """Issued and unused tickets; only their hashes are kept."""

    def __init__(
        self,
        clock: Clock = time.monotonic,
        new_token: Callable[[], str] = _new_token,
        lifetime: float = LIFETIME,
        most: int = MOST,
    ) -> None:
        self._clock = clock
        self._new_token = new_token
        self.lifetime = lifetime
        self._most = most
        self._lock = threading.Lock()
        self._waiting: dict[bytes, tuple[float, Principal]] = {}

    def issue(self, principal: Principal) -> str:
        """Return a new ticket that stands for a client once.

        Raises
        ------
        Overloaded
            If there are too many unused tickets.
        """
        now = self._clock()
        with self._lock:
            self._forget_expired(now)
            if len(self._waiting) >= self._most:
                raise Overloaded("Too many tickets are unused.", retry_after=int(self.lifetime))
            token = self._new_token()
            self._waiting[_digest(token)] = (now + self.lifetime, principal)
        return token

    def look(self, token: str) -> Principal:
        """Return the client that a ticket stands for, and do not spend it.

        Raises
        ------
        Unauthorized
            If it was never issued, was spent before, or is too old.
        """
        with self._lock:
            return self._holder(self._waiting.get(_digest(token)))

    def spend(self, token: str) -> None:
        """Spend a ticket; of several concurrent calls one succeeds, the others raise as `look` does."""
        with self._lock:
            self._holder(self._waiting.pop(_digest(token), None))

    def _holder(self, waiting: tuple[float, Principal] | None) -> Principal:
        if waiting is None or self._clock() >= waiting[0]:
            raise Unauthorized("The ticket is unknown, used or expired.")
        return waiting[1]

    def _forget_expired(self, now: float) -> None:
        # Tickets live equally long, so the oldest come first.
        while self._waiting:
            digest, (expires, _) = next(iter(self._waiting.items()))
            if expires > now:
                return
            del self._waiting[digest]


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
