"""One stream among threads: a lock around its run, its readers, and whom to wake.

Every method may be called from any thread or greenlet and never blocks.  Wakers
are woken after the lock has been given back.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datasynth.errors import InvalidRequest
from datasynth.service.blocks.reader import BlockReader
from datasynth.service.streams.cursor import Cursor
from datasynth.service.streams.lifecycle import PauseReason, State
from datasynth.service.streams.notices import NoticeType
from datasynth.service.streams.observed import ObservedStream
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import wake_each

if TYPE_CHECKING:
    from datasynth.encoding import Format
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.protocols import JournalLike, TriggerLike
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.threads.waker import Waker

UNNAMED = "unnamed"
"""The client of readers that say nothing about theirs."""


class Stream(ObservedStream):
    """One run of generation and everybody who follows it."""

    def prepare(self, client: str) -> None:
        """Have the journal built, for the account of a client; the stream begins when it is there.

        Raises
        ------
        Overloaded
            If too many journals wait to be built.
        """
        with self._moment():
            self._driver.prepare(client, self._begin)

    def attach(self, waker: Waker, *, subscribes: bool = True) -> None:
        """Wake `waker` at every notice and change of state, and 4 times a second while the head moves.

        Parameters
        ----------
        waker
            Whom to wake.
        subscribes
            Whether this is a subscriber of its own, as progress readers are, whom the stream
            need not wait for any longer; whoever opens a cursor as well is counted by that.
        """
        with self._moment() as now:
            self._subscribers.attach(waker, subscribes=subscribes)
            if subscribes and self._run.state.active:
                self._run.head.meet(now)

    def detach(self, waker: Waker, *, subscribes: bool = True) -> None:
        """Undo one `attach`."""
        with self._lock:
            self._subscribers.detach(waker, subscribes=subscribes)

    def open_cursor(
        self,
        format: Format,
        first: int,
        waker: Waker,
        *,
        line: int = 1,
        holds_head: bool = True,
        client: str = UNNAMED,
    ) -> Cursor:
        """Begin to read.

        Parameters
        ----------
        format
            What to read entries in.
        first, line
            Where to begin: an entry, and a line of it from 1 (in formats of lines).
        waker
            Woken when there may be more to read.
        holds_head
            Whether the head follows this reader.
        client
            Whom it counts for if the journal of an ended stream has to be built again.

        Raises
        ------
        InvalidRequest
            If the stream has no such place.
        """
        source = self._context.source
        with self._moment() as now:
            if not 0 <= first <= self._run.head.total or line < 1:
                raise InvalidRequest(
                    f"The stream has entries 0 to {self._run.head.total}.", {"from": first, "line": line}
                )
            reader = BlockReader(source, format, self.id, first, line, waker.wake, client)
            cursor = Cursor(self, reader, waker, holds_head=holds_head)
            self._subscribers.add(cursor, now)
            if self._run.state.active:
                self._run.head.meet(now)
                self._driver.lift(cursor, now)
        return cursor

    def close_cursor(self, cursor: Cursor) -> None:
        """Let a reader go, with everything that is under way for it."""
        with self._moment():
            self._subscribers.remove(cursor)

    def hand_out(self, cursor: Cursor, most: int) -> Chunk | None:
        """Return the next chunk for a reader and move the head, in one step that a pause cannot split."""
        with self._lock:
            now = self._clock()
            self._driver.settle(now)
            cursor.touched = now
            chunk = self._driver.take(cursor, most, now)
            wakers = self._to_wake()
        wake_each(wakers)
        if chunk is not None:
            labels = (("kind", self.kind),)
            self._context.counters.add(Count.ENTRIES_SENT, chunk.entries, labels)
            self._context.counters.add(Count.BYTES_SENT, len(chunk.data), labels)
        return chunk

    def cursor_delay(self, cursor: Cursor) -> float | None:
        """Seconds until the clock lets a reader's next entry out, or None if the clock does not."""
        with self._lock:
            head = self._run.head
            if not self._run.state.active or cursor.position < head.position:
                return None
            return head.delay(cursor.position, self._clock())

    def cursor_finished(self, cursor: Cursor) -> bool:
        """Tell whether a reader will never get anything more."""
        with self._moment():
            state = self._run.state
            return state is State.FAILED or (not state.active and cursor.position >= self._run.end)

    def pause(self, reason: PauseReason = PauseReason.USER) -> None:
        """Hand out nothing from now on; a reason that holds already is no error.

        Raises
        ------
        NoActiveStream
            If the stream has ended.
        """
        with self._moment() as now:
            self._run.pause(reason, now)
            self._driver.halt()
            self._driver.news = True

    def resume(self, reason: PauseReason = PauseReason.USER) -> None:
        """Take a reason to pause away, and go on if it was the last.

        Raises
        ------
        NoActiveStream
            If the stream has ended.
        """
        with self._moment() as now:
            if self._run.resume(reason, now):
                self._subscribers.touch(now)
            self._driver.news = True

    def stop(self) -> bool:
        """End at the head; tell whether this ended it.  Readers read on to there."""
        with self._moment() as now:
            return self._driver.end(ended=self._run.stop(now))

    def fail(self, message: str) -> bool:
        """End with an error; tell whether this ended it.  Readers get nothing more."""
        with self._moment() as now:
            return self._driver.end(ended=self._run.fail(message, now))

    def warn(self, message: str, **fields: object) -> None:
        """Announce a warning."""
        with self._moment():
            self._run.notices.add(NoticeType.WARNING, message, **fields)
            self._driver.news = True

    def freeze(self) -> int | None:
        """Hold the head still for a trigger and return where it stands; None while it has to wait.

        It waits for the journal to be built, and while another trigger is computed.

        Raises
        ------
        NoActiveStream, TooManyTriggers
            If it takes no trigger.
        """
        with self._moment():
            return None if self._run.head.frozen else self._run.freeze()

    def insert(self, journal: JournalLike, trigger: TriggerLike) -> None:
        """Swap in the journal that a trigger has made, while the head is held still.

        Raises
        ------
        NoActiveStream
            If the stream has ended meanwhile.
        """
        with self._moment():
            self._run.insert(journal, trigger)
            self._context.journal_cache.watch(journal)
            self._driver.news = True

    def thaw(self) -> None:
        """Let the head go again."""
        with self._moment():
            self._run.head.frozen = False
            self._driver.halt()
            self._driver.news = True

    def tick(self) -> float | None:
        """Do what time demands; return the seconds until it next foreseeably demands something."""
        with self._moment() as now:
            self._subscribers.release_blocks(now)
            if not self._run.state.active:
                return None
            self._run.head.sample(now)
            self._driver.news |= self._run.head.position != self._told
            self._told = self._run.head.position
            return self._run.head.next_event(now)

    @property
    def preparing(self) -> bool:
        """Whether its journal is still being built, in a pause too."""
        with self._lock:
            return self._run.state.active and not self._run.built

    def extent(self) -> tuple[JournalVersion, int]:
        """Return the journal as it stands now, and where its entries end."""
        with self._moment():
            return self._run.version, self._run.end

    def release_blocks(self) -> None:
        """Have all readers let go of their blocks."""
        with self._lock:
            self._subscribers.release_blocks(now=math.inf)

    def wake_all(self) -> None:
        """Wake everybody who follows."""
        wake_each(self._subscribers.wakers())

    def _begin(self) -> None:
        with self._moment() as now:
            self._driver.begin(now)
