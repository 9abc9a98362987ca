"""What a stream says about itself when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.service.threads.clock import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from datasynth.service.streams.lifecycle import State


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    """One line of a stream's trigger log."""

    pattern: str
    at_sequence: int
    entries: int

    def as_dict(self) -> dict[str, object]:
        """Return it ready for JSON."""
        return {"pattern": self.pattern, "at_sequence": self.at_sequence, "entries": self.entries}


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """A stream at one moment.

    Attributes
    ----------
    stream_id, kind
        Id, and ``rest`` or ``grpc``.
    state, paused_by
        State, and the pause reasons in alphabetical order.
    current, total
        Head and number of entries planned, triggered ones included.
    end
        Where the entries end: the total, or the stop point once there is one.
    rate
        Entries that the head has passed in the last second, of the stream's life if it has ended, or in
        the time since it began if that is shorter. [entries/s]
    created_at, started_at, ended_at
        Wall clock: asked for, first subscriber there or no longer waited for, over.
    duration_ms
        From `started_at` until now or until it ended. [ms]
    triggers
        The trigger log.
    entries_per_second
        The rate asked for, if any.
    error
        Why it failed, if it did.
    """

    stream_id: str
    kind: str
    state: State
    paused_by: tuple[str, ...]
    current: int
    total: int
    end: int
    rate: float
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    duration_ms: int
    triggers: tuple[TriggerRecord, ...]
    entries_per_second: float | None
    error: str | None

    @property
    def percent(self) -> float:
        """Share of the total that the head has passed, with two decimals. [%]"""
        return round(100.0 * self.current / self.total, 2) if self.total else 100.0

    def as_dict(self) -> dict[str, object]:
        """Return it ready for JSON."""
        return {
            "stream_id": self.stream_id,
            "kind": self.kind,
            "state": str(self.state),
            "paused_by": list(self.paused_by),
            "current": self.current,
            "total": self.total,
            "percent": self.percent,
            "rate": round(self.rate, 1),
            "created_at": timestamp(self.created_at),
            "started_at": timestamp(self.started_at),
            "ended_at": timestamp(self.ended_at),
            "duration_ms": self.duration_ms,
            "triggers": [trigger.as_dict() for trigger in self.triggers],
            "entries_per_second": self.entries_per_second,
            "error": self.error,
        }
