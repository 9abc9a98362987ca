"""A stream whose journal is still being built."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import Format
from datasynth.errors import InvalidRequest, NoActiveStream, Overloaded, StreamAlreadyRunning
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import Caller, ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.streams.stream import Stream
    from tests.service.harness import Harness

LIMIT = 1_000_000


class Gate:
    """Builds that go on, checkpoint after checkpoint, until the gate opens."""

    def __init__(self) -> None:
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, checkpoint: Callable[[], None]) -> None:
        self.begun.set()
        while not self.opened.wait(0.005):
            checkpoint()


class Scene:
    """Services whose builds take as long as a test wants."""

    def __init__(self, build: Callable[..., Harness], **settings: object) -> None:
        self.gate = Gate()
        self.harness = build(on_make=self.gate, **settings)
        self.registry = self.harness.registry

    def start(self, **body: object) -> Stream:
        """Start a stream, whose build is then under way."""
        stream = self.harness.start_at_once("a client", **body)
        assert self.gate.begun.wait(5.0)
        return stream

    def finish(self, stream: Stream) -> None:
        """Let the build come to its end."""
        self.gate.opened.set()
        self.harness.settle(lambda: not stream.preparing)

    def builds(self) -> float:
        gauges = self.harness.services.counters.gauges()
        return gauges["builds_running"] + gauges["builds_waiting"]


@pytest.fixture
def scene(build: Callable[..., Harness]) -> Scene:
    """Services with a memory limit."""
    return Scene(build, memory_limit=LIMIT)


def test_stream_is_known_at_once(scene: Scene) -> None:
    """It is listed, active and joined, and a second start is a conflict."""
    stream = scene.start(count=5_000)
    status = stream.advance().as_dict()

    assert {"state": "preparing", "current": 0, "total": 5_000, "started_at": None}.items() <= status.items()
    assert stream is scene.registry.join() is scene.registry.current()
    assert [stream] == scene.registry.all() == scene.registry.active()
    assert "started" == stream.notices(0)[0].type
    with pytest.raises(StreamAlreadyRunning):
        scene.start(count=5_000)


def test_reader_waits_and_gets_everything(scene: Scene) -> None:
    """A reader that came during the build gets nothing before its end, and then every entry."""
    stream = scene.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        waker.clear()
        assert (None, False, None) == (cursor.poll(), cursor.finished, cursor.delay())
        assert 1 == scene.registry._services.journals.queue._requests
        scene.gate.opened.set()
        assert waker.wait(5.0)
        data = read(cursor, waker)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 5_000) == data
    assert State.COMPLETED is stream.advance().state


def test_stop_drops_the_build(scene: Scene) -> None:
    """A stream that is stopped in time has no entries, and its build ends."""
    stream = scene.start(count=5_000)
    assert 1 == scene.registry.stop_all()
    scene.harness.settle(lambda: scene.builds() == 0)

    assert (State.STOPPED, 0, 0) == (
        stream.advance().state,
        stream.snapshot().end,
        stream.snapshot().duration_ms,
    )
    scene.gate.opened.set()
    assert scene.harness.start(count=10).active


def test_pause_shows_at_once_and_outlasts_the_build(scene: Scene) -> None:
    """A pause during the build is one, also once the journal is there; only resume begins."""
    stream = scene.start(count=5_000, wait_for_subscriber=0)
    scene.registry.pause()
    assert (State.PAUSED, True) == (stream.advance().state, stream.preparing)
    scene.finish(stream)
    assert "paused" == stream.advance().state
    scene.registry.resume()
    assert "running" == stream.advance().state


def test_resume_leads_back_to_preparing(scene: Scene) -> None:
    """The end of a pause during the build is followed by the rest of the build."""
    stream = scene.start(count=5_000, entries_per_second=100)
    scene.registry.pause()
    scene.registry.resume()
    assert "preparing" == stream.advance().state
    scene.registry.resume()
    scene.harness.pass_time(10.0)
    assert (0, 0) == (stream.advance().current, stream.snapshot().duration_ms)
    assert ["started", "paused", "resumed"] == [notice.type for notice in stream.notices(0)]
    scene.finish(stream)

    assert "running" == stream.advance().state


def test_waits_begin_after_the_build(scene: Scene) -> None:
    """Neither the wait for a first subscriber nor the duration counts the time of the build."""
    stream = scene.start(count=5_000)
    scene.harness.pass_time(60.0)
    scene.finish(stream)
    assert (State.RUNNING, None) == (stream.advance().state, stream.advance().started_at)
    scene.harness.pass_time(4.9)
    assert (0, 0) == (stream.advance().current, stream.snapshot().duration_ms)
    scene.harness.pass_time(0.2)
    scene.harness.settle(lambda: stream.advance().state is State.COMPLETED)

    assert 100 == stream.snapshot().duration_ms


def test_rate_begins_after_the_build(scene: Scene) -> None:
    """The clock of a rate starts when there are entries to let out."""
    stream = scene.start(count=5_000, entries_per_second=100)
    scene.harness.pass_time(60.0)
    scene.finish(stream)
    scene.harness.pass_time(2.0)

    assert 200 == stream.advance().current


def test_subscriber_during_the_build_ends_the_wait(scene: Scene) -> None:
    """Whoever is there when the build ends need not be waited for."""
    stream = scene.start(count=5_000)
    with stream.open_cursor(LINES, 0, ThreadWaker()):
        scene.finish(stream)
        assert stream.advance().started_at is not None


def test_trigger_waits_for_the_build(scene: Scene) -> None:
    """A trigger takes effect as soon as there is a journal to insert into."""
    stream = scene.start(count=5_000, entries_per_second=1)
    found: list[int] = []
    thread = threading.Thread(
        target=lambda: found.append(scene.registry.trigger("month_end", ThreadWaker())[1].at_sequence)
    )
    thread.start()
    thread.join(0.05)
    assert thread.is_alive()
    scene.gate.opened.set()
    thread.join(5.0)

    assert [0] == found
    assert 5_000 < stream.snapshot().total


def test_trigger_of_a_stream_that_is_stopped_meanwhile(scene: Scene) -> None:
    """A stop during the build ends the wait of a trigger as well."""
    scene.start(count=5_000)
    found: list[Exception] = []

    def trigger() -> None:
        try:
            scene.registry.trigger("month_end", ThreadWaker())
        except NoActiveStream as error:
            found.append(error)

    thread = threading.Thread(target=trigger)
    thread.start()
    thread.join(0.05)
    scene.registry.stop()
    thread.join(5.0)

    assert 1 == len(found)


def test_download_waits_for_the_build(scene: Scene) -> None:
    """A download of the stream shares its build; after a stop there is nothing to download."""
    stream = scene.start(count=3_000)
    found: list[bytes] = []

    def fetch() -> None:
        caller = Caller("another", ThreadWaker())
        with scene.harness.services.downloads.open(stream.id, 0, None, LINES, caller) as download:
            found.append(b"".join(bytes(chunk.data) for chunk in download))

    threads = [threading.Thread(target=fetch) for _ in range(2)]
    threads[0].start()
    scene.harness.settle(lambda: scene.harness.registry._services.journals.queue._requests == 2)
    scene.gate.opened.set()
    threads[0].join(5.0)
    stream.stop()
    threads[1].start()
    threads[1].join(5.0)

    assert [encoded(FakeJournal(stream.version.spec.config), 0, 3_000), b""] == found
    assert 1 == scene.harness.journals_made


def test_call_that_is_stopped_has_an_end(scene: Scene) -> None:
    """The reader of a call that is stopped during its build is finished where it stands."""
    stream = scene.harness.call_at_once(5_000, first=7)
    with stream.open_cursor(Format.PROTOBUF, 7, ThreadWaker()) as cursor:
        assert 1 == scene.registry.stop_all()
        assert (None, True) == (cursor.poll(), cursor.finished)


def test_impossible_calls_get_no_id(scene: Scene) -> None:
    """What is wrong with a request is said before there is a stream."""
    with pytest.raises(InvalidRequest):
        scene.harness.call_at_once(10, first=11)
    assert [] == scene.registry.all()


def test_full_queue_makes_no_stream(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """When too many journals wait to be built a start is refused, and nobody knows of a stream."""
    scene.start(count=10)
    monkeypatch.setattr("datasynth.service.journals.build_queue.MOST_REQUESTS", 1)
    with pytest.raises(Overloaded):
        scene.harness.call_at_once(20)

    assert 1 == len(scene.registry.all())


def test_low_memory_pauses_what_is_being_built(scene: Scene) -> None:
    """A stream whose build is under way when memory gets low is paused, and built once there is memory."""
    stream, queued = scene.start(count=5_000), scene.harness.call_at_once(20)
    scene.harness.resident = 900_000
    scene.harness.tick()
    gauges = scene.harness.services.counters.gauges
    scene.harness.settle(lambda: gauges()["builds_running"] == 0)
    assert [["memory"]] * 2 == [one.advance().as_dict()["paused_by"] for one in (stream, queued)]
    assert [State.PAUSED] * 2 == [stream.advance().state, queued.advance().state]
    scene.harness.resident = 100
    scene.harness.tick()
    assert [State.PREPARING] * 2 == [stream.advance().state, queued.advance().state]
    scene.gate.opened.set()
    scene.harness.tick()

    scene.harness.settle(lambda: [State.RUNNING] * 2 == [stream.advance().state, queued.advance().state])


def test_build_that_takes_the_memory_alone_fails_its_stream(scene: Scene) -> None:
    """When memory gets low again during the second build, alone, its stream fails; the others are built."""
    stream = scene.start(count=5_000)
    gauges = scene.harness.services.counters.gauges
    for _ in range(2):
        scene.harness.settle(lambda: gauges()["builds_running"] == 1)
        scene.harness.resident = 900_000
        scene.harness.tick()
        scene.harness.settle(lambda: gauges()["builds_running"] == 0)
        scene.harness.resident = 100
        scene.harness.tick()
    assert (State.FAILED, EXCEEDED) == (stream.advance().state, stream.snapshot().error)
    assert ["started", "paused", "warning", "resumed", "error"] == [one.type for one in stream.notices(0)]
    scene.gate.opened.set()

    assert State.RUNNING is scene.harness.start(count=10).advance().state


def test_callers_of_a_build_are_told_when_memory_is_low(scene: Scene) -> None:
    """A download that waits for a build is refused at once, before the build has come to its end."""
    stuck = threading.Event()
    scene.harness._on_make = lambda _: stuck.wait(5.0)
    found: list[Exception] = []

    def fetch() -> None:
        caller = Caller("a client", ThreadWaker())
        try:
            scene.harness.services.downloads.open(None, 0, 1, LINES, caller)
        except Overloaded as error:
            found.append(error)

    thread = threading.Thread(target=fetch)
    thread.start()
    scene.harness.settle(lambda: scene.harness.services.counters.gauges()["builds_running"] == 1)
    scene.harness.resident = 900_000
    scene.harness.tick()
    thread.join(5.0)

    assert ["Memory is low. Generation is paused until memory is free again."] == [
        str(error) for error in found
    ]
    assert 1 == scene.builds()
    stuck.set()
    scene.harness.settle(lambda: scene.builds() == 0)
    assert 0 == scene.harness.registry._services.journals.cache.alive_bytes


def test_nothing_lives_on_in_threads(scene: Scene) -> None:
    """Once stream and cache have let go of a journal, nothing holds it any more."""
    stream = scene.start(count=5_000)
    scene.finish(stream)
    journal_cache = scene.registry._services.journals.cache
    assert journal_cache.alive_bytes > 0
    stream.stop()
    journal_cache.clear()

    scene.harness.settle(lambda: journal_cache.alive_bytes == 0)
