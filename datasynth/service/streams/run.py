"""What a stream is, without threads: its state, its head, its journal and its log of notices.

Every method takes the present moment and is called under the stream's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import NoActiveStream, TooManyTriggers
from datasynth.service.streams.lifecycle import Action, PauseReason, State, after
from datasynth.service.streams.notices import NoticeLog, NoticeType
from datasynth.service.streams.status import StreamStatus, TriggerRecord

if TYPE_CHECKING:
    from datetime import datetime

    from datasynth.service.journals.protocols import JournalLike, TriggerLike
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.head import Head
    from datasynth.service.threads.clock import WallClock

MOST_TRIGGERS = 1_000
"""Triggers that one stream takes."""


class Run:
    """One run of generation.

    Parameters
    ----------
    stream_id, kind
        Its id, and ``rest`` or ``grpc``.
    version
        The journal, or what it will be built from: the run is preparing until it `begin`s.
    head
        Its position, at the start.
    wall_clock
        For the timestamps that people see.
    """

    def __init__(
        self, stream_id: str, kind: str, version: JournalVersion, head: Head, wall_clock: WallClock
    ) -> None:
        self.id = stream_id
        self.kind = kind
        self.version = version
        self.head = head
        self.state = State.PREPARING if version.journal is None else State.RUNNING
        self.built = version.journal is not None
        self.reasons: set[PauseReason] = set()
        self.error: str | None = None
        self.triggers: list[TriggerRecord] = []
        self.ended_at: float | None = None
        self.notices = NoticeLog()
        self._wall_clock = wall_clock
        self._created = wall_clock()
        self._begun: datetime | None = None
        self._ended: datetime | None = None
        self.notices.add(NoticeType.STARTED, "The stream has started.", total=head.total)

    @property
    def end(self) -> int:
        """Where the entries end: the total, or the stop point once there is one."""
        return self.head.position if self.state in {State.STOPPED, State.FAILED} else self.head.total

    def advance(self, now: float) -> bool:
        """Bring the head up to `now` and complete the run if that was the end; tell whether it was."""
        if not self.state.active:
            return False
        self.head.advance(now)
        if self._begun is None and self.head.begun:
            self._begun = self._wall_clock()
        if self.head.position < self.head.total or not self.head.movable:
            return False
        self._finish(Action.COMPLETE, now)
        return True

    def begin(self, journal: JournalLike, now: float) -> None:
        """Take the journal that was built; the wait for a first subscriber and the clock begin."""
        self.state = after(self.state, Action.BEGIN)
        self.built = True
        self.version = self.version.opened(journal)
        self.head.total = journal.total
        if self.state is State.RUNNING:
            self.head.resume(now)

    def pause(self, reason: PauseReason, now: float) -> None:
        """Add a reason to be paused."""
        before = self.state
        self.state = after(self.state, Action.PAUSE)
        self.reasons.add(reason)
        if before is not State.PAUSED:
            self.head.pause(now)
            self.notices.add(NoticeType.PAUSED, "The stream is paused.", paused_by=self.paused_by())

    def resume(self, reason: PauseReason, now: float) -> bool:
        """Take a reason away; run on when none is left, and tell whether it runs on from now."""
        following = after(self.state, Action.RESUME if self.built else Action.PREPARE)
        self.reasons.discard(reason)
        if self.reasons or self.state is following:
            return False
        self.state = following
        if following is State.RUNNING:
            self.head.resume(now)
        self.notices.add(NoticeType.RESUMED, "The stream goes on.", current=self.head.position)
        return True

    def stop(self, now: float) -> bool:
        """End at the head; tell whether this ended it."""
        if not self.state.active:
            self.state = after(self.state, Action.STOP)
            return False
        self._finish(Action.STOP, now)
        self.notices.add(NoticeType.STOPPED, "The stream has been stopped.", current=self.head.position)
        return True

    def fail(self, message: str, now: float) -> bool:
        """End with an error, unless it has ended; tell whether this ended it."""
        if not self.state.active:
            return False
        self.error = message
        self._finish(Action.FAIL, now)
        self.notices.add(NoticeType.ERROR, message)
        return True

    def freeze(self) -> int | None:
        """Hold the head still for a trigger and return where it stands; None while there is no journal.

        Raises
        ------
        NoActiveStream
            If the run is over, or a reader has moved the head to the end.
        TooManyTriggers
            If the log is full.
        """
        if not self.state.active or self.head.position >= self.head.total:
            raise NoActiveStream("The stream has reached its end.", {"stream_id": self.id})
        if len(self.triggers) >= MOST_TRIGGERS:
            raise TooManyTriggers(
                f"A stream takes {MOST_TRIGGERS} triggers, and this one has had them.",
                {"stream_id": self.id, "limit": MOST_TRIGGERS},
            )
        if not self.built:
            return None
        self.head.frozen = True
        return self.head.position

    def insert(self, journal: JournalLike, trigger: TriggerLike) -> None:
        """Swap in the journal that has one more package.

        Raises
        ------
        NoActiveStream
            If the run has ended meanwhile.
        """
        if not self.state.active:
            raise NoActiveStream("The stream ended before the trigger took effect.", {"stream_id": self.id})
        record = TriggerRecord(trigger.pattern, trigger.at_sequence, trigger.entries)
        # The frozen head is what the journal was asked for, and what a replay will ask for again.
        self.version = self.version.triggered(record.pattern, self.head.position, journal)
        self.head.total = journal.total
        self.triggers.append(record)
        message = f"{record.pattern} has added {record.entries} entries."
        self.notices.add(NoticeType.TRIGGER, message, **record.as_dict())

    def paused_by(self) -> list[str]:
        """List the pause reasons in alphabetical order."""
        return sorted(str(reason) for reason in self.reasons)

    def duration(self, now: float) -> float:
        """Time since the wait for a first subscriber was over, until now or the end. [s]"""
        if self.head.begun_at is None:
            return 0.0
        return max(0.0, (now if self.ended_at is None else self.ended_at) - self.head.begun_at)

    def status(self, now: float) -> StreamStatus:
        """Describe it."""
        return StreamStatus(
            stream_id=self.id,
            kind=self.kind,
            state=self.state,
            paused_by=tuple(self.paused_by()),
            current=self.head.position,
            total=self.head.total,
            end=self.end,
            rate=self.head.pace(now if self.ended_at is None else self.ended_at),
            created_at=self._created,
            started_at=self._begun,
            ended_at=self._ended,
            duration_ms=round(self.duration(now) * 1000),
            triggers=tuple(self.triggers),
            entries_per_second=self.head.rate,
            error=self.error,
        )

    def _finish(self, action: Action, now: float) -> None:
        self.state = after(self.state, action)
        self.reasons.clear()
        self.ended_at = now
        self._ended = self._wall_clock()
        self.head.sample(now)
