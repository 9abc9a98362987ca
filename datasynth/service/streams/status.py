"""The status of a stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.service.threads.clock import timestamp

if TYPE_CHECKING:
    from datetime import datetime

    from datasynth.service.streams.lifecycle import State


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    """One record of a stream's trigger log."""

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
    kind
        ``rest`` or ``grpc``.
    paused_by
        Pause reasons in alphabetical order.
    current, total
        Head, and number of planned entries, triggered ones included.
    end
        Where the entries end: the total, or the stop point once there is one.
    rate
        Mean rate of the head in the last second of the stream so far, or since it began if that
        is shorter. [entries/s]
    created_at, started_at, ended_at
        Wall clock: request, end of the wait for a first subscriber, end.
    duration_ms
        From `started_at` until now or until it ended. [ms]
    entries_per_second
        The requested rate, if any.
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
