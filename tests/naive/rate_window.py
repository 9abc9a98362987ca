"""The sliding window, spelt out: every admission is remembered for ever."""

from __future__ import annotations

import math


class NaiveWindow:
    """Admissions of each client, all of them."""

    def __init__(self, limit: int, window: float) -> None:
        self._limit = limit
        self._window = window
        self.admitted: dict[str, list[float]] = {}

    def admit(self, client: str, now: float) -> tuple[bool, int, int]:
        """Return whether a request is let in, how many more would be, and the whole seconds to wait."""
        moments = self.admitted.setdefault(client, [])
        live = [moment for moment in moments if now < moment + self._window]
        if len(live) >= self._limit:
            return False, 0, max(1, math.ceil(round(live[0] + self._window - now, 6)))
        moments.append(now)
        return True, self._limit - len(live) - 1, 0
