"""What moves a head forward: readers that take entries, or generation that nobody reads.

The stream's lock guards it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError, InternalError, Overloaded
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.unattended_run import UnattendedRun
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.build_request import BuildRequest
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.cursor import Cursor
    from datasynth.service.streams.run import Run
    from datasynth.service.streams.subscribers import Subscribers

BROKEN = "The entries could not be computed; the server's log says why."


class HeadDriver:
    """Moves the head of one run.

    Parameters
    ----------
    run
        What is moved.
    subscribers
        Who reads.
    context
        Where blocks come from.
    ready
        Called from another thread when a block that nobody reads is done.

    Attributes
    ----------
    news
        Whether something has happened that everybody must be woken for.
    """

    def __init__(
        self, run: Run, subscribers: Subscribers, context: Context, ready: Callable[[], None]
    ) -> None:
        self._run = run
        self._subscribers = subscribers
        self._context = context
        self._unattended = UnattendedRun(context.source, ready)
        self._request: BuildRequest | None = None
        self.news = False

    def prepare(self, client: str, built: Callable[[], None]) -> None:
        """Have the journal built, for the account of a client; `built` is called from another thread."""
        self._request = self._context.builds.ask(self._run.version.spec, client, built, lasting=True)

    def begin(self, now: float) -> None:
        """Take what came of the build, unless the run has ended meanwhile."""
        request, self._request = self._request, None
        if request is None:
            return
        try:
            self._run.begin(request.journal(), now)
        except DatasynthError as error:
            # What there is no memory for says so in the words of all streams that end for want of it.
            message = EXCEEDED if isinstance(error, Overloaded) else error.message
            self.end(ended=self._run.fail(message, now))
        else:
            self._subscribers.touch(now)
            self.news = True

    def settle(self, now: float) -> None:
        """Bring the head up to `now`, and end the run if that was its end."""
        if self._run.advance(now):
            self.end(ended=True)

    def end(self, *, ended: bool) -> bool:
        """Give back what only a moving run needs, if it has just ended; return `ended`."""
        if ended:
            self.news = True
            self._unattended.halt()
            if self._request is not None:
                self._context.builds.withdraw(self._request)
                self._request = None
            version = self._run.version
            if version.journal is not None and not self._context.memory.low:
                self._context.journal_cache.put(version.spec, version.journal)
            self._run.version = version.without_journal()
            self._context.counters.add(Count.STREAMS_ENDED)
        return ended

    def lift(self, cursor: Cursor, now: float) -> None:
        """Move the head up to a reader that begins above it."""
        if self._run.state.active and cursor.holds_head and not self._run.head.frozen:
            self._run.head.jump(cursor.position, now)

    def take(self, cursor: Cursor, most: int, now: float) -> Chunk | None:
        """Return the next chunk for a reader, if the state, the rate and the cache have one now."""
        run = self._run
        if self._context.memory.low:
            cursor.reader.release_blocks()
            return None
        if run.state.silent:
            return None
        self.lift(cursor, now)
        limit, ahead = self._reach(cursor)
        try:
            chunk = cursor.reader.take(run.version, limit, ahead, most)
        except InternalError:
            if not self.end(ended=run.fail(BROKEN, now)):
                raise
            return None
        if chunk is not None and cursor.holds_head and run.state.active:
            run.head.follow(cursor.reader.reached)
        self.settle(now)
        return chunk

    def run_unattended(self, now: float) -> None:
        """Gather and submit blocks if nobody holds the head; want none otherwise."""
        head = self._run.head
        movable = self._run.state is State.RUNNING and head.movable and head.rate is None
        if not movable or self._subscribers.holds(now):
            self._unattended.halt()
            return
        position, broken = self._unattended.collect(head.position)
        head.follow(position)
        self.settle(now)
        if broken:
            self.end(ended=self._run.fail(BROKEN, now))
        if self._run.state is State.RUNNING:
            self._unattended.submit(self._run.version, head.position)

    def halt(self) -> None:
        """Want none of the blocks that nobody reads."""
        self._unattended.halt()

    def _reach(self, cursor: Cursor) -> tuple[int, int]:
        """Return up to where a reader may be served now, and up to where it soon may."""
        run, head = self._run, self._run.head
        if not run.state.active:
            return run.end, run.end
        if head.frozen:
            return head.position, head.position
        if head.rate is not None:
            return head.position, min(head.total, head.position + math.ceil(head.rate))
        return (head.total if cursor.holds_head else head.position), head.total
