"""What can be asked of a stream: its identity, its state, its head, its notices.

Here is also the lock around a stream, and the rule that wakers are woken only
after it has been given back.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from datasynth.service.streams.head_driver import HeadDriver
from datasynth.service.streams.subscribers import Subscribers
from datasynth.service.threads.waker import wake_each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.config.model import Config
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.lifecycle import PauseReason, State
    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.run import Run
    from datasynth.service.streams.status import StreamStatus
    from datasynth.service.threads.waker import Waker


class ObservedStream:
    """A stream as one who only looks sees it.

    Parameters
    ----------
    run
        What it is.
    context
        Where its blocks come from, and what all streams share.
    patience
        How long a reader that takes nothing holds the head; infinity: as long as it is there. [s]
    """

    def __init__(self, run: Run, context: Context, patience: float) -> None:
        self._run = run
        self._context = context
        self._clock = context.clock
        self._lock = threading.Lock()
        self._subscribers = Subscribers(patience)
        self._driver = HeadDriver(run, self._subscribers, context, self._unattended_block_ready)
        self._told = 0

    @property
    def id(self) -> str:
        """Its id, 32 hexadecimal digits."""
        return self._run.id

    @property
    def kind(self) -> str:
        """Whether ``rest`` or ``grpc`` started it."""
        return self._run.kind

    @property
    def config(self) -> Config:
        """The configuration that it started with; `count` has replaced its target count."""
        return self._run.version.spec.config

    @property
    def version(self) -> JournalVersion:
        """Its journal with the triggers so far; immutable."""
        return self._run.version

    @property
    def journal(self) -> JournalLike | None:
        """Its journal with the triggers so far; None before it is built, and again once it has ended."""
        return self._run.version.journal

    @property
    def state(self) -> State:
        """Where it is in its life."""
        with self._moment():
            return self._run.state

    @property
    def active(self) -> bool:
        """Whether it is preparing, running or paused."""
        # Nothing moves a stream that has ended, and most of those that are asked have.
        return self._run.ended_at is None and self.state.active

    @property
    def pause_reasons(self) -> frozenset[PauseReason]:
        """Who wants it paused."""
        with self._lock:
            return frozenset(self._run.reasons)

    @property
    def total(self) -> int:
        """Entries planned, triggered ones included."""
        return self._run.head.total

    @property
    def end(self) -> int:
        """Where the entries end: the total, or the stop point once there is one."""
        with self._lock:
            return self._run.end

    @property
    def current(self) -> int:
        """The head."""
        with self._moment():
            return self._run.head.position

    @property
    def duration_ms(self) -> int:
        """Time since the wait for a first subscriber was over, until now or the end. [ms]"""
        with self._lock:
            return round(self._run.duration(self._clock()) * 1000)

    @property
    def ended_at(self) -> float | None:
        """When it ended, on the clock that never goes back. [s]"""
        return self._run.ended_at

    @property
    def error(self) -> str | None:
        """Why it failed, if it did."""
        return self._run.error

    @property
    def last_notice(self) -> int:
        """Number of the newest notice."""
        return self._run.notices.last

    @property
    def readers(self) -> int:
        """Cursors and subscribers attached."""
        return self._subscribers.size

    def status(self) -> StreamStatus:
        """Describe it as it is now."""
        with self._moment() as now:
            return self._run.status(now)

    def notices(self, after: int) -> list[Notice]:
        """List the notices with numbers above `after`, oldest first; 0 lists all remembered."""
        with self._lock:
            return self._run.notices.since(after)

    @contextmanager
    def _moment(self) -> Iterator[float]:
        """Hold the lock over an up-to-date stream, and wake afterwards whoever must know."""
        wakers: tuple[Waker, ...] = ()
        try:
            with self._lock:
                now = self._clock()
                self._driver.settle(now)
                try:
                    yield now
                finally:
                    self._driver.settle(now)
                    self._driver.run_unattended(now)
                    wakers = self._to_wake()
        finally:
            wake_each(wakers)

    def _to_wake(self) -> tuple[Waker, ...]:
        if self._driver.news:
            self._driver.news = False
            return self._subscribers.wakers()
        return self._subscribers.follower_wakers() if self._run.head.position != self._told else ()

    def _unattended_block_ready(self) -> None:
        with self._moment():
            # Leaving the moment gathers the block and submits the next.
            return
