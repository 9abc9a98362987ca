"""One stream among threads: a lock around its run, and the wakers of its subscribers.

Every method may be called from any thread or greenlet and never blocks.  Wakers
are woken after the lock has been given back.  Properties and `Stream.snapshot`
only look; `Stream.advance`, and every method that changes something, first bring
the head up to the present moment, which may end the stream.
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from datasynth.errors import InvalidRequest
from datasynth.service.blocks.reader import BlockReader
from datasynth.service.streams.head import Head
from datasynth.service.streams.lifecycle import PauseReason, State
from datasynth.service.streams.notices import NoticeType
from datasynth.service.streams.run import Run
from datasynth.service.streams.subscribers import EntryReader, Subscribers
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import wake_each

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from datasynth.encoding import Format
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.status import StreamStatus
    from datasynth.service.threads.waker import Waker

UNNAMED = "unnamed"
"""The client of readers that do not name theirs."""


class Stream:
    """One run of generation and everybody who follows it.

    Parameters
    ----------
    version
        Its journal, or what that is going to be built from.
    rate
        Rate at which the clock moves the head; None where the clock does not. [entries/s]
    wait
        How long the head waits for a first subscriber; infinity waits for ever. [s]
    patience
        How long a reader that takes nothing holds the head; infinity: as long as it is there. [s]
    """

    def __init__(
        self,
        stream_id: str,
        kind: str,
        version: JournalVersion,
        rate: float | None,
        wait: float,
        patience: float,
        context: Context,
    ) -> None:
        self._context = context
        self._clock = context.clock
        self._lock = threading.Lock()
        self._subscribers = Subscribers(patience)
        head = Head(version.total, rate, wait, self._clock(), halted=version.journal is None)
        self._run = Run(stream_id, kind, version, head, self._subscribers, context, self._block_ready)
        self._announced = 0

    @property
    def id(self) -> str:
        """Its id, 32 hexadecimal digits."""
        return self._run.id

    @property
    def kind(self) -> str:
        """Whether ``rest`` or ``grpc`` started it."""
        return self._run.kind

    @property
    def version(self) -> JournalVersion:
        """Its journal with the triggers so far; immutable."""
        return self._run.version

    @property
    def active(self) -> bool:
        """Whether it was preparing, running or paused when it was last brought up to date."""
        return self._run.state.active

    @property
    def preparing(self) -> bool:
        """Whether its journal is still being built, in a pause too."""
        return self._run.state.active and not self._run.built

    @property
    def ended_at(self) -> float | None:
        """When it ended, on the clock that never goes back. [s]"""
        return self._run.ended_at

    @property
    def last_notice(self) -> int:
        """Number of the newest notice."""
        return self._run.notices.last

    @property
    def readers(self) -> int:
        """Readers of entries and other subscribers attached."""
        return self._subscribers.size

    def snapshot(self) -> StreamStatus:
        """Describe it as it was last brought up to date; changes nothing."""
        with self._lock:
            return self._run.snapshot(self._clock())

    def advance(self) -> StreamStatus:
        """Bring it up to the present moment, wake the subscribers that this concerns, and describe it."""
        with self._up_to_date() as now:
            return self._run.snapshot(now)

    def notices(self, after: int) -> list[Notice]:
        """List the notices with numbers above `after`, oldest first; 0 lists all remembered."""
        with self._lock:
            return self._run.notices.since(after)

    def extent(self) -> tuple[JournalVersion, int]:
        """Bring it up to the present moment; return its journal, and where its entries end."""
        with self._up_to_date():
            return self._run.version, self._run.end

    def tick(self) -> float | None:
        """Do what time demands; return the seconds until it next foreseeably demands something."""
        with self._up_to_date() as now:
            self._subscribers.release_blocks(now)
            if not self._run.state.active:
                return None
            self._run.head.sample(now)
            self._run.changed |= self._run.head.position != self._announced
            self._announced = self._run.head.position
            return self._run.head.next_event(now)

    def prepare(self, client: str) -> None:
        """Have the journal built on a client's account; the stream begins when it is there.

        Raises
        ------
        Overloaded
            If too many journals wait to be built.
        """
        with self._up_to_date():
            self._run.prepare(client, self._begin)

    def attach(self, waker: Waker, *, subscribes: bool = True) -> None:
        """Wake `waker` at every notice and change of state, and 4 times a second while the head moves.

        Parameters
        ----------
        subscribes
            Whether this counts as a subscriber, for whom the stream then need not wait any longer;
            False where the same caller opens a cursor, which counts.
        """
        with self._up_to_date() as now:
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
        first, line
            Where to begin: an entry, and a line of it from 1 (in formats of lines).
        waker
            Woken when there may be more to read.
        holds_head
            Whether the head follows this reader.
        client
            On whose account the journal of an ended stream is built again, if need be.

        Raises
        ------
        InvalidRequest
            If the stream has no such place.
        """
        source = self._context.source
        with self._up_to_date() as now:
            if not 0 <= first <= self._run.head.total or line < 1:
                raise InvalidRequest(
                    f"The stream has entries 0 to {self._run.head.total}.", {"from": first, "line": line}
                )
            layout = source.layout(first, self._run.head.rate)
            blocks = BlockReader(source, format, self.id, first, line, waker.wake, client, layout)
            reader = EntryReader(blocks, waker, holds_head)
            self._subscribers.add(reader, now)
            if self._run.state.active:
                self._run.head.meet(now)
                self._run.lift(reader, now)
        return Cursor(self, reader)

    def close_reader(self, reader: EntryReader) -> None:
        """Remove a reader, with everything that is under way for it."""
        with self._up_to_date():
            self._subscribers.remove(reader)

    def hand_out(self, reader: EntryReader, most: int | None) -> Chunk | None:
        """Return the next chunk for a reader and move the head, in one step that a pause cannot split."""
        with self._lock:
            now = self._clock()
            self._run.advance(now)
            reader.touched = now
            chunk = self._run.take(reader, most or self._context.source.chunk_bytes, now)
            wakers = self._to_wake()
        wake_each(wakers)
        if chunk is not None:
            labels = (("kind", self.kind),)
            self._context.counters.add(Count.ENTRIES_SENT, chunk.entries, labels)
            self._context.counters.add(Count.BYTES_SENT, len(chunk.data), labels)
        return chunk

    def delay(self, reader: EntryReader) -> float | None:
        """Return the seconds until the clock lets a reader's next entry out; None if the clock does not."""
        with self._lock:
            head, position = self._run.head, reader.blocks.position
            if not self._run.state.active or position < head.position:
                return None
            return head.delay(position, self._clock())

    def has_no_more(self, reader: EntryReader) -> bool:
        """Tell whether a reader will never get anything more."""
        with self._lock:
            state = self._run.state
            return state is State.FAILED or (not state.active and reader.blocks.position >= self._run.end)

    def pause(self, reason: PauseReason = PauseReason.USER) -> None:
        """Hand out nothing from now on; a reason that holds already is no error.

        Raises
        ------
        NoActiveStream
            If the stream has ended.
        """
        with self._up_to_date() as now:
            self._run.pause(reason, now)

    def resume(self, reason: PauseReason = PauseReason.USER) -> None:
        """Remove a reason to pause, and go on if it was the last.

        Raises
        ------
        NoActiveStream
            If the stream has ended.
        """
        with self._up_to_date() as now:
            self._run.resume(reason, now)

    def stop(self) -> bool:
        """End at the head; tell whether this ended it.  Readers read on to there."""
        with self._up_to_date() as now:
            return self._run.stop(now)

    def fail(self, message: str) -> bool:
        """End with an error; tell whether this ended it.  Readers get nothing more."""
        with self._up_to_date() as now:
            return self._run.fail(message, now)

    def warn(self, message: str, **fields: object) -> None:
        """Announce a warning."""
        with self._up_to_date():
            self._run.notices.add(NoticeType.WARNING, message, **fields)
            self._run.changed = True

    def freeze(self) -> int | None:
        """Hold the head still for a trigger and return where it stands; None while it has to wait.

        It waits for the journal to be built, and while another trigger is computed.

        Raises
        ------
        NoActiveStream, TooManyTriggers
            If it takes no trigger.
        """
        with self._up_to_date():
            return self._run.freeze()

    def insert(self, journal: JournalLike, trigger: Trigger) -> None:
        """Swap in the journal that a trigger has made, while the head is held still.

        Raises
        ------
        NoActiveStream
            If the stream has ended meanwhile.
        """
        with self._up_to_date():
            self._run.insert(journal, trigger)

    def thaw(self) -> None:
        """Let the head go again."""
        with self._up_to_date():
            self._run.thaw()

    def release_blocks(self) -> None:
        """Have all readers release their blocks."""
        with self._lock:
            self._subscribers.release_blocks(now=math.inf)

    def wake_all(self) -> None:
        """Wake everybody who follows."""
        wake_each(self._subscribers.wakers())

    @contextmanager
    def _up_to_date(self) -> Iterator[float]:
        """Hold the lock over a stream brought up to now, and afterwards wake the subscribers concerned."""
        wakers: tuple[Waker, ...] = ()
        try:
            with self._lock:
                now = self._clock()
                self._run.advance(now)
                try:
                    yield now
                finally:
                    self._run.advance(now)
                    self._run.run_unattended(now)
                    wakers = self._to_wake()
        finally:
            wake_each(wakers)

    def _to_wake(self) -> tuple[Waker, ...]:
        if self._run.changed:
            self._run.changed = False
            return self._subscribers.wakers()
        return self._subscribers.follower_wakers() if self._run.head.position != self._announced else ()

    def _begin(self) -> None:
        with self._up_to_date() as now:
            self._run.begin(now)

    def _block_ready(self) -> None:
        self.advance()


