"""Which streams a subscriber gets, what it gets of each, in which order, and why its connection ends."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from datasynth.encoding import AnyFormat, Format
from datasynth.errors import InternalError
from datasynth.service.blocks.chunk import SMALL_CHUNK_BYTES
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.notices import NoticeType
from datasynth.service.threads.waker import Caller
from datasynth.transports.events.query import EventQuery
from datasynth.transports.events.subscriber import PROGRESS_EVERY, QUICK, Reading, Subscriber, standing
from datasynth.transports.events.writer import Ending
from datasynth.transports.ws.socket import PeerGone
from datasynth.transports.ws.writer import FrameWriter
from tests.transports.events.fakes import (
    LINES,
    FakeClock,
    FakeGuard,
    FakeRegistry,
    FakeStream,
    RecordingSocket,
    ScriptedWaker,
    as_stream,
    fake_services,
)

if TYPE_CHECKING:
    from collections.abc import Callable


ENDS = frozenset({"complete", "warning", "error"})


def decoded(socket: RecordingSocket) -> list[dict[str, Any]]:
    """Return the messages that a socket was given."""
    decoder = json.JSONDecoder()
    text = b"".join(socket.sent).decode(errors="replace")
    messages, at = [], text.find("{")
    while at >= 0:
        message, end = decoder.raw_decode(text, at)
        messages.append(message)
        at = text.find("{", end)
    return messages


def types(socket: RecordingSocket) -> list[str]:
    """Return the types of the messages that a socket was given, in order."""
    return [str(message["type"]) for message in decoded(socket)]


class Scene:
    """A registry, a subscriber, and a script of what happens whenever the subscriber sleeps."""

    def __init__(self, *streams: FakeStream, guard: FakeGuard | None = None, **query: Any) -> None:
        self.registry = FakeRegistry(*streams)
        self.guard = guard or FakeGuard()
        self.socket = RecordingSocket()
        self.query = EventQuery(**{"types": ENDS, **query})

    def run(self, first: FakeStream | None, *script: Callable[[], None]) -> tuple[Ending, str]:
        self.waker = ScriptedWaker(*script)
        services = fake_services(self.registry, FakeClock(), self.guard)
        stream = None if first is None else as_stream(first)
        caller = Caller("a client", self.waker)
        return Subscriber(services, self.query, stream, FrameWriter(self.socket.as_socket()), caller).run()

    def ids(self) -> list[str]:
        return [str(message["stream_id"]) for message in decoded(self.socket)]


def test_one_stream_by_its_id() -> None:
    """Who named a stream is done after its `complete`."""
    stream = FakeStream("a")
    stream.finish(State.COMPLETED)
    scene = Scene(stream, stream_id="a")

    assert Ending.OVER == scene.run(stream)[0]
    assert ["complete"] == types(scene.socket)


def test_a_failed_stream_by_its_id() -> None:
    """After `error` the close code says that it was not the client's fault."""
    stream = FakeStream("a")
    stream.finish(State.FAILED)
    scene = Scene(stream, stream_id="a")

    assert Ending.FAILED == scene.run(stream)[0]
    assert ["error"] == types(scene.socket)


def test_waits_for_a_start_and_stays() -> None:
    """Who comes before the start waits, and then gets one stream after the other."""
    first, second = FakeStream("a"), FakeStream("b")
    scene = Scene()
    outcome = scene.run(
        None,
        lambda: scene.registry.start(first),
        lambda: first.finish(State.COMPLETED),
        lambda: scene.registry.start(second),
        lambda: second.finish(State.COMPLETED),
        scene.registry.shut_down,
    )

    assert ["a", "b"] == scene.ids()
    assert (Ending.SHUT_DOWN, "server shuts down") == outcome


