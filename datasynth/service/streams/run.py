"""What a stream is, without threads: its state, its journal, its head, and what moves it.

Readers that take entries move the head, or the clock, or generation that nobody
reads.  Every method takes the present moment and is called under the stream's lock.
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
    from datasynth.service.blocks.block_pool import BlockJob
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.head import Head
    from datasynth.service.streams.subscribers import EntryReader, Subscribers

MOST_TRIGGERS = 1_000
"""Triggers that one stream takes."""

BROKEN = "The entries could not be computed; the server's log says why."


class Run:
    """One run of generation.

    While nobody holds the head, blocks are computed for real and the head follows
    them.  Each stream has a bounded number of such blocks under way, all of one
    priority, so that streams take turns.

    Parameters
    ----------
    version
        The journal, or what it will be built from: the run is preparing until it `begin`s.
    block_ready
        Called from another thread when a block that nobody reads is done.

    Attributes
    ----------
    changed
        Whether something has happened that every subscriber must be woken for.
    """

    def __init__(
        self,
        stream_id: str,
        kind: str,
        version: JournalVersion,
        head: Head,
        subscribers: Subscribers,
        context: Context,
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
        self._context = context
        self._block_ready = block_ready
        self._build: BuildRequest | None = None
        self._layout = context.source.layout(0)
        self._unattended: deque[tuple[range, BlockJob]] = deque()
        self._created = context.wall_clock()
        self._begun: datetime | None = None
        self._ended: datetime | None = None
        self.notices.add(NoticeType.STARTED, "The stream has started.", total=head.total)

    @property
    def end(self) -> int:
        """Where the entries end: the total, or the stop point once there is one."""
        return self.head.position if self.state in {State.STOPPED, State.FAILED} else self.head.total

    def prepare(self, client: str, built: Callable[[], None]) -> None:
        """Request the journal on a client's account; `built` is called from another thread."""
        self._build = self._context.journals.queue.ask(self.version.spec, client, built, lasting=True)

    def begin(self, now: float) -> None:
        """Take the journal that was built, unless the run has ended meanwhile; the clock begins."""
        build, self._build = self._build, None
        if build is None:
            return
        try:
            journal = build.journal()
        except DatasynthError as error:
            # All streams that end for want of memory say so in the same words.
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
            self._begun = self._context.wall_clock()
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
        """Take a reason away; run on when none is left."""
        following = after(self.state, Action.RESUME if self.built else Action.PREPARE)
        self._reasons.discard(reason)
        self.changed = True
        if self._reasons or self.state is following:
            return
        self.state = following
        if following is State.RUNNING:
            self.head.resume(now)
        self.notices.add(NoticeType.RESUMED, "The stream goes on.", current=self.head.position)
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
        """Hold the head still for a trigger and return where it stands; None while that has to wait.

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
                f"A stream takes {MOST_TRIGGERS} triggers, and this one has had them.",
                {"stream_id": self.id, "limit": MOST_TRIGGERS},
            )
        if not self.built:
            return None
        self.head.frozen = True
        return self.head.position

    def insert(self, journal: JournalLike, trigger: Trigger) -> None:
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
        self._context.journals.cache.watch(journal)
        self.changed = True

    def thaw(self) -> None:
        """Let the head go again."""
        self.head.frozen = False
        self._cancel_unattended()
        self.changed = True

    def lift(self, reader: EntryReader, now: float) -> None:
        """Move the head up to a reader that begins above it."""
        if self.state.active and reader.holds_head and not self.head.frozen:
            self.head.jump(reader.blocks.position, now)

    def take(self, reader: EntryReader, most: int, now: float) -> Chunk | None:
        """Return the next chunk for a reader, if the state, the rate and the cache have one now."""
        if self._context.memory.low:
            reader.blocks.release()
            return None
        if self.state.silent:
            return None
        self.lift(reader, now)
        limit, ahead = self._reach(reader)
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
        """Move the head over finished blocks and submit the next, if nobody holds the head."""
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
        """Describe it as it stands."""
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
        """End the run, and give back what only an active run needs."""
        self.state = after(self.state, action)
        self._reasons.clear()
        self.ended_at = now
        self._ended = self._context.wall_clock()
        self.head.sample(now)
        self.changed = True
        self._cancel_unattended()
        journals = self._context.journals
        if self._build is not None:
            journals.queue.withdraw(self._build)
            self._build = None
        if self.version.journal is not None and not self._context.memory.low:
            journals.cache.put(self.version.spec, self.version.journal)
        self.version = self.version.without_journal()
        self._context.counters.add(Count.STREAMS_ENDED)

    def _reach(self, reader: EntryReader) -> tuple[int, int]:
        """Return up to where a reader may be served now, and up to where it soon may."""
        head = self.head
        if not self.state.active:
            return self.end, self.end
        if head.frozen:
            return head.position, head.position
        if head.rate is not None:
            return head.position, min(head.total, head.position + math.ceil(head.rate))
        return (head.total if reader.holds_head else head.position), head.total

    def _collect(self, position: int) -> tuple[int, bool]:
        """Return how far finished blocks carry a head at `position`, and whether the next is broken."""
        while self._unattended and self._unattended[0][1].done:
            block, job = self._unattended.popleft()
            if job.error is not None:
                return position, True
            if position in block:
                position = block.stop
        return position, False

    def _submit(self, position: int) -> None:
        """Submit the blocks from `position` on, as many as may be under way."""
        source = self._context.source
        block = self._layout.block_at(position)
        if self._unattended:
            if self._unattended[0][0] != block:
                self._cancel_unattended()
            else:
                block = self._layout.block_at(self._unattended[-1][0].stop)
        depth = 2 * source.pool.threads
        while len(self._unattended) < depth and block.start < self.version.total:
            key = source.key(self.version, block, None, "")
            job = source.submit(key, self.version, self, self._block_ready, Priority.UNATTENDED)
            self._unattended.append((block, job))
            block = self._layout.block_at(block.stop)

    def _cancel_unattended(self) -> None:
        """Withdraw the blocks that nobody reads; those that no thread has begun are not made."""
        while self._unattended:
            self._context.source.pool.withdraw(self._unattended.popleft()[1], self)
