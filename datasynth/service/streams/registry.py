"""Every stream that the server remembers, and what may be asked of the one that is active."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, NoReturn

from datasynth.errors import (
    InvalidRequest,
    NoActiveStream,
    NoStream,
    Overloaded,
    StreamAlreadyRunning,
    UnknownPattern,
)
from datasynth.service.streams.catalogue import Catalogue
from datasynth.service.streams.lifecycle import PauseReason
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.streams.stream_maker import StreamMaker
from datasynth.service.streams.triggering import insert_package
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import WakerSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.merge import ConfigDocument
    from datasynth.service.admission.readiness import Readiness
    from datasynth.service.journals.journal_builder import JournalBuilder
    from datasynth.service.journals.protocols import TriggerLike
    from datasynth.service.journals.version import JournalVersion
    from datasynth.service.streams.context import Context
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.caller import Caller
    from datasynth.service.threads.thread_runner import ThreadRunner
    from datasynth.service.threads.waker import Waker

MOST_CALLS = 128
"""gRPC streams that may run at once."""

JOINED_WITHIN = 10.0
"""How long a finished stream is joined. [s]"""


_KEEP_ONE_RUNNING = (
    "There is no active stream. Start one; entries_per_second in the start body keeps it running "
    "for as long as you like."
)


class StreamRegistry:
    """Starts streams and finds them again; `catalogue` holds those that are remembered.

    Parameters
    ----------
    context
        What all streams share.
    builder
        Builds journals.
    runner
        Computes triggers on native threads.
    readiness
        Told when the server shuts down.
    new_id
        Makes ids.
    patterns
        Names of the triggers that there are.
    """

    def __init__(
        self,
        context: Context,
        builder: JournalBuilder,
        runner: ThreadRunner,
        readiness: Readiness,
        new_id: Callable[[], str],
        patterns: Sequence[str],
    ) -> None:
        self._context = context
        self._builder = builder
        self._runner = runner
        self._readiness = readiness
        self._patterns = tuple(patterns)
        self._lock = threading.Lock()
        self.catalogue = Catalogue()
        self._maker = StreamMaker(context, builder, self.catalogue, new_id)
        self._last: Stream | None = None
        self._starting = False
        self._calls_starting = 0
        self._joiners = WakerSet()
        self._closing = False

    @property
    def closing(self) -> bool:
        """Whether the server is shutting down; readers say good-bye then."""
        return self._closing

    @property
    def patterns(self) -> tuple[str, ...]:
        """Names of the triggers that there are."""
        return self._patterns

    def start(self, request: StartRequest, document: ConfigDocument, caller: Caller) -> Stream:
        """Start the one REST stream that may be active; it is preparing until its journal is built.

        Parameters
        ----------
        request
            What is wanted.
        document
            Present configuration; the stream keeps a snapshot.
        caller
            Whom the build counts for, and what it sleeps on while kernels are compiled.

        Raises
        ------
        InvalidConfiguration, StreamAlreadyRunning, Overloaded
            If it cannot be started like this, or not now.
        """
        config = request.apply(document)
        self._builder.check(config)
        with self._lock:
            active = self._last is not None and self._last.active
            if active or self._starting:
                details = {"stream_id": self._last.id} if active and self._last is not None else {}
                raise StreamAlreadyRunning(
                    "A stream is preparing, running or paused; stop it first.", details
                )
            self._starting = True
        try:
            stream = self._maker.make("rest", config, request.entries_per_second, request.wait, caller)
            with self._lock:
                self._last = stream
        finally:
            with self._lock:
                self._starting = False
        self._joiners.wake_all()
        return stream

    def open_call(self, count: int | None, first: int, document: ConfigDocument, caller: Caller) -> Stream:
        """Start a gRPC stream, which waits for its one reader however long that takes.

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
        self._builder.check(config)
        with self._lock:
            running = sum(stream.kind == "grpc" for stream in self.catalogue.active())
            if running + self._calls_starting >= MOST_CALLS:
                raise Overloaded(f"{MOST_CALLS} calls generate at once already.", {"limit": MOST_CALLS})
            self._calls_starting += 1
        try:
            return self._maker.make("grpc", config, None, math.inf, caller)
        finally:
            with self._lock:
                self._calls_starting -= 1

    def stop(self) -> Stream:
        """Stop the REST stream; one that has ended stays as it is.

        Raises
        ------
        NoActiveStream
            If there never was one.
        """
        if self._last is None:
            self._refuse()
        self._last.stop()
        return self._last

    def pause(self) -> Stream:
        """Pause the active stream for the user.

        Raises
        ------
        NoActiveStream
            If none is active.
        """
        stream = self._active()
        stream.pause(PauseReason.USER)
        return stream

    def resume(self) -> Stream:
        """Take the user's pause back.

        Raises
        ------
        NoActiveStream
            If none is active.
        Overloaded
            If memory is low; the user's pause is taken back all the same.
        """
        stream = self._active()
        stream.resume(PauseReason.USER)
        self._context.memory.ensure()
        return stream

    def trigger(self, pattern: str, waker: Waker) -> tuple[Stream, TriggerLike]:
        """Insert a package of entries at the head of the active stream.

        Raises
        ------
        UnknownPattern, NoActiveStream, TooManyTriggers, Overloaded
            In this order.
        """
        if pattern not in self._patterns:
            raise UnknownPattern(f"There is no pattern {pattern!r}.", {"patterns": list(self._patterns)})
        stream = self._active()
        self._context.memory.ensure()
        trigger = insert_package(stream, pattern, self._runner, self._context.clock, waker)
        self._context.counters.add(Count.TRIGGERS)
        return stream, trigger

    def current(self) -> Stream:
        """Return the active REST stream, or the last one.

        Raises
        ------
        NoStream
            If none was ever started.
        """
        if self._last is None:
            raise NoStream("No stream has been started yet.")
        return self._last

    def get(self, stream_id: str) -> Stream:
        """Return any remembered stream; `NotFound` if there is none of that id."""
        return self.catalogue.get(stream_id)

    def journal_of(self, stream_id: str, caller: Caller) -> tuple[JournalVersion, int]:
        """Return a stream's journal as it stands now, built if need be, and where its entries end.

        Raises
        ------
        NotFound
            If the server does not remember the stream.
        Overloaded
            As in `JournalBuilder.journal`.
        """
        stream = self.get(stream_id)
        version, end = stream.extent()
        while version.journal is None:
            opened = version.opened(self._builder.journal(version.spec, caller))
            # It may have been stopped meanwhile, or have had a trigger.
            version, end = stream.extent()
            if version.spec == opened.spec:
                return opened, end
        return version, end

    def all(self) -> list[Stream]:
        """List every remembered stream, oldest first."""
        return self.catalogue.all()

    def stop_all(self) -> int:
        """Stop every active stream; return how many that ended."""
        return self.catalogue.stop()

    def join(self) -> Stream | None:
        """Return what a joiner without an id gets now: the active REST stream, or one just finished."""
        stream = self._last
        if stream is None or stream.active:
            return stream
        ended_at = stream.ended_at
        recent = ended_at is not None and self._context.clock() - ended_at <= JOINED_WITHIN
        return stream if recent else None

    def attach(self, waker: Waker) -> None:
        """Wake `waker` at every start, at the shutdown, and when memory becomes low or recovers."""
        self._joiners.attach(waker)

    def detach(self, waker: Waker) -> None:
        """Undo one `attach`."""
        self._joiners.detach(waker)

    def shut_down(self) -> None:
        """Take no more work and tell every reader."""
        self._closing = True
        self._readiness.close()
        self.wake()

    def tick(self) -> float | None:
        """Do what time demands; return the seconds until it foreseeably demands more."""
        return self.catalogue.tick()

    def wake(self) -> None:
        """Wake everybody who follows a stream or waits for one."""
        self._joiners.wake_all()
        self.catalogue.wake()

    def _active(self) -> Stream:
        if self._last is None or not self._last.active:
            self._refuse()
        return self._last

    def _refuse(self) -> NoReturn:
        details: dict[str, object] = {}
        if self._last is not None:
            status = self._last.status().as_dict()
            details = {key: status[key] for key in ("stream_id", "state", "ended_at")}
        raise NoActiveStream(_KEEP_ONE_RUNNING, details)
