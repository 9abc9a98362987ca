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


class NaiveCrowd:
    """Clients that share logs when there are too many of them, by plain lists.

    Parameters
    ----------
    limit, window
        Requests let in, and within how long. [s]
    most
        How many logs there may be of clients, and of networks; of the widest networks any number.
    cases
        The networks of each client, the narrowest first.
    """

    def __init__(
        self, limit: int, window: float, most: tuple[int, int], cases: dict[str, tuple[str, ...]]
    ) -> None:
        self._limit = limit
        self._window = window
        self._most = most
        self._cases = cases
        self._used: list[str] = []
        self._moments: dict[str, list[float]] = {}

    def admit(self, client: str, now: float) -> bool:
        """Tell whether a request is let in."""
        for _ in range(2):
            if self._used and not self._live(self._used[0], now):
                del self._moments[self._used.pop(0)]
        name = self._name(client)
        if name in self._used:
            self._used.remove(name)
        else:
            wider = [one for one in self._cases[client] if one in self._used and one != name]
            self._moments[name] = self._live(wider[0], now) if wider else []
        self._used.append(name)
        if len(self._live(name, now)) >= self._limit:
            return False
        self._moments[name].append(now)
        return True

    def _live(self, name: str, now: float) -> list[float]:
        return [moment for moment in self._moments[name] if now < moment + self._window]

    def _name(self, client: str) -> str:
        networks = self._cases[client]
        if client in self._used or not networks or self._count(0) < self._most[0]:
            return client
        narrow, widest = networks
        return narrow if narrow in self._used or self._count(1) < self._most[1] else widest

    def _count(self, level: int) -> int:
        names = {client for client, networks in self._cases.items() if networks}
        if level:
            names = {networks[0] for networks in self._cases.values() if networks}
        return len(names.intersection(self._used))
