"""The pace of a head, spelt out: every look at it is remembered for ever."""

from __future__ import annotations


class NaivePace:
    """Where a head has come by itself, each time that somebody looked; jumps are left out by the caller."""

    def __init__(self, begun_at: float) -> None:
        self._begun_at = begun_at
        self._looks = [(begun_at, 0)]

    def look(self, now: float, passed: int) -> None:
        """Remember how many entries have been passed."""
        if now >= self._begun_at:
            self._looks.append((now, passed))

    def rate(self, now: float, passed: int) -> float:
        """Entries a second since the last look that was a second ago, else since the beginning."""
        old = [(moment, gone) for moment, gone in self._looks if moment <= now - 1.0]
        moment, gone = max(old, default=(self._begun_at, 0))
        return (passed - gone) / (now - moment) if now > moment else 0.0
