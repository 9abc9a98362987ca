"""One subscriber: which streams it follows, and what it gets of each.

A subscriber pulls: it has a place in a stream, and reads on when its peer has
taken what was sent before.  So a slow one costs nobody anything.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Final, Self

from datasynth.errors import DatasynthError, InvalidRequest
from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import NoticeType
from datasynth.transports.events.messages import (
    complete_message,
    message,
    notice_message,
    progress_message,
)
from datasynth.transports.events.writer import SERVER_ENDS, Ending

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from datasynth.service.services import Services
    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.stream import Cursor, Stream
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Caller
    from datasynth.transports.events.query import EventQuery
    from datasynth.transports.events.writer import EventWriter

PROGRESS_EVERY: Final = 0.25
"""Pause between two `progress` messages. [s]"""

QUICK: Final = 0.05
"""A peer that takes a chunk within this time gets a large one next. [s]"""

FOLLOWED: Final = "rest"
"""The kind of stream that a subscriber follows if it names none."""


class Subscriber:
    """Sends a peer one stream, or each as it comes; without a first stream it waits for one.

    The waker of `caller` is the one of the calling greenlet or thread.
    """

    def __init__(
        self,
        services: Services,
        query: EventQuery,
        stream: Stream | None,
        writer: EventWriter,
        caller: Caller,
    ) -> None:
        self._services = services
        self._query = query
        self._stream = stream
        self._previous: Stream | None = None
        self._writer = writer
        self._caller = caller
        self._waker = caller.waker
        self._episode = -1

    def run(self) -> tuple[Ending, str]:
        """Send everything that there is to send; return why the server ends the connection.

        Raises
        ------
        Exception
            What the writer raises when the peer has ended it.
        """
        self._warn()
        while not self._services.registry.closing:
            if self._stream is None:
                self._stream = self._wait_for_stream()
                continue
            try:
                self._read(self._stream)
            except DatasynthError as error:
                self._send("error", self._stream.id, message=error.message)
                return Ending.FAILED, error.code
            if self._services.registry.closing:
                break
            if self._query.ends:
                return self._closing_reason(self._stream)
            self._previous, self._stream = self._stream, None
            self._query = replace(self._query, first=0, line=1)
        return SERVER_ENDS

    def _read(self, stream: Stream) -> None:
        """Follow a stream to its end, or to the server's."""
        with Reading(stream, self._query, self._writer, self._caller, self._services.clock) as reading:
            while True:
                self._waker.clear()
                if self._services.registry.closing:
                    return
                next_check = self._writer.keep_alive()
                self._warn()
                pause = reading.step()
                if pause is None:
                    return
                if pause > 0:
                    self._waker.wait(min(pause, next_check))

    def _wait_for_stream(self) -> Stream | None:
        """Return the stream that is next, or None if there is none yet after a wait."""
        self._waker.clear()
        next_check = self._writer.keep_alive()
        self._warn()
        stream = self._next_stream()
        if stream is None and not self._services.registry.closing:
            self._waker.wait(next_check)
        return stream

    def _next_stream(self) -> Stream | None:
        registry = self._services.registry
        if self._previous is None:
            return registry.join()
        known = registry.all()
        if self._previous in known:
            known = known[known.index(self._previous) + 1 :]
        return next((stream for stream in known if stream.kind == FOLLOWED), None)

    def _warn(self) -> None:
        """Warn once that memory is low; an active stream announces that itself."""
        guard = self._services.guard
        if guard.episode == self._episode:
            return
        opening, self._episode = self._episode < 0, guard.episode
        if guard.low and (opening or self._stream is None or not self._stream.active):
            stream_id = None if self._stream is None else self._stream.id
            self._send("warning", stream_id, **guard.warning())

    def _send(self, kind: str, stream_id: str | None, **fields: object) -> None:
        if kind in self._query.types:
            self._writer.message(kind, message(kind, stream_id, **fields))

    @staticmethod
    def _closing_reason(stream: Stream) -> tuple[Ending, str]:
        state = stream.snapshot().state
        if state is State.FAILED:
            return Ending.FAILED, "stream failed"
        return Ending.OVER, f"stream {state}"