def test_no_stream_is_left_out() -> None:
    """Streams that came and went while a slow subscriber read an earlier one come next, in order."""
    first, second, third = (FakeStream(name) for name in "abc")
    scene = Scene(first)

    def pass_by() -> None:
        for stream in (FakeStream("g", kind="grpc"), second, third):
            scene.registry.start(stream)
            stream.finish(State.COMPLETED)
        first.finish(State.COMPLETED)

    scene.run(first, pass_by, scene.registry.shut_down)

    assert ["a", "b", "c"] == scene.ids()


def test_the_place_counts_for_the_first_stream_only() -> None:
    """`from` and `line` are about the first stream; the next one is read from its beginning."""
    first, second = FakeStream("a"), FakeStream("b")
    scene = Scene(first, types=frozenset({"entry"}), first=2, line=2)
    scene.run(first, lambda: scene.registry.start(second), scene.registry.shut_down)
    places = [(message["stream_id"], message["sequence"]) for message in decoded(scene.socket)]

    assert [("a", 2), *[("b", n) for n in (0, 0, 1, 1, 2, 2)]] == places


def test_shutdown_interrupts_a_stream() -> None:
    """A server that ends does not wait for the stream."""
    stream = FakeStream("a")
    scene = Scene(stream)

    assert Ending.SHUT_DOWN == scene.run(stream, scene.registry.shut_down)[0]
    assert 0 == len(stream.wakers)


def test_shutdown_comes_before_everything() -> None:
    """Nothing is sent any more once the server ends."""
    stream = FakeStream("a")
    scene = Scene(stream)
    scene.registry.shut_down()

    assert Ending.SHUT_DOWN == scene.run(stream)[0]
    assert [] == scene.socket.sent


def test_low_memory_is_the_first_message() -> None:
    """A socket opened while memory is low is told so before anything else."""
    stream = FakeStream("a")
    guard = FakeGuard()
    guard.fall_low()
    scene = Scene(stream, guard=guard, types=ENDS | {"started"})
    scene.run(stream, scene.registry.shut_down)
    warning = decoded(scene.socket)[0]

    assert ["type", "stream_id", "message", "used_bytes", "limit_bytes"] == list(warning)
    assert ["warning", "started"] == types(scene.socket)


def test_low_memory_is_told_to_those_who_wait() -> None:
    """A waiting subscriber is warned each time that memory becomes low, once."""
    scene = Scene()
    scene.run(None, scene.guard.fall_low, lambda: None, scene.guard.fall_low, scene.registry.shut_down)

    assert ["warning", "warning"] == types(scene.socket)
    assert [None, None] == [message["stream_id"] for message in decoded(scene.socket)]


def test_an_active_stream_warns_by_itself() -> None:
    """What the stream announces is not said twice."""
    stream = FakeStream("a")
    scene = Scene(stream)
    scene.run(stream, scene.guard.fall_low, scene.registry.shut_down)

    assert [] == scene.socket.sent


def test_entries_that_cannot_be_made() -> None:
    """A fault of ours is told, and closes the connection."""
    stream = FakeStream("a")
    scene = Scene(stream, types=ENDS | {"entry"})

    def spoil() -> None:
        stream.cursors[0].error = InternalError("The entries cannot be made.")

    stream.limit = 0

    assert Ending.FAILED == scene.run(stream, spoil)[0]
    assert ["error"] == types(scene.socket)
    assert stream.cursors[0].closed


def test_the_sleep_is_never_longer_than_the_socket_allows() -> None:
    """Pings are sent on time while nothing else happens."""
    scene = Scene()
    scene.socket.attention = 7.5
    scene.run(None, scene.registry.shut_down)

    assert [7.5] == scene.waker.waits


def test_a_peer_that_leaves_ends_it() -> None:
    """Leaving is passed on to whoever closes the connection."""
    stream = FakeStream("a")
    scene = Scene(stream, types=frozenset({"entry"}))
    scene.socket.leaves_after = 1

    with pytest.raises(PeerGone):
        scene.run(stream)
    assert 0 == len(stream.wakers)


