"""What moves a head forward: readers that take entries, or generation that nobody reads.

The stream's lock guards it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError, InternalError, Overloaded
from datasynth.service.counters import Count
from datasynth.service.free_run import FreeRun
from datasynth.service.lifecycle import State
from datasynth.service.memory_guard import EXCEEDED

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.audience import Audience
    from datasynth.service.context import Context
    from datasynth.service.cursor import Cursor
    from datasynth.service.piece import Piece
    from datasynth.service.run import Run
    from datasynth.service.wishes import Wish

BROKEN = "The entries could not be computed; the server's log says why."


class Movement:
    """Moves the head of one run.

    Parameters
    ----------
    run
        What is moved.
    audience
        Who reads.
    context
        Where blocks come from.
    ready
        Called from another thread when a block that nobody reads is done.

    Attributes
    ----------
    stirred
        Whether something has happened that everybody must be woken for.
    """

    def __init__(self, run: Run, audience: Audience, context: Context, ready: Callable[[], None]) -> None:
        self._run = run
        self._audience = audience
        self._context = context
        self._free = FreeRun(context.source, ready)
        self._wish: Wish | None = None
        self.stirred = False

    def prepare(self, client: str, built: Callable[[], None]) -> None:
        """Have the journal built, for the account of a client; `built` is called from another thread."""
        self._wish = self._context.builds.ask(self._run.edition.recipe, client, built, lasting=True)

    def begin(self, now: float) -> None:
        """Take what came of the build, unless the run has ended meanwhile."""
        wish, self._wish = self._wish, None
        if wish is None:
            return
        try:
            self._run.begin(wish.journal(), now)
        except DatasynthError as error:
            # What there is no memory for says so in the words of all streams that end for want of it.
            message = EXCEEDED if isinstance(error, Overloaded) else error.message
            self.end(ended=self._run.fail(message, now))
        else:
            self._audience.touch(now)
            self.stirred = True

    def settle(self, now: float) -> None:
        """Bring the head up to `now`, and end the run if that was its end."""
        if self._run.advance(now):
            self.end(ended=True)

    def end(self, *, ended: bool) -> bool:
        """Give back what only a moving run needs, if it has just ended; return `ended`."""
        if ended:
            self.stirred = True
            self._free.halt()
            if self._wish is not None:
                self._context.builds.withdraw(self._wish)
                self._wish = None
            edition = self._run.edition
            if edition.journal is not None and not self._context.memory.low:
                self._context.shelf.put(edition.recipe, edition.journal)
            self._run.edition = edition.without_journal()
            self._context.counters.add(Count.STREAMS_ENDED)
        return ended

    def lift(self, cursor: Cursor, now: float) -> None:
        """Move the head up to a reader that begins above it."""
        if self._run.state.active and cursor.holds_head and not self._run.head.frozen:
            self._run.head.jump(cursor.position, now)

    def take(self, cursor: Cursor, most: int, now: float) -> Piece | None:
        """Return the next piece for a reader, if the state, the rate and the cache have one now."""
        run = self._run
        if self._context.memory.low:
            cursor.reader.relax()
            return None
        if run.state.silent:
            return None
        self.lift(cursor, now)
        limit, ahead = self._reach(cursor)
        try:
            piece = cursor.reader.take(run.edition, limit, ahead, most)
        except InternalError:
            if not self.end(ended=run.fail(BROKEN, now)):
                raise
            return None
        if piece is not None and cursor.holds_head and run.state.active:
            run.head.follow(cursor.reader.reached)
        self.settle(now)
        return piece

    def run_free(self, now: float) -> None:
        """Gather and order blocks if nobody holds the head; want none otherwise."""
        head = self._run.head
        movable = self._run.state is State.RUNNING and head.movable and head.rate is None
        if not movable or self._audience.holds(now):
            self._free.halt()
            return
        position, broken = self._free.harvest(head.position)
        head.follow(position)
        self.settle(now)
        if broken:
            self.end(ended=self._run.fail(BROKEN, now))
        if self._run.state is State.RUNNING:
            self._free.pump(self._run.edition, head.position)

    def halt(self) -> None:
        """Want none of the blocks that nobody reads."""
        self._free.halt()

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
