"""Which streams there are, and which one is meant."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import Format
from datasynth.errors import (
    InvalidConfiguration,
    InvalidRequest,
    NoActiveStream,
    NoStream,
    NotFound,
    Overloaded,
    StreamAlreadyRunning,
)
from datasynth.service.streams.lifecycle import PauseReason, State
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def test_one_rest_stream_at_a_time(harness: Harness) -> None:
    """While a stream runs or is paused a second start is a conflict; after its end it is not."""
    first = harness.start(count=100)
    with pytest.raises(StreamAlreadyRunning):
        harness.start(count=100)
    harness.registry.pause()
    with pytest.raises(StreamAlreadyRunning):
        harness.start(count=100)
    harness.registry.stop()
    second = harness.start(count=100)

    assert second is harness.registry.current()
    assert [first, second] == harness.registry.all()


def test_two_starts_at_once_make_one_stream(build: Callable[..., Harness]) -> None:
    """Of many starts at the same moment exactly one succeeds, and is told so before its journal is built."""
    gate = threading.Event()
    harness = build(on_make=lambda _: gate.wait(5.0))
    outcome: list[object] = []

    def start() -> None:
        try:
            outcome.append(harness.start_at_once(count=100).id)
        except StreamAlreadyRunning as error:
            outcome.append(error)

    threads = [threading.Thread(target=start) for _ in range(20)]
    for thread in threads:
        thread.start()
    harness.settle(lambda: len(outcome) == 20)
    gate.set()
    for thread in threads:
        thread.join(5.0)

    assert 1 == sum(isinstance(one, str) for one in outcome)
    assert 1 == len(harness.registry.all())


def test_start_that_fails_leaves_the_way_free(harness: Harness) -> None:
    """A start with an invalid configuration changes nothing, and the next succeeds."""
    with pytest.raises(InvalidConfiguration) as caught:
        harness.start(config={"transactions": {"target_count": 0}})
    assert ["config.transactions.target_count"] == list(caught.value.details)

    assert harness.start(count=10).active


def test_stream_keeps_the_configuration_that_it_started_with(harness: Harness) -> None:
    """A later merge does not reach a stream; its own patch and count reach nobody else."""
    stream = harness.start(count=77, config={"global": {"seed": 9}})
    harness.services.config_store.merge({"global": {"seed": 5}})

    assert (77, 9) == (
        stream.version.spec.config.transactions.target_count,
        stream.version.spec.config.general.seed,
    )
    assert 5 == harness.services.config_store.document.config.general.seed


def test_without_any_stream(harness: Harness) -> None:
    """Before the first start there is no stream to show and none to act on."""
    with pytest.raises(NoStream):
        harness.registry.current()
    for act in (harness.registry.stop, harness.registry.pause, harness.registry.resume):
        with pytest.raises(NoActiveStream):
            act()
    assert harness.registry.join() is None


def test_asking_for_the_state_that_holds(harness: Harness) -> None:
    """A retried pause, resume or stop is no error, and stop is none on a stream that has ended anyhow."""
    stream = harness.start(count=100)
    for act in (harness.registry.pause, harness.registry.pause):
        assert stream is act()
    assert "paused" == stream.advance().state
    for act in (harness.registry.resume, harness.registry.resume):
        assert stream is act()
    assert "running" == stream.advance().state
    for act in (harness.registry.stop, harness.registry.stop):
        assert stream is act()
    assert "stopped" == stream.advance().state


def test_acting_on_an_ended_stream_says_what_became_of_it(harness: Harness) -> None:
    """The error names the last stream, its state and end, and how to keep one running."""
    stream = harness.start(count=100)
    harness.registry.stop()
    with pytest.raises(NoActiveStream) as caught:
        harness.registry.pause()

    expected = {"stream_id": stream.id, "state": "stopped", "ended_at": "2024-05-01T00:00:00.000+00:00"}
    assert expected == caught.value.details
    assert "entries_per_second" in caught.value.message


def test_joiner_gets_the_active_or_just_finished_stream(harness: Harness) -> None:
    """A joiner gets the active stream, for ten seconds one that has finished, and then nothing."""
    stream = harness.start(count=100)
    assert stream is harness.registry.join()
    harness.registry.stop()
    harness.clock.advance(10.0)
    assert stream is harness.registry.join()
    harness.clock.advance(0.1)

    assert harness.registry.join() is None


def test_joiners_are_woken_by_a_start(harness: Harness) -> None:
    """Whoever waits for a stream is woken when one starts and when the server shuts down."""
    waker = RecordingWaker()
    harness.registry.attach(waker)
    harness.start(count=100)
    assert 1 == waker.woken
    harness.registry.shut_down()
    assert 2 == waker.woken
    harness.registry.detach(waker)


def test_shutting_down_refuses_work(harness: Harness) -> None:
    """During the shutdown readers are told and nothing new is started."""
    stream = harness.start(count=100)
    waker = RecordingWaker()
    stream.attach(waker)
    harness.registry.stop()
    woken = waker.woken
    harness.registry.shut_down()

    assert harness.registry.closing
    assert waker.woken > woken
    with pytest.raises(Overloaded):
        harness.start(count=100)


def test_calls_run_beside_each_other(harness: Harness) -> None:
    """GRPC streams run beside a REST stream, 128 at once, and stop together."""
    harness.start(count=100)
    calls = [harness.call(10) for _ in range(128)]
    with pytest.raises(Overloaded):
        harness.call(10)
    calls[0].stop()
    harness.call(10)

    assert 129 == harness.registry.stop_all()
    assert 0 == harness.registry.stop_all()


@pytest.mark.parametrize(("count", "first"), [(0, 0), (-1, 0), (10**12 + 1, 0), (10, 11), (10, -1)])
def test_impossible_calls(harness: Harness, count: int, first: int) -> None:
    """A count below one or out of bounds, and a first entry outside the stream, are invalid requests."""
    with pytest.raises(InvalidRequest):
        harness.call(count, first)
    assert [] == harness.registry.all()


def test_call_from_an_entry_on(harness: Harness) -> None:
    """A call that begins at an entry gets that one and all that follow."""
    stream = harness.call(3_000, first=2_900)
    waker = ThreadWaker()
    with stream.open_cursor(Format.PROTOBUF, 2_900, waker) as cursor:
        data = read(cursor, waker)

    assert encoded(FakeJournal(stream.version.spec.config), 2_900, 3_000, Format.PROTOBUF) == data
    assert State.COMPLETED is stream.advance().state


def test_thousand_streams_are_remembered(harness: Harness) -> None:
    """The last thousand streams are known, a running one for ever."""
    running = harness.call(10)
    ended = [harness.call(10) for _ in range(2)]
    for stream in ended:
        stream.stop()
    for _ in range(1_001):
        harness.call(10).stop()

    known = harness.registry.all()
    assert 1_000 == len(known)
    assert running in known
    assert not set(ended) & set(known)


def test_unknown_id(harness: Harness) -> None:
    """A stream that nobody remembers is not found."""
    with pytest.raises(NotFound):
        harness.registry.get("nope")


def test_everything_at_once(harness: Harness) -> None:
    """All active streams are paused, resumed and failed together; ended ones are left alone."""
    registry = harness.registry
    streams = [harness.call(10) for _ in range(3)]
    streams[0].stop()
    registry.pause_all(PauseReason.MEMORY)
    assert ["stopped", "paused", "paused"] == [str(stream.advance().state) for stream in streams]
    registry.resume_all(PauseReason.MEMORY)
    assert ["stopped", "running", "running"] == [str(stream.advance().state) for stream in streams]
    registry.fail_all("Memory limit exceeded")
    assert ["stopped", "failed", "failed"] == [str(stream.advance().state) for stream in streams]

    assert 0 == registry.stop_all()
    assert [] == registry.active()


def test_tick_tells_when_the_next_is_wanted(harness: Harness) -> None:
    """The soonest foreseeable event of any stream decides; with none there is no hurry."""
    assert harness.registry.tick() is None
    harness.call(10)
    assert harness.registry.tick() is None
    harness.start(count=100, entries_per_second=200)

    assert 0.5 == harness.registry.tick()
