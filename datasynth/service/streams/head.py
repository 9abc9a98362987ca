"""A stream's present position, and what moves it.

Pure arithmetic over moments that the caller passes in; the caller's lock guards it.

The head first waits for a subscriber; then the clock moves it (with a rate), or
readers or generation do (without).  A pause halts the wait, and the end
of the pause begins it anew; paused time does not count towards a rate.  While
the head is frozen, for the time that a trigger is computed in, nothing moves it,
but a rate's clock goes on and the head catches up afterwards.
"""

from __future__ import annotations

import math
from collections import deque

SHORTEST_DELAY = 0.01
"""Readers of a fast rate come back this often and find some entries at once. [s]"""

_MEMORY = 1.0
# A whole number of entries must not be missed because a product came out a hair below it.
_HAIR = 1e-6


class Head:
    """The moving position of one stream.

    Parameters
    ----------
    total
        Where it ends.
    rate
        Entries per second that the clock moves it by; None where the clock does not.
    wait
        How long it waits for a first subscriber; infinity waits for ever. [s]
    now
        The moment of the stream's start. [s]
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
        """Take note of the first subscriber: there is nothing to wait for any more."""
        self._wait = 0.0
        if not self.begun and self._running_since is not None:
            self._begin(now)

    def pause(self, now: float) -> None:
        """Halt."""
        self.advance(now)
        self._active = self._active_at(now)
        self._running_since = None

    def resume(self, now: float) -> None:
        """Go on; a wait that had not ended begins anew."""
        self._running_since = now
        if not self.begun:
            self._wait_until = now + self._wait
        self.advance(now)

    def follow(self, position: int) -> None:
        """Move up to where a reader or generation has come; the clock's position stands above it."""
        if self.rate is None:
            self._move(position)

    def jump(self, position: int, now: float) -> None:
        """Move to where a reader begins above it; a rate goes on from there."""
        if position > self.position:
            before = self.position
            self._move(position)
            self._skipped += self.position - before
            self._base = self.position
            self._base_active = self._active_at(now)

    def delay(self, position: int, now: float) -> float | None:
        """Seconds until the clock lets the entry at `position` out, or None if the clock does not."""
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
        """Remember where it stands, for `pace`; a few times a second."""
        samples = self._samples
        samples.append((now, self.position - self._skipped))
        while len(samples) > 1 and samples[1][0] <= now - _MEMORY:
            samples.popleft()

    def pace(self, now: float) -> float:
        """Entries that it has passed in the last second, or since it has begun if that is less. [entries/s]

        What a jump skips counts for nothing.
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