class Cursor:
    """One reader's place in a stream; a context manager, since it must be closed whatever happens.

    `Stream.open_cursor` makes it.  One thread or greenlet reads from it, in the
    pattern that `waker` describes; its waker is woken whenever that may help.
    """

    def __init__(self, stream: Stream, reader: EntryReader) -> None:
        self._stream = stream
        self._reader = reader

    @property
    def position(self) -> int:
        """Entry with which it goes on."""
        return self._reader.blocks.position

    @property
    def line(self) -> int:
        """Line of that entry with which it goes on, from 1."""
        return self._reader.blocks.line

    @property
    def finished(self) -> bool:
        """Whether nothing more will ever come: the end is reached, or the stream has failed."""
        return self._stream.has_no_more(self._reader)

    def poll(self, max_bytes: int | None = None) -> Chunk | None:
        """Return the next chunk, or None if there is none now; never blocks.

        Parameters
        ----------
        max_bytes
            Size of a chunk, except that an entry (in formats of lines: a line) is never cut;
            None for what suits the number of readers. [bytes]

        Raises
        ------
        InternalError
            If entries of a stream that has ended cannot be computed; one that has not ended fails instead.
        """
        return self._stream.hand_out(self._reader, max_bytes)

    def delay(self) -> float | None:
        """Return the seconds until the rate lets the next entry out; None if only a wake-up can help."""
        return self._stream.delay(self._reader)

    def close(self) -> None:
        """Give the place up; closing twice is harmless."""
        self._stream.close_reader(self._reader)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