class ReadingScene:
    """A stream, a subscriber and a clock."""

    def __init__(self, stream: FakeStream, **query: Any) -> None:
        self.clock = FakeClock()
        self.stream = stream
        self.socket = RecordingSocket()
        self.reading = Reading(
            as_stream(stream),
            EventQuery(**query),
            FrameWriter(self.socket.as_socket()),
            Caller("a client", ScriptedWaker()),
            self.clock,
        )

    def run_through(self) -> None:
        with self.reading:
            while self.reading.step() is not None:
                pass


def test_a_whole_stream() -> None:
    """`started`, progress, every line, the last progress and right after it `complete`."""
    scene = ReadingScene(FakeStream(total=2))
    scene.run_through()

    assert ["started", "progress", *["entry"] * 2 * LINES, "progress", "complete"] == types(scene.socket)
    assert 100.0 == decoded(scene.socket)[-2]["percent"]
    assert 2 == decoded(scene.socket)[-1]["total_entries"]


def test_slow_peers_get_small_chunks() -> None:
    """A peer that takes a chunk at once gets a large one next; one that takes its time, a small one."""
    scene = ReadingScene(FakeStream(total=4), types=frozenset({"entry"}))
    with scene.reading:
        for seconds in (0.0, QUICK / 2, QUICK * 2, 0.0):
            scene.socket.on_send = partial(scene.clock.pass_by, seconds)
            scene.reading.step()
        asked = scene.stream.cursors[0].asked

    assert [SMALL_CHUNK_BYTES, None, None, SMALL_CHUNK_BYTES] == asked


def test_only_what_was_asked_for() -> None:
    """`types` leaves out the rest, also at the end."""
    scene = ReadingScene(FakeStream(total=2), types=frozenset({"entry"}))
    scene.run_through()

    assert ["entry"] * 2 * LINES == types(scene.socket)


def test_resume_inside_an_entry() -> None:
    """`from` and `line` go on exactly there."""
    scene = ReadingScene(FakeStream(total=3), types=frozenset({"entry"}), first=1, line=2)
    scene.run_through()
    places = [(message["sequence"], message["line"]) for message in decoded(scene.socket)]

    assert [(1, 2), (2, 1), (2, 2)] == places


def test_latest() -> None:
    """`from=latest` begins where the stream is."""
    stream = FakeStream(total=5)
    stream.current = 3
    scene = ReadingScene(stream, types=frozenset({"entry"}), first=None)
    scene.run_through()

    assert {3, 4} == {message["sequence"] for message in decoded(scene.socket)}


def test_a_place_past_a_stop_point_is_the_stop_point() -> None:
    """Who asks for entries that a stop has cut off gets `complete` at once."""
    stream = FakeStream(total=5)
    stream.current = 2
    stream.finish(State.STOPPED)
    scene = ReadingScene(stream, first=4)
    scene.run_through()

    assert ["started", "stopped", "progress", "complete"] == types(scene.socket)


@pytest.mark.parametrize(("documents", "form"), [(False, Format.WS_LINES), (True, Format.WS_DOCUMENTS)])
def test_view(documents: bool, form: AnyFormat) -> None:
    """The view decides which frames are read."""
    scene = ReadingScene(FakeStream(), documents=documents)
    scene.run_through()

    assert [form] == [cursor.format for cursor in scene.stream.cursors]


def test_progress_four_times_a_second() -> None:
    """Progress comes when it is due and not before."""
    stream = FakeStream()
    stream.limit = 0
    scene = ReadingScene(stream, types=frozenset({"progress"}))
    with scene.reading:
        for _ in range(20):
            pause = scene.reading.step()
            assert pause is not None
            assert pause <= PROGRESS_EVERY
            scene.clock.pass_by(PROGRESS_EVERY / 2)

    assert 10 == len(scene.socket.sent)


def test_progress_after_a_long_write() -> None:
    """Missed progress is not made up for."""
    stream = FakeStream()
    stream.limit = 0
    scene = ReadingScene(stream, types=frozenset({"progress"}))
    with scene.reading:
        scene.reading.step()
        scene.clock.pass_by(10.0)
        scene.reading.step()
        scene.reading.step()

    assert 2 == len(scene.socket.sent)


