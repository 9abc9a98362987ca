"""A service of one's own for the WebSocket transport: streams that a test moves by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self, cast

import numpy as np

from datasynth.errors import InvalidRequest, NotFound
from datasynth.service.blocks.chunk import Chunk
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import NoticeLog, NoticeType
from datasynth.service.streams.status import StreamStatus
from datasynth.service.threads.counters import Counters
from datasynth.service.threads.waker import WakerSet
from datasynth.transports.events.messages import message
from datasynth.transports.ws.frames import text_frame
from datasynth.transports.ws.socket import PeerGone

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from datasynth.encoding import AnyFormat
    from datasynth.service.services import Services
    from datasynth.service.streams.notices import Notice
    from datasynth.service.streams.stream import Stream
    from datasynth.service.threads.waker import Waker
    from datasynth.transports.ws.socket import Socket

LINES = 2
"""Lines of each entry of a fake stream."""

NO_SPANS = np.zeros(0, dtype=np.int64)
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


class FakeClock:
    """Seconds that pass when a test says so."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


class FakeCursor:
    """One entry a chunk, up to the stream's `limit`."""

    def __init__(self, stream: FakeStream, form: AnyFormat, first: int, line: int) -> None:
        self._stream = stream
        self.format = form
        self.position = first
        self.line = line
        self.closed = False
        self.asked: list[int | None] = []
        self.error: Exception | None = None
        self.meanwhile: Callable[[], None] | None = None

    @property
    def finished(self) -> bool:
        return self._stream.state is State.FAILED or self.position >= self._stream.end

    def poll(self, max_bytes: int | None = None) -> Chunk | None:
        self.asked.append(max_bytes)
        if self.error is not None:
            raise self.error
        if self.meanwhile is not None:
            self.meanwhile()
        if self.finished or self.position >= self._stream.limit:
            return None
        sequence, line = self.position, self.line
        self.position, self.line = sequence + 1, 1
        data = b"".join(entry_frame(self._stream.id, sequence, k) for k in range(line, LINES + 1))
        self._stream.move_to(self.position)
        return Chunk(memoryview(data), sequence, sequence + 1, NO_SPANS, NO_SPANS)

    def delay(self) -> float | None:
        return self._stream.delay

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class FakeStream:
    """A stream whose entries come out as far as `limit` says."""

    def __init__(self, stream_id: str = "s1", total: int = 3, kind: str = "rest") -> None:
        self.id = stream_id
        self.kind = kind
        self.total = self.end = self.limit = total
        self.current = 0
        self.state = State.RUNNING
        self.delay: float | None = None
        self.wakers = WakerSet()
        self.progress_readers = 0
        self.cursors: list[FakeCursor] = []
        self._log = NoticeLog()
        self.announce(NoticeType.STARTED, "The stream has started.", total=total)

    @property
    def active(self) -> bool:
        return self.state.active

    @property
    def last_notice(self) -> int:
        return self._log.last

    def announce(self, kind: NoticeType, message: str, **fields: object) -> None:
        self._log.add(kind, message, **fields)
        self.wakers.wake_all()

    def move_to(self, position: int) -> None:
        self.current = max(self.current, position)
        if self.active and self.current >= self.total:
            self.finish(State.COMPLETED)

    def finish(self, state: State) -> None:
        self.state = state
        if state is State.STOPPED:
            self.end = self.current
            self.announce(NoticeType.STOPPED, "The stream was stopped.")
        if state is State.FAILED:
            self.announce(NoticeType.ERROR, "Memory limit exceeded")
        self.wakers.wake_all()

    def notices(self, after: int) -> list[Notice]:
        return self._log.since(after)

    def attach(self, waker: Waker, *, subscribes: bool = True) -> None:
        self.progress_readers += subscribes
        self.wakers.attach(waker)

    def detach(self, waker: Waker, *, subscribes: bool = True) -> None:
        self.progress_readers -= subscribes
        self.wakers.detach(waker)

    def open_cursor(
        self, form: AnyFormat, first: int, waker: Waker, *, line: int = 1, client: str
    ) -> FakeCursor:
        del waker, client
        if first > self.end:
            raise InvalidRequest("The stream ends before that entry.")
        self.cursors.append(FakeCursor(self, form, first, line))
        return self.cursors[-1]

    def advance(self) -> StreamStatus:
        return self.snapshot()

    def snapshot(self) -> StreamStatus:
        return StreamStatus(
            stream_id=self.id,
            kind=self.kind,
            state=self.state,
            paused_by=(),
            current=self.current,
            total=self.total,
            end=self.end,
            rate=12.34,
            created_at=EPOCH,
            started_at=EPOCH,
            ended_at=None,
            duration_ms=1200,
            triggers=(),
            entries_per_second=None,
            error=None,
        )