class Reading:
    """A subscriber's place in one stream, from its first message to `complete`.

    It is a context manager, which gives the place up at its end.  The waker of
    `caller` is woken when there may be something new.
    """

    def __init__(
        self, stream: Stream, query: EventQuery, writer: EventWriter, caller: Caller, clock: Clock
    ) -> None:
        self._stream = stream
        self._query = query
        self._writer = writer
        self._waker = caller.waker
        self._client = caller.client
        self._clock = clock
        self._cursor: Cursor | None = None
        self._held = ExitStack()
        self._last_sent: int | None = None
        self._next_progress = clock()
        self._most: int | None = SMALL_CHUNK_BYTES

    def __enter__(self) -> Self:
        entries = "entry" in self._query.types
        with ExitStack() as stack:
            self._stream.attach(self._waker, subscribes=not entries)
            stack.callback(self._stream.detach, self._waker, subscribes=not entries)
            if entries:
                self._cursor = stack.enter_context(self._open_cursor())
            self._held = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def step(self) -> float | None:
        """Send what there is to send now, but not more than one chunk of entries.

        Returns
        -------
        float or None
            Seconds until the next step makes sense, unless the waker wakes before;
            None when all has been sent.
        """
        self._send(self._new_notices())
        progress = self._send_progress()
        if self._cursor is None:
            if self._stream.advance().state.active:
                return progress
            self._finish()
            return None
        chunk = self._cursor.poll(self._most)
        if chunk is not None:
            began = self._clock()
            self._writer.entries(chunk.data)
            # A peer that takes its time gets little at a time, so that its pings are answered in between.
            self._most = None if self._clock() - began < QUICK else SMALL_CHUNK_BYTES
            return 0.0
        if self._cursor.finished:
            self._finish()
            return None
        delay = self._cursor.delay()
        return progress if delay is None else min(progress, delay)

    def _open_cursor(self) -> Cursor:
        form = self._writer.documents if self._query.documents else self._writer.lines
        status = self._stream.advance()
        first = status.current if self._query.first is None else self._query.first
        try:
            return self._stream.open_cursor(
                form, min(first, status.end), self._waker, line=self._query.line, client=self._client
            )
        except InvalidRequest:
            # It was stopped, below that entry, since the upgrade was granted.
            end = self._stream.snapshot().end
            return self._stream.open_cursor(form, end, self._waker, client=self._client)

    def _new_notices(self) -> list[Notice]:
        """Return the notices since the last look; at the first look, those that still hold."""
        if self._stream.last_notice == self._last_sent:
            return []
        notices = self._stream.notices(self._last_sent or 0)
        new = notices if self._last_sent is not None else standing(notices)
        self._last_sent = notices[-1].number if notices else self._last_sent
        return new

    def _send(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            if notice.type in self._query.types:
                self._writer.message(notice.type, notice_message(self._stream.id, notice))

    def _send_progress(self) -> float:
        """Send how far the stream is, if it is time; return the seconds until the next time."""
        if "progress" not in self._query.types:
            return inf
        now = self._clock()
        if now >= self._next_progress:
            # Asked only now: the state costs a lock, and there are thousands of chunks between two messages.
            status = self._stream.advance()
            if status.state is not State.RUNNING:
                return inf
            self._writer.message("progress", progress_message(status))
            # From when it was due, so that the pace holds; after a long write, from now on.
            following = self._next_progress + PROGRESS_EVERY
            self._next_progress = following if following > now else now + PROGRESS_EVERY
        return self._next_progress - now

    def _finish(self) -> None:
        """Send what comes after the last entry; after a failure its announcement was the last message."""
        self._send(self._new_notices())
        status = self._stream.snapshot()
        if status.state is State.FAILED:
            return
        if "progress" in self._query.types:
            self._writer.message("progress", progress_message(status))
        if "complete" in self._query.types:
            self._writer.message("complete", complete_message(status))


def standing(notices: list[Notice]) -> list[Notice]:
    """Keep the notices that still hold when a subscriber joins.

    A pause that is over, and a shortage of memory, would mislead; that the
    stream was started, triggered or stopped stays true.
    """
    passing = {NoticeType.PAUSED, NoticeType.RESUMED, NoticeType.WARNING}
    pauses = [notice for notice in notices if notice.type in {NoticeType.PAUSED, NoticeType.RESUMED}]
    last = pauses[-1] if pauses and pauses[-1].type is NoticeType.PAUSED else None
    return [notice for notice in notices if notice.type not in passing or notice is last]
