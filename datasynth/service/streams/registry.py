"""All streams that the server remembers, and the calls on the active one."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from datasynth.errors import (
    InvalidRequest,
    NoActiveStream,
    NoStream,
    NotFound,
    Overloaded,
    StreamAlreadyRunning,
    UnknownPattern,
)
from datasynth.service.streams.lifecycle import PauseReason
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.streams.stream import Stream
from datasynth.service.streams.triggering import insert_package
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import WakerSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.merge import ConfigDocument
    from datasynth.config.model import Config
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.stream_services import StreamServices
    from datasynth.service.threads.waker import Caller, Waker

REMEMBERED = 1_000
"""Streams that the server remembers; active ones are never forgotten."""

MOST_CALLS = 128
"""gRPC streams that may run at once."""

STALL_SECONDS = 10.0
"""Time after which a reader that takes nothing no longer holds the head of a REST stream. [s]"""

JOINED_WITHIN = 10.0
"""How long a finished stream can still be joined. [s]"""

_KEEP_ONE_RUNNING = (
    "There is no active stream. Start one first. To make it run longer, set entries_per_second "
    "in the start body."
)


class StreamRegistry:
    """Starts streams, remembers the last ones, and acts on all of them.

    Parameters
    ----------
    patterns
        Names of all triggers.

    Attributes
    ----------
    closing
        Whether the server is shutting down; readers end then.
    """

    def __init__(self, services: StreamServices, new_id: Callable[[], str], patterns: Sequence[str]) -> None:
        self._services = services
        self._new_id = new_id
        self._patterns = tuple(patterns)
        self._lock = threading.Lock()
        self._streams: OrderedDict[str, Stream] = OrderedDict()
        self._last: Stream | None = None
        self._starting = False
        self._calls_starting = 0
        self._joiners = WakerSet()
        self.closing = False

    def start(self, request: StartRequest, document: ConfigDocument, caller: Caller) -> Stream:
        """Start the one REST stream that may be active; it is preparing until its journal is built.

        Parameters
        ----------
        document
            Present configuration; the stream keeps a snapshot.
        caller
            The client of the build, and the waker for the wait until kernels are compiled.

        Raises
        ------
        InvalidConfiguration, StreamAlreadyRunning, Overloaded
            If it cannot be started like this, or not now.
        """
        config = request.apply(document)
        self._services.cost_limit.check(config)
        last = self._last
        if last is not None:
            # It may end by this, which wakes its subscribers, so no lock is held.
            last.advance()
        with self._lock:
            active = self._last is not None and self._last.active
            if active or self._starting:
                details = {"stream_id": self._last.id} if active and self._last is not None else {}
                raise StreamAlreadyRunning(
                    "A stream is already preparing, running or paused. Stop it first.", details
                )
            self._starting = True
        try:
            stream = self._make("rest", config, request.entries_per_second, request.wait, caller)
            with self._lock:
                self._last = stream
        finally:
            with self._lock:
                self._starting = False
        self._joiners.wake_all()
        return stream

    def open_call(self, count: int | None, first: int, document: ConfigDocument, caller: Caller) -> Stream:
        """Start a gRPC stream, which waits for its one reader without a limit of time.

        Raises
        ------
        InvalidRequest
            If the count is below 1, `first` outside the stream, or the configuration too costly.
        Overloaded
            If too many run already, or the server takes no work.
        """
        config = StartRequest.parse({"count": count}).apply(document)
        if not 0 <= first <= config.transactions.target_count:
            sentence = f"Must be from 0 to {config.transactions.target_count}."
            raise InvalidRequest(f"x-first: {sentence}", {"x-first": [sentence]})
        self._services.cost_limit.check(config)
        with self._lock:
            running = sum(stream.kind == "grpc" for stream in self._streams.values() if stream.active)
            if running + self._calls_starting >= MOST_CALLS:
                raise Overloaded(
                    f"The limit of {MOST_CALLS} generating calls is reached. Try again later.",
                    {"limit": MOST_CALLS},
                )
            self._calls_starting += 1
        try:
            return self._make("grpc", config, None, math.inf, caller)
        finally:
            with self._lock:
                self._calls_starting -= 1

    def stop(self) -> Stream:
        """Stop the REST stream, unless it has ended; raise `NoActiveStream` if there was none."""
        if self._last is None:
            self._refuse()
        self._last.stop()
        return self._last

    def pause(self) -> Stream:
        """Pause the active stream for the user, or raise `NoActiveStream`."""
        stream = self._active()
        stream.pause(PauseReason.USER)
        return stream

    def resume(self) -> Stream:
        """Remove the user's pause.

        Raises
        ------
        NoActiveStream
            If none is active.
        Overloaded
            If memory is low; the user's pause is removed nevertheless.
        """
        stream = self._active()
        stream.resume(PauseReason.USER)
        self._services.memory.ensure()
        return stream

    def trigger(self, pattern: str, waker: Waker) -> tuple[Stream, Trigger]:
        """Insert a package of entries at the head of the active stream.

        Raises
        ------
        UnknownPattern, NoActiveStream, TooManyTriggers, Overloaded
            In this order.
        """
        if pattern not in self._patterns:
            raise UnknownPattern(f"Unknown pattern {pattern!r}.", {"patterns": list(self._patterns)})
        stream = self._active()
        self._services.memory.ensure()
        trigger = insert_package(stream, pattern, self._services, waker)
        self._services.counters.add(Count.TRIGGERS)
        return stream, trigger

    def current(self) -> Stream:
        """Return the active REST stream, or the last one; raise `NoStream` if there was none."""
        if self._last is None:
            raise NoStream("No stream has been started yet.")
        return self._last

    def get(self, stream_id: str) -> Stream:
        """Return a stream by its id, or raise `NotFound` if the server does not remember it."""
        with self._lock:
            stream = self._streams.get(stream_id)
        if stream is None:
            raise NotFound(f"Unknown stream {stream_id!r}.", {"stream_id": stream_id})
        return stream

    def journal_of(self, stream_id: str, caller: Caller) -> tuple[JournalVersion, int]:
        """Return a stream's present journal version, built if need be, and its end.

        Raises
        ------
        NotFound
            If the server does not remember the stream.
        Overloaded
            As in `Journals.journal`.
        """
        stream = self.get(stream_id)
        version, end = stream.version_and_end()
        while version.journal is None:
            opened = version.opened(self._services.journals.journal(version.spec, caller))
            # The stream may have been stopped or triggered meanwhile.
            version, end = stream.version_and_end()
            if version.spec == opened.spec:
                return opened, end
        return version, end

    def all(self) -> list[Stream]:
        """List every remembered stream, oldest first."""
        with self._lock:
            return list(self._streams.values())

    def active(self) -> list[Stream]:
        """List those that are preparing, running or paused."""
        return [stream for stream in self.all() if stream.active]

    def join(self) -> Stream | None:
        """Return the REST stream for a client that gives no id: active, or finished a moment ago."""
        stream = self._last
        if stream is None or stream.advance().state.active:
            return stream
        ended_at = stream.ended_at
        recent = ended_at is not None and self._services.clock() - ended_at <= JOINED_WITHIN
        return stream if recent else None

    def attach(self, waker: Waker) -> None:
        """Wake `waker` at every start, at the shutdown, and when memory becomes low or recovers."""
        self._joiners.attach(waker)

    def detach(self, waker: Waker) -> None:
        """Undo one `attach`."""
        self._joiners.detach(waker)

    def shut_down(self) -> None:
        """Refuse work from now on and wake every reader."""
        self.closing = True
        self._services.readiness.close()
        self.wake_all()

    def tick(self) -> float | None:
        """Do what is due in each stream; return the seconds until more is due, if foreseeable."""
        wanted = [stream.tick() for stream in self.all() if stream.active or stream.readers]
        return min((seconds for seconds in wanted if seconds is not None), default=None)

    def wake_all(self) -> None:
        """Wake all subscribers, and all clients that wait for a stream."""
        self._joiners.wake_all()
        for stream in self.all():
            stream.wake_all()

    def stop_all(self) -> int:
        """Stop every active stream; return how many that ended."""
        return sum(stream.stop() for stream in self.all())

    def pause_all(self, reason: PauseReason) -> None:
        """Pause every active stream."""
        for stream in self.active():
            # It may have ended meanwhile; then there is nothing to pause.
            with suppress(NoActiveStream):
                stream.pause(reason)

    def resume_all(self, reason: PauseReason) -> None:
        """Remove a reason to pause from every active stream."""
        for stream in self.active():
            with suppress(NoActiveStream):
                stream.resume(reason)

    def warn_all(self, message: str, **fields: object) -> None:
        """Announce a warning to the subscribers of all streams."""
        for stream in self.all():
            if stream.active or stream.readers:
                stream.warn(message, **fields)

    def fail_all(self, message: str) -> int:
        """Let every active stream fail; return how many did."""
        return sum(stream.fail(message) for stream in self.all())

    def release_blocks(self) -> None:
        """Have all readers of all streams release their blocks."""
        for stream in self.all():
            stream.release_blocks()

    def _make(self, kind: str, config: Config, rate: float | None, wait: float, caller: Caller) -> Stream:
        """Make a stream and remember it, unless it is refused."""
        services = self._services
        services.readiness.admit(caller.waker)
        # Once more: the memory of the idle server is known once the kernels are there.
        services.cost_limit.check(config)
        version = services.journals.planned(config)
        stall_seconds = STALL_SECONDS if kind == "rest" else math.inf
        stream = Stream(self._new_id(), kind, version, rate, wait, stall_seconds, services)
        if version.journal is None:
            stream.prepare(caller.client)
        self._remember(stream)
        services.counters.add(Count.STREAMS_STARTED)
        stream.tick()
        if services.memory.low:
            # Memory has become low meanwhile, perhaps after all other streams were paused.
            stream.pause(PauseReason.MEMORY)
        return stream

    def _remember(self, stream: Stream) -> None:
        """Add a stream, and forget the oldest ended ones if there are too many."""
        with self._lock:
            self._streams[stream.id] = stream
            excess = len(self._streams) - REMEMBERED
            if excess > 0:
                for old in [old for old in self._streams.values() if not old.active][:excess]:
                    del self._streams[old.id]

    def _active(self) -> Stream:
        if self._last is None or not self._last.advance().state.active:
            self._refuse()
        return self._last

    def _refuse(self) -> NoReturn:
        details: dict[str, object] = {}
        if self._last is not None:
            status = self._last.snapshot().as_dict()
            details = {key: status[key] for key in ("stream_id", "state", "ended_at")}
        raise NoActiveStream(_KEEP_ONE_RUNNING, details)
