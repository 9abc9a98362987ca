"""The run of a stream: state, journal, head and trigger log, without threads and locks.

`Stream` calls a run under its lock, passes the present moment, and wakes the subscribers
afterwards.  The head follows readers, the clock, or generation without readers.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError, InternalError, NoActiveStream, Overloaded, TooManyTriggers
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.blocks.block_pool import Priority
from datasynth.service.streams.lifecycle import Action, PauseReason, State, after
from datasynth.service.streams.notices import NoticeLog, NoticeType
from datasynth.service.streams.status import StreamStatus, TriggerRecord
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.blocks.block_layout import BlockLayout
    from datasynth.service.blocks.block_pool import BlockJob
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.head import Head
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.streams.subscribers import EntryReader, Subscribers

MOST_TRIGGERS = 1_000
"""Triggers that one stream takes."""

BROKEN = "The entries could not be computed. See the server's log."


class Run:
    """One run of generation, from `prepare` to its end; a `Stream` has exactly one.

    While no reader holds the head, the run computes blocks and the head follows them.
    A run has a bounded number of such blocks under way, all of one priority, so that runs
    take turns.

    Parameters
    ----------
    version
        With its journal, or planned: then the run is preparing until `begin`.
    block_ready
        Called from another thread when a block without reader is done.

    Attributes
    ----------
    changed
        Whether every subscriber must be woken.
    """

    def __init__(
        self,
        stream_id: str,
        kind: str,
        version: JournalVersion,
        head: Head,
        subscribers: Subscribers,
        services: StreamServices,
        block_ready: Callable[[], None],
    ) -> None:
        self.id = stream_id
        self.kind = kind
        self.version = version
        self.head = head
        self.state = State.PREPARING if version.journal is None else State.RUNNING
        self.built = version.journal is not None
        self.changed = False
        self.ended_at: float | None = None
        self.notices = NoticeLog()
        self.triggers: list[TriggerRecord] = []
        self._reasons: set[PauseReason] = set()
        self._error: str | None = None
        self._subscribers = subscribers
        self._services = services
        self._block_ready = block_ready
        self._build: BuildRequest | None = None
        self._layout: BlockLayout | None = None
        self._unattended: deque[tuple[range, BlockJob]] = deque()
        self._created = services.wall_clock()
        self._begun: datetime | None = None
        self._ended: datetime | None = None
        self.notices.add(NoticeType.STARTED, "The stream has started.", total=head.total)

    @property
    def end(self) -> int:
        """Where the entries end: the total, or the stop point once there is one."""
        return self.head.position if self.state in {State.STOPPED, State.FAILED} else self.head.total

    def prepare(self, client: str, built: Callable[[], None]) -> None:
        """Request the journal for a client; `built` is called from another thread."""
        self._build = self._services.journals.queue.ask(self.version.spec, client, built, lasting=True)

    def begin(self, now: float) -> None:
        """Take the journal that was built and start the clock, unless the run has ended meanwhile."""
        build, self._build = self._build, None
        if build is None:
            return
        try:
            journal = build.journal()
        except DatasynthError as error:
            # All streams that fail for lack of memory have the same message.
            self.fail(EXCEEDED if isinstance(error, Overloaded) else error.message, now)
            return
        self.state = after(self.state, Action.BEGIN)
        self.built = True
        self.version = self.version.opened(journal)
        self.head.total = journal.total
        if self.state is State.RUNNING:
            self.head.resume(now)
        self._subscribers.touch(now)
        self.changed = True

    def advance(self, now: float) -> None:
        """Bring the head up to `now`, and complete the run if it has reached its end."""
        if not self.state.active:
            return
        self.head.advance(now)
        if self._begun is None and self.head.begun:
            self._begun = self._services.wall_clock()
        if self.head.position >= self.head.total and self.head.movable:
            self._finish(Action.COMPLETE, now)

    def pause(self, reason: PauseReason, now: float) -> None:
        """Add a reason to be paused."""
        before = self.state
        self.state = after(self.state, Action.PAUSE)
        self._reasons.add(reason)
        if before is not State.PAUSED:
            self.head.pause(now)
            self.notices.add(NoticeType.PAUSED, "The stream is paused.", paused_by=self._paused_by())
        self._cancel_unattended()
        self.changed = True

    def resume(self, reason: PauseReason, now: float) -> None:
        """Remove a reason to be paused; go on when none is left."""
        following = after(self.state, Action.RESUME if self.built else Action.PREPARE)
        self._reasons.discard(reason)
        self.changed = True
        if self._reasons or self.state is following:
            return
        self.state = following
        if following is State.RUNNING:
            self.head.resume(now)
        self.notices.add(NoticeType.RESUMED, "The stream has resumed.", current=self.head.position)
        self._subscribers.touch(now)

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
        self._error = message
        self._finish(Action.FAIL, now)
        self.notices.add(NoticeType.ERROR, message)
        return True

    def freeze(self) -> int | None:
        """Freeze the head for a trigger and return its position; None while that has to wait.

        Raises
        ------
        NoActiveStream
            If the run is over, or a reader has moved the head to the end.
        TooManyTriggers
            If the log is full.
        """
        if self.head.frozen:
            return None
        if not self.state.active or self.head.position >= self.head.total:
            raise NoActiveStream("The stream has reached its end.", {"stream_id": self.id})
        if len(self.triggers) >= MOST_TRIGGERS:
            raise TooManyTriggers(
                f"The stream has reached the limit of {MOST_TRIGGERS} triggers.",
                {"stream_id": self.id, "limit": MOST_TRIGGERS},
            )
        if not self.built:
            return None
        self.head.frozen = True
        return self.head.position

    def insert(self, journal: JournalProtocol, trigger: Trigger) -> None:
        """Replace the journal with one of one more package; raise `NoActiveStream` if the run has ended."""
        if not self.state.active:
            raise NoActiveStream("The stream ended before the trigger took effect.", {"stream_id": self.id})
        record = TriggerRecord(trigger.pattern, trigger.at_sequence, trigger.entries)
        # A rebuilt journal inserts the package at the same position, that of the frozen head.
        self.version = self.version.triggered(record.pattern, self.head.position, journal)
        self.head.total = journal.total
        self.triggers.append(record)
        message = f"{record.pattern} has added {record.entries} entries."
        self.notices.add(NoticeType.TRIGGER, message, **record.as_dict())
        self._services.journals.cache.watch(journal)
        self.changed = True

    def thaw(self) -> None:
        """Unfreeze the head."""
        self.head.frozen = False
        self._cancel_unattended()
        self.changed = True

    def lift(self, reader: EntryReader, now: float) -> None:
        """Move the head to a reader that begins above it."""
        if self.state.active and reader.holds_head and not self.head.frozen:
            self.head.jump(reader.blocks.position, now)

    def take(self, reader: EntryReader, most: int, now: float) -> Chunk | None:
        """Return the next chunk for a reader, if state, rate and cache allow one now."""
        if self._services.memory.low:
            reader.blocks.release()
            return None
        if self.state.silent:
            return None
        self.lift(reader, now)
        limit, ahead = self._limits(reader)
        try:
            chunk = reader.blocks.take(self.version, limit, ahead, most)
        except InternalError:
            if not self.fail(BROKEN, now):
                raise
            return None
        if chunk is not None and reader.holds_head and self.state.active:
            self.head.follow(reader.blocks.reached)
        self.advance(now)
        return chunk

    def run_unattended(self, now: float) -> None:
        """Move the head over finished blocks and submit the next, if no reader holds the head."""
        movable = self.state is State.RUNNING and self.head.movable and self.head.rate is None
        if not movable or self._subscribers.hold_head(now):
            self._cancel_unattended()
            return
        position, broken = self._collect(self.head.position)
        self.head.follow(position)
        self.advance(now)
        if broken:
            self.fail(BROKEN, now)
        if self.state is State.RUNNING:
            self._submit(self.head.position)

    def snapshot(self, now: float) -> StreamStatus:
        """Describe the run as it is."""
        head, since = self.head, self.head.begun_at
        until = now if self.ended_at is None else self.ended_at
        return StreamStatus(
            stream_id=self.id,
            kind=self.kind,
            state=self.state,
            paused_by=tuple(self._paused_by()),
            current=head.position,
            total=head.total,
            end=self.end,
            rate=head.pace(until),
            created_at=self._created,
            started_at=self._begun,
            ended_at=self._ended,
            duration_ms=0 if since is None else round(max(0.0, until - since) * 1000),
            triggers=tuple(self.triggers),
            entries_per_second=head.rate,
            error=self._error,
        )

    def _paused_by(self) -> list[str]:
        return sorted(str(reason) for reason in self._reasons)

    def _finish(self, action: Action, now: float) -> None:
        """End the run, and release what only an active run needs."""
        self.state = after(self.state, action)
        self._reasons.clear()
        self.ended_at = now
        self._ended = self._services.wall_clock()
        self.head.sample(now)
        self.changed = True
        self._cancel_unattended()
        journals = self._services.journals
        if self._build is not None:
            journals.queue.withdraw(self._build)
            self._build = None
        if self.version.journal is not None and not self._services.memory.low:
            journals.cache.put(self.version.spec, self.version.journal)
        self.version = self.version.without_journal()
        self._services.counters.add(Count.STREAMS_ENDED)

    def _limits(self, reader: EntryReader) -> tuple[int, int]:
        """Return the positions up to which a reader may be served now, and soon."""
        head = self.head
        if not self.state.active:
            return self.end, self.end
        if head.frozen:
            return head.position, head.position
        if head.rate is not None:
            return head.position, min(head.total, head.position + math.ceil(head.rate))
        return (head.total if reader.holds_head else head.position), head.total

    def _collect(self, position: int) -> tuple[int, bool]:
        """Return where finished blocks move a head from `position`, and whether the next has failed."""
        while self._unattended and self._unattended[0][1].done:
            block, job = self._unattended.popleft()
            if job.error is not None:
                return position, True
            if position in block:
                position = block.stop
        return position, False

    def _submit(self, position: int) -> None:
        """Submit blocks from `position` on, up to the bound."""
        source = self._services.source
        layout = self._layout = self._layout or source.layout(position)
        block = layout.block_at(position)
        if self._unattended:
            if self._unattended[0][0] != block:
                self._cancel_unattended()
            else:
                block = layout.block_at(self._unattended[-1][0].stop)
        depth = 2 * source.pool.threads
        while len(self._unattended) < depth and block.start < self.version.total:
            key = source.key(self.version, block, None, "")
            job = source.submit(key, self.version, self, self._block_ready, Priority.UNATTENDED)
            self._unattended.append((block, job))
            block = layout.block_at(block.stop)

    def _cancel_unattended(self) -> None:
        """Withdraw the blocks without reader; those that no thread has begun are not made."""
        while self._unattended:
            self._services.source.pool.withdraw(self._unattended.popleft()[1], self)