class FakeRegistry:
    """Streams in the order in which they were added."""

    def __init__(self, *streams: FakeStream) -> None:
        self.streams = list(streams)
        self.closing = False
        self.wakers = WakerSet()

    def start(self, stream: FakeStream) -> None:
        self.streams.append(stream)
        self.wakers.wake_all()

    def shut_down(self) -> None:
        self.closing = True
        self.wakers.wake_all()

    def join(self) -> FakeStream | None:
        return next((stream for stream in self.streams if stream.active), None)

    def get(self, stream_id: str) -> FakeStream:
        for stream in self.streams:
            if stream.id == stream_id:
                return stream
        raise NotFound("There is no such stream.")

    def all(self) -> list[FakeStream]:
        return list(self.streams)

    def attach(self, waker: Waker) -> None:
        self.wakers.attach(waker)

    def detach(self, waker: Waker) -> None:
        self.wakers.detach(waker)


@dataclass
class FakeGuard:
    """Memory that is low when a test says so."""

    low: bool = False
    episode: int = 0

    def fall_low(self) -> None:
        self.low = True
        self.episode += 1

    def warning(self) -> dict[str, object]:
        return {"message": "Memory is low.", "used_bytes": 900, "limit_bytes": 1000}


@dataclass
class RecordingSocket:
    """A peer that takes everything, and leaves when it has seen enough."""

    leaves_after: int | None = None
    sent: list[bytes] = field(default_factory=list)
    attention: float = 20.0
    on_send: Callable[[], None] = lambda: None

    def send(self, data: bytes | memoryview) -> None:
        if self.leaves_after is not None and len(self.sent) >= self.leaves_after:
            raise PeerGone
        self.sent.append(bytes(data))
        self.on_send()

    def keep_alive(self) -> float:
        return self.attention

    def as_socket(self) -> Socket:
        return cast("Socket", self)


class ScriptedWaker:
    """A sleeper that never sleeps: at each wait the next step of a script is taken."""

    def __init__(self, *steps: Any) -> None:
        self._steps = list(steps)
        self.waits: list[float | None] = []

    def clear(self) -> None:
        return None

    def wake(self) -> None:
        return None

    def wait(self, timeout: float | None) -> bool:
        self.waits.append(timeout)
        if not self._steps:
            raise PeerGone
        self._steps.pop(0)()
        return True


def entry_frame(stream_id: str, sequence: int, line: int) -> bytes:
    """Return the frame of one line of a fake entry."""
    fields = {"sequence": sequence, "line": line, "data": {"document_id": f"d{sequence}"}}
    return text_frame(message("entry", stream_id, **fields))


def fake_services(registry: FakeRegistry, clock: FakeClock | Any, guard: FakeGuard | None = None) -> Services:
    """Put together as much of the services as the WebSocket transport asks for."""
    parts = SimpleNamespace(registry=registry, clock=clock, guard=guard or FakeGuard(), counters=Counters())
    return cast("Services", parts)


def as_stream(stream: FakeStream) -> Stream:
    """Let a fake pass for a stream."""
    return cast("Stream", stream)