def test_no_progress_while_paused() -> None:
    """A paused stream has nothing to report."""
    stream = FakeStream()
    stream.limit = 0
    stream.state = State.PAUSED
    scene = ReadingScene(stream, types=frozenset({"progress"}))
    with scene.reading:
        assert float("inf") == scene.reading.step()

    assert [] == scene.socket.sent


def test_a_progress_reader_subscribes_without_a_cursor() -> None:
    """Without `entry` nothing is read, and the stream knows a subscriber all the same."""
    scene = ReadingScene(FakeStream(), types=frozenset({"progress", "complete"}))
    with scene.reading:
        scene.reading.step()
        assert 1 == scene.stream.progress_readers
        scene.stream.finish(State.COMPLETED)
        scene.reading.step()

    assert [] == scene.stream.cursors
    assert 0 == scene.stream.progress_readers
    assert ["progress", "progress", "complete"] == types(scene.socket)


def test_the_wait_follows_the_rate() -> None:
    """Between two entries of a slow stream it sleeps no longer than until the next."""
    stream = FakeStream()
    stream.limit = 0
    stream.delay = 0.1
    scene = ReadingScene(stream, types=frozenset({"entry"}))
    with scene.reading:
        assert 0.1 == scene.reading.step()


def test_announcements_come_at_once() -> None:
    """What happens is told before the next chunk of entries."""
    stream = FakeStream(total=3)
    scene = ReadingScene(stream)
    with scene.reading:
        scene.reading.step()
        stream.announce(NoticeType.TRIGGER, "A month end.", pattern="month_end")
        scene.reading.step()

    assert ["trigger", "entry", "entry"] == types(scene.socket)[-3:]


def test_a_stop_is_told_before_complete() -> None:
    """A stop that comes at the very end is still announced before `complete`."""
    stream = FakeStream(total=3)
    stream.limit = 1
    scene = ReadingScene(stream)
    with scene.reading:
        scene.reading.step()
        stream.cursors[0].meanwhile = lambda: stream.finish(State.STOPPED)
        assert scene.reading.step() is None

    assert ["stopped", "progress", "complete"] == types(scene.socket)[-3:]
    assert "stopped" == decoded(scene.socket)[-1]["status"]


def test_a_failure_is_the_last_word() -> None:
    """After `error` there is neither progress nor `complete`."""
    stream = FakeStream(total=3)
    stream.limit = 1
    scene = ReadingScene(stream)
    with scene.reading:
        scene.reading.step()
        stream.finish(State.FAILED)
        assert scene.reading.step() is None

    assert "error" == types(scene.socket)[-1]
    assert "Memory limit exceeded" == decoded(scene.socket)[-1]["message"]


def test_everything_is_let_go_when_the_peer_leaves() -> None:
    """A peer that leaves midway leaves no cursor and no waker behind."""
    scene = ReadingScene(FakeStream(total=3))
    scene.socket.leaves_after = 3
    with pytest.raises(PeerGone):
        scene.run_through()

    assert [True] == [cursor.closed for cursor in scene.stream.cursors]
    assert 0 == len(scene.stream.wakers)


def test_what_a_late_joiner_is_told() -> None:
    """Pauses that are over and old warnings are left out; what still holds is told."""
    stream = FakeStream()
    stream.announce(NoticeType.PAUSED, "1")
    stream.announce(NoticeType.WARNING, "2")
    stream.announce(NoticeType.TRIGGER, "3")
    stream.announce(NoticeType.RESUMED, "4")
    told = [notice.type for notice in standing(stream.notices(0))]
    assert [NoticeType.STARTED, NoticeType.TRIGGER] == told

    stream.announce(NoticeType.PAUSED, "5")
    told = [notice.type for notice in standing(stream.notices(0))]
    assert [NoticeType.STARTED, NoticeType.TRIGGER, NoticeType.PAUSED] == told
