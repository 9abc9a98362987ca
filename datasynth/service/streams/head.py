"""The head of a stream: how far it has come, and what moves it.

This is pure arithmetic with moments that the caller passes; the caller's lock guards it.

The head first waits for a subscriber.  Then the clock moves it if there is a rate, and
readers or generation otherwise.  A pause halts the wait, which starts anew after the pause;
paused time does not count towards a rate.  The head is frozen while a trigger is computed:
nothing moves it, but the clock of a rate goes on and the head catches up afterwards.
"""

from __future__ import annotations

import math
from collections import deque

SHORTEST_DELAY = 0.01
"""Readers of a fast rate return after this time and find several entries. [s]"""

_MEMORY = 1.0
# A product that is rounded to just below a whole number must count as that number.
_HAIR = 1e-6


class Head:
    """The moving position of one stream.

    Parameters
    ----------
    total
        The last position.
    rate
        Rate at which the clock moves it; None if the clock does not. [entries/s]
    wait
        How long it waits for a first subscriber; may be infinite. [s]
    halted
        Whether it stands still, as in a pause, until `resume`.
    """

    def __init__(
        self, total: int, rate: float | None, wait: float, now: float, *, halted: bool = False
    ) -> None:
        self.position = 0
        self.total = total
        self.rate = rate
        self.frozen = False
        self.begun_at: float | None = None
        self._wait = wait
        self._wait_until = now + wait
        self._running_since: float | None = None if halted else now
        self._active = 0.0
        self._base = 0
        self._base_active = 0.0
        self._skipped = 0
        self._samples: deque[tuple[float, int]] = deque()
        self.advance(now)

    @property
    def begun(self) -> bool:
        """Whether the wait for a first subscriber is over."""
        return self.begun_at is not None

    @property
    def movable(self) -> bool:
        """Whether readers and generation may move it now."""
        return self.begun and self._running_since is not None and not self.frozen

    def advance(self, now: float) -> None:
        """Bring it up to the moment `now`."""
        if not self.begun and self._running_since is not None and now >= self._wait_until:
            self._begin(self._wait_until)
        if self.rate is not None and self.movable:
            gone = (self._active_at(now) - self._base_active) * self.rate
            self._move(self._base + math.floor(gone + _HAIR))

    def meet(self, now: float) -> None:
        """End the wait, since the first subscriber has come."""
        self._wait = 0.0
        if not self.begun and self._running_since is not None:
            self._begin(now)

    def pause(self, now: float) -> None:
        """Halt."""
        self.advance(now)
        self._active = self._active_at(now)
        self._running_since = None

    def resume(self, now: float) -> None:
        """Go on; a wait that has not ended starts anew."""
        self._running_since = now
        if not self.begun:
            self._wait_until = now + self._wait
        self.advance(now)

    def follow(self, position: int) -> None:
        """Move to the position of a reader or of generation; ignored if there is a rate."""
        if self.rate is None:
            self._move(position)

    def jump(self, position: int, now: float) -> None:
        """Move to the position of a reader that begins above it; a rate goes on from there."""
        if position > self.position:
            before = self.position
            self._move(position)
            self._skipped += self.position - before
            self._base = self.position
            self._base_active = self._active_at(now)

    def delay(self, position: int, now: float) -> float | None:
        """Seconds until the rate allows the entry at `position`, or None if no rate decides it."""
        if self.rate is None or not self.movable:
            return None
        due = self._base_active + (position + 1 - self._base) / self.rate
        return max(SHORTEST_DELAY, due - self._active_at(now))

    def next_event(self, now: float) -> float | None:
        """Seconds until the wait is over or the clock reaches the end, if that is foreseeable."""
        if self._running_since is None:
            return None
        if not self.begun:
            return max(0.0, self._wait_until - now) if math.isfinite(self._wait_until) else None
        return self.delay(self.total - 1, now)

    def sample(self, now: float) -> None:
        """Remember the position for `pace`; called a few times a second."""
        samples = self._samples
        samples.append((now, self.position - self._skipped))
        while len(samples) > 1 and samples[1][0] <= now - _MEMORY:
            samples.popleft()

    def pace(self, now: float) -> float:
        """Mean rate of the last second, or since the begin if that is shorter. [entries/s]

        Entries that a jump skips do not count.
        """
        if self.begun_at is None:
            return 0.0
        then, where = self.begun_at, 0
        for moment, gone in self._samples:
            if moment > now - _MEMORY:
                break
            if moment > then:
                then, where = moment, gone
        return (self.position - self._skipped - where) / (now - then) if now > then else 0.0

    def _begin(self, moment: float) -> None:
        self.begun_at = moment
        self._active = 0.0
        self._running_since = moment

    def _active_at(self, now: float) -> float:
        if not self.begun or self._running_since is None:
            return self._active
        return self._active + (now - self._running_since)

    def _move(self, position: int) -> None:
        self.position = max(self.position, min(position, self.total))
