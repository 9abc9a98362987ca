"""A stream: a lock around its run, and the wakers of its subscribers.

Every method may be called from any thread or greenlet and never blocks.  Wakers are woken
after the lock is released.  Properties and `Stream.snapshot` change nothing.
`Stream.advance`, and every method that changes the run, first bring the head up to the
present moment, which may end the stream.
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

    from datasynth.encoding import AnyFormat
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.blocks.chunk import Chunk
    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.status import StreamStatus
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Waker

UNNAMED = "unnamed"
"""The client of readers that do not name theirs."""


class Stream:
    """One run of generation and its subscribers.

    Parameters
    ----------
    version
        With its journal, or planned.
    rate
        Rate at which the clock moves the head; None if the clock does not. [entries/s]
    wait
        How long the head waits for a first subscriber; may be infinite. [s]
    stall_seconds
        Time after which a reader that takes nothing no longer holds the head; may be infinite. [s]
    """

    def __init__(
        self,
        stream_id: str,
        kind: str,
        version: JournalVersion,
        rate: float | None,
        wait: float,
        stall_seconds: float,
        services: StreamServices,
    ) -> None:
        self._services = services
        self._clock = services.clock
        self._lock = threading.Lock()
        self._subscribers = Subscribers(stall_seconds)
        head = Head(version.total, rate, wait, self._clock(), halted=version.journal is None)
        self._run = Run(stream_id, kind, version, head, self._subscribers, services, self._block_ready)
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
        """Whether it was preparing, running or paused at the last update."""
        return self._run.state.active

    @property
    def preparing(self) -> bool:
        """Whether its journal is still being built, also during a pause."""
        return self._run.state.active and not self._run.built

    @property
    def ended_at(self) -> float | None:
        """When it ended, by the monotonic clock. [s]"""
        return self._run.ended_at

    @property
    def last_notice(self) -> int:
        """Number of the newest notice."""
        return self._run.notices.last

    @property
    def readers(self) -> int:
        """Number of readers of entries and other subscribers."""
        return self._subscribers.size

    def snapshot(self) -> StreamStatus:
        """Describe it as of its last update; changes nothing."""
        with self._lock:
            return self._run.snapshot(self._clock())

    def advance(self) -> StreamStatus:
        """Bring it up to the present moment, wake subscribers if need be, and describe it."""
        with self._up_to_date() as now:
            return self._run.snapshot(now)

    def notices(self, after: int) -> list[Notice]:
        """List the remembered notices with numbers above `after`, oldest first."""
        with self._lock:
            return self._run.notices.since(after)

    def version_and_end(self) -> tuple[JournalVersion, int]:
        """Bring it up to the present moment; return its journal version and its end."""
        with self._up_to_date():
            return self._run.version, self._run.end

    def tick(self) -> float | None:
        """Do what is due; return the seconds until more is due, if that is foreseeable."""
        with self._up_to_date() as now:
            self._subscribers.release_blocks(now)
            if not self._run.state.active:
                return None
            self._run.head.sample(now)
            self._run.changed |= self._run.head.position != self._announced
            self._announced = self._run.head.position
            return self._run.head.next_event(now)

    def prepare(self, client: str) -> None:
        """Have the journal built for a client; the stream begins when it is there.

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
            Whether this counts as a subscriber, which ends the stream's wait for one; False if the
            same caller opens a cursor, which counts.
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
        format: AnyFormat,
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
            The client that counts for a rebuild of an ended stream's journal, if need be.

        Raises
        ------
        InvalidRequest
            If the stream has no such entry, or the line is below 1.
        """
        source = self._services.source
        with self._up_to_date() as now:
            if not 0 <= first <= self._run.head.total or line < 1:
                raise InvalidRequest(
                    f"from must be from 0 to {self._run.head.total}, and line 1 or larger.",
                    {"from": first, "line": line},
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
        """Remove a reader, and withdraw its blocks under way."""
        with self._up_to_date():
            self._subscribers.remove(reader)

    def hand_out(self, reader: EntryReader, most: int | None) -> Chunk | None:
        """Return the next chunk for a reader and move the head, in one step under the lock."""
        with self._lock:
            now = self._clock()
            self._run.advance(now)
            reader.touched = now
            chunk = self._run.take(reader, most or self._services.source.chunk_bytes, now)
            wakers = self._to_wake()
        wake_each(wakers)
        if chunk is not None:
            labels = (("kind", self.kind),)
            self._services.counters.add(Count.ENTRIES_SENT, chunk.entries, labels)
            self._services.counters.add(Count.BYTES_SENT, len(chunk.data), labels)
        return chunk

    def delay(self, reader: EntryReader) -> float | None:
        """Return the seconds until the rate allows a reader's next entry; None if no rate decides it."""
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
        """Hand out nothing from now on; raise `NoActiveStream` if it has ended.  Reasons may be repeated."""
        with self._up_to_date() as now:
            self._run.pause(reason, now)

    def resume(self, reason: PauseReason = PauseReason.USER) -> None:
        """Remove a pause reason and go on if it was the last; raise `NoActiveStream` if it has ended."""
        with self._up_to_date() as now:
            self._run.resume(reason, now)

    def stop(self) -> bool:
        """End at the head; tell whether this ended it.  Readers may still read up to the head."""
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
        """Freeze the head for a trigger and return its position.

        The result is None while the journal is being built or another trigger is computed.

        Raises
        ------
        NoActiveStream, TooManyTriggers
            If the stream takes no trigger.
        """
        with self._up_to_date():
            return self._run.freeze()

    def insert(self, journal: JournalProtocol, trigger: Trigger) -> None:
        """Replace the journal with that of a trigger, while the head is frozen.

        Raises
        ------
        NoActiveStream
            If the stream has ended meanwhile.
        """
        with self._up_to_date():
            self._run.insert(journal, trigger)

    def thaw(self) -> None:
        """Unfreeze the head."""
        with self._up_to_date():
            self._run.thaw()

    def release_blocks(self) -> None:
        """Have all readers release their blocks."""
        with self._lock:
            self._subscribers.release_blocks(now=math.inf)

    def wake_all(self) -> None:
        """Wake all subscribers."""
        wake_each(self._subscribers.wakers())

    @contextmanager
    def _up_to_date(self) -> Iterator[float]:
        """Bring the stream up to now and hold its lock; afterwards wake subscribers if need be."""
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
    """One reader's place in a stream; a context manager, since it must always be closed.

    `Stream.open_cursor` makes it.  One thread or greenlet reads from it, in the pattern
    that the module `waker` describes.
    """

    def __init__(self, stream: Stream, reader: EntryReader) -> None:
        self._stream = stream
        self._reader = reader

    @property
    def position(self) -> int:
        """The next entry."""
        return self._reader.blocks.position

    @property
    def line(self) -> int:
        """The next line of that entry, from 1."""
        return self._reader.blocks.line

    @property
    def finished(self) -> bool:
        """Whether nothing more will come: the end is reached, or the stream has failed."""
        return self._stream.has_no_more(self._reader)

    def poll(self, max_bytes: int | None = None) -> Chunk | None:
        """Return the next chunk, or None if there is none now; never blocks.

        Parameters
        ----------
        max_bytes
            Size of a chunk, except that an entry (in formats of lines: a line) is never cut;
            None for a size by the number of readers. [bytes]

        Raises
        ------
        InternalError
            If entries of an ended stream cannot be computed; an active stream fails instead.
        """
        return self._stream.hand_out(self._reader, max_bytes)

    def delay(self) -> float | None:
        """Return the seconds until the rate allows the next entry; None if only a wake-up can help."""
        return self._stream.delay(self._reader)

    def close(self) -> None:
        """Remove the reader from the stream; may be called twice."""
        self._stream.close_reader(self._reader)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
