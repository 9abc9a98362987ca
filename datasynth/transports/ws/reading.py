"""One stream as one subscriber follows it, from its first message to `complete`."""

from __future__ import annotations

from contextlib import ExitStack
from math import inf
from typing import TYPE_CHECKING, Final, Self

from datasynth.encoding import Format
from datasynth.errors import InvalidRequest
from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import NoticeType
from datasynth.transports.ws.encode import encode_complete, encode_notice, encode_progress

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.stream import Cursor, Stream
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Caller
    from datasynth.transports.ws.query import EventQuery
    from datasynth.transports.ws.socket import Socket

PROGRESS_EVERY: Final = 0.25
"""Pause between two `progress` messages. [s]"""

QUICK: Final = 0.05
"""A peer that takes a chunk within this time gets a large one next. [s]"""


class Reading:
    """A subscriber's place in a stream; a context manager that lets go of the stream at its end.

    Parameters
    ----------
    stream
        What to read.
    query
        What to tell of it, and from where.
    socket
        Whom to tell.
    caller
        Whom it counts for, and what is woken when there may be something new.
    clock
        Seconds that never go back. [s]
    """

    def __init__(
        self, stream: Stream, query: EventQuery, socket: Socket, caller: Caller, clock: Clock
    ) -> None:
        self._stream = stream
        self._query = query
        self._socket = socket
        self._waker = caller.waker
        self._client = caller.client
        self._clock = clock
        self._cursor: Cursor | None = None
        self._held = ExitStack()
        self._told: int | None = None
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
            Seconds until the next step makes sense, unless the waker says so
            before; None when all has been sent.
        """
        self._tell(self._news())
        progress = self._tell_progress()
        if self._cursor is None:
            if self._stream.advance().state.active:
                return progress
            self._finish()
            return None
        chunk = self._cursor.poll(self._most)
        if chunk is not None:
            began = self._clock()
            self._socket.send(chunk.data)
            # A peer that takes its time gets little at a time, so that its pings are answered in between.
            self._most = None if self._clock() - began < QUICK else SMALL_CHUNK_BYTES
            return 0.0
        if self._cursor.finished:
            self._finish()
            return None
        delay = self._cursor.delay()
        return progress if delay is None else min(progress, delay)

    def _open_cursor(self) -> Cursor:
        form = Format.WS_DOCUMENTS if self._query.documents else Format.WS_LINES
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

    def _news(self) -> list[Notice]:
        """Return what was announced since the last look; at the first look, what still holds of it all."""
        if self._stream.last_notice == self._told:
            return []
        notices = self._stream.notices(self._told or 0)
        news = notices if self._told is not None else standing(notices)
        self._told = notices[-1].number if notices else self._told
        return news

    def _tell(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            if notice.type in self._query.types:
                self._socket.send(encode_notice(self._stream.id, notice))

    def _tell_progress(self) -> float:
        """Tell how far the stream is, if it is time; return the seconds until the next time."""
        if "progress" not in self._query.types:
            return inf
        now = self._clock()
        if now >= self._next_progress:
            # Asked only now: the state costs a lock, and there are thousands of chunks between two messages.
            status = self._stream.advance()
            if status.state is not State.RUNNING:
                return inf
            self._socket.send(encode_progress(status))
            # From when it was due, so that the pace holds; after a long write, from now on.
            following = self._next_progress + PROGRESS_EVERY
            self._next_progress = following if following > now else now + PROGRESS_EVERY
        return self._next_progress - now

    def _finish(self) -> None:
        """Send what comes after the last entry; after a failure its announcement was the last message."""
        self._tell(self._news())
        status = self._stream.snapshot()
        if status.state is State.FAILED:
            return
        if "progress" in self._query.types:
            self._socket.send(encode_progress(status))
        if "complete" in self._query.types:
            self._socket.send(encode_complete(status))


def standing(notices: list[Notice]) -> list[Notice]:
    """Of what was announced before somebody joined, keep what still holds.

    A pause that is over, and a shortage of memory, would mislead; that the
    stream was started, triggered or stopped stays true.
    """
    passing = {NoticeType.PAUSED, NoticeType.RESUMED, NoticeType.WARNING}
    pauses = [notice for notice in notices if notice.type in {NoticeType.PAUSED, NoticeType.RESUMED}]
    last = pauses[-1] if pauses and pauses[-1].type is NoticeType.PAUSED else None
    return [notice for notice in notices if notice.type not in passing or notice is last]
