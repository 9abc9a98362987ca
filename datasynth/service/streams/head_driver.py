"""What moves a head forward: readers that take entries, or generation that nobody reads.

The stream's lock guards it.
"""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError, InternalError, Overloaded
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.blocks.block_pool import Priority
from datasynth.service.journals.version import BLOCK_ENTRIES
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.blocks.block_pool import BlockJob
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.run import Run
    from datasynth.service.streams.subscribers import EntryReader, Subscribers

BROKEN = "The entries could not be computed; the server's log says why."


class HeadDriver:
    """Moves the head of one run.

    While nobody holds the head, blocks are computed for real and the head follows
    them.  Each stream has a bounded number of such blocks under way, all of one
    priority, so that streams take turns.

    Parameters
    ----------
    run
        What is moved.
    subscribers
        Who reads.
    context
        Where blocks come from.
    block_ready
        Called from another thread when a block that nobody reads is done.

    Attributes
    ----------
    changed
        Whether something has happened that every subscriber must be woken for.
    """

    def __init__(
        self, run: Run, subscribers: Subscribers, context: Context, block_ready: Callable[[], None]
    ) -> None:
        self._run = run
        self._subscribers = subscribers
        self._context = context
        self._block_ready = block_ready
        self._build: BuildRequest | None = None
        self._depth = 2 * context.source.pool.threads
        self._unattended: deque[tuple[int, BlockJob]] = deque()
        self.changed = False

    @property
    def unattended(self) -> int:
        """Blocks that nobody reads and that are being made, or wait for the head."""
        return len(self._unattended)

    def prepare(self, client: str, built: Callable[[], None]) -> None:
        """Request the journal on a client's account; `built` is called from another thread."""
        self._build = self._context.journals.queue.ask(self._run.version.spec, client, built, lasting=True)

    def begin(self, now: float) -> None:
        """Take the result of the build, unless the run has ended meanwhile."""
        build, self._build = self._build, None
        if build is None:
            return
        try:
            self._run.begin(build.journal(), now)
        except DatasynthError as error:
            # All streams that end for want of memory say so in the same words.
            message = EXCEEDED if isinstance(error, Overloaded) else error.message
            self.end(ended=self._run.fail(message, now))
        else:
            self._subscribers.touch(now)
            self.changed = True

    def advance(self, now: float) -> None:
        """Bring the head up to `now`, and end the run if it has reached its end."""
        if self._run.advance(now):
            self.end(ended=True)

    def end(self, *, ended: bool) -> bool:
        """Give back what only an active run needs, if it has just ended; return `ended`."""
        if ended:
            self.changed = True
            self.cancel_unattended()
            if self._build is not None:
                self._context.journals.queue.withdraw(self._build)
                self._build = None
            version = self._run.version
            if version.journal is not None and not self._context.memory.low:
                self._context.journals.cache.put(version.spec, version.journal)
            self._run.version = version.without_journal()
            self._context.counters.add(Count.STREAMS_ENDED)
        return ended

    def lift(self, reader: EntryReader, now: float) -> None:
        """Move the head up to a reader that begins above it."""
        if self._run.state.active and reader.holds_head and not self._run.head.frozen:
            self._run.head.jump(reader.blocks.position, now)

    def take(self, reader: EntryReader, most: int, now: float) -> Chunk | None:
        """Return the next chunk for a reader, if the state, the rate and the cache have one now."""
        run = self._run
        if self._context.memory.low:
            reader.blocks.release()
            return None
        if run.state.silent:
            return None
        self.lift(reader, now)
        limit, ahead = self._reach(reader)
        try:
            chunk = reader.blocks.take(run.version, limit, ahead, most)
        except InternalError:
            if not self.end(ended=run.fail(BROKEN, now)):
                raise
            return None
        if chunk is not None and reader.holds_head and run.state.active:
            run.head.follow(reader.blocks.reached)
        self.advance(now)
        return chunk

    def run_unattended(self, now: float) -> None:
        """Move the head over finished blocks and submit the next, if nobody holds the head."""
        head = self._run.head
        movable = self._run.state is State.RUNNING and head.movable and head.rate is None
        if not movable or self._subscribers.hold_head(now):
            self.cancel_unattended()
            return
        position, broken = self._collect(head.position)
        head.follow(position)
        self.advance(now)
        if broken:
            self.end(ended=self._run.fail(BROKEN, now))
        if self._run.state is State.RUNNING:
            self._submit(head.position)

    def cancel_unattended(self) -> None:
        """Withdraw the blocks that nobody reads; those that no thread has begun are not made."""
        while self._unattended:
            self._context.source.pool.withdraw(self._unattended.popleft()[1], self)

    def _reach(self, reader: EntryReader) -> tuple[int, int]:
        """Return up to where a reader may be served now, and up to where it soon may."""
        run, head = self._run, self._run.head
        if not run.state.active:
            return run.end, run.end
        if head.frozen:
            return head.position, head.position
        if head.rate is not None:
            return head.position, min(head.total, head.position + math.ceil(head.rate))
        return (head.total if reader.holds_head else head.position), head.total

    def _collect(self, position: int) -> tuple[int, bool]:
        """Return how far finished blocks carry a head at `position`, and whether the next is broken."""
        while self._unattended and self._unattended[0][1].done:
            number, job = self._unattended.popleft()
            if job.error is not None:
                return position, True
            if number == position // BLOCK_ENTRIES:
                position = (number + 1) * BLOCK_ENTRIES
        return position, False

    def _submit(self, position: int) -> None:
        """Submit the blocks from `position` on, as many as may be under way."""
        source, version = self._context.source, self._run.version
        number = position // BLOCK_ENTRIES
        if self._unattended:
            if self._unattended[0][0] != number:
                self.cancel_unattended()
            else:
                number = self._unattended[-1][0] + 1
        while len(self._unattended) < self._depth and number * BLOCK_ENTRIES < version.total:
            key = source.key(version, number, None, "")
            job = source.submit(key, version, self, self._block_ready, Priority.UNATTENDED)
            self._unattended.append((number, job))
            number += 1
