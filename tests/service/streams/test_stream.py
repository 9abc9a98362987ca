"""The head, under readers, rate, pause, stop, waiting and nobody at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import NDJSON_DOCUMENTS
from datasynth.errors import InvalidRequest, NoActiveStream
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.stream import Cursor, Stream
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES, one, read

if TYPE_CHECKING:
    from tests.service.harness import Harness


def test_reader_gets_every_entry(harness: Harness) -> None:
    """A reader gets exactly what the journal encodes to, and the stream is then completed."""
    stream = harness.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 5_000) == data
    assert State.COMPLETED is stream.advance().state
    assert 5_000 == stream.advance().current == stream.snapshot().end == stream.snapshot().total


def test_pause_holds_every_reader(harness: Harness) -> None:
    """After a pause nothing is handed out, to readers behind the head neither."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        read(ahead, fast, 2_000)
        read(behind, slow, 10)
        harness.registry.pause()
        head = stream.advance().current

        assert (None, None) == (ahead.poll(), behind.poll())
        harness.pass_time(60.0)
        assert (None, None) == (ahead.poll(), behind.poll())
        assert head == stream.advance().current

        harness.registry.resume()
        read(ahead, fast)
        assert 5_000 == stream.advance().current


def test_stopped_stream_is_read_to_the_stop_point(harness: Harness) -> None:
    """After a stop a lagging reader reads on to the head, gets nothing beyond, and is finished."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        read(ahead, fast, 2_000)
        harness.registry.stop()
        stop_point = stream.snapshot().end
        data = read(behind, slow)

        assert ahead.finished
        assert behind.finished
    assert encoded(FakeJournal(stream.version.spec.config), 0, stop_point) == data
    assert 2_000 <= stop_point < 5_000


def test_failed_stream_gives_nothing_more(harness: Harness) -> None:
    """A stream that fails is finished for all its readers at once, and says why."""
    stream = harness.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 10)
        stream.fail("Memory limit exceeded")

        assert cursor.finished
        assert cursor.poll() is None
    assert "Memory limit exceeded" == stream.snapshot().error == stream.notices(0)[-1].message
    assert "error" == stream.notices(0)[-1].type


def test_moves_that_the_table_does_not_know(harness: Harness) -> None:
    """A stream that has ended cannot be paused or resumed."""
    stream = harness.start(count=5_000)
    harness.registry.stop()
    with pytest.raises(NoActiveStream):
        stream.pause()
    with pytest.raises(NoActiveStream):
        stream.resume()


def test_rate_lets_entries_out_one_by_one(harness: Harness) -> None:
    """At ten entries a second a reader gets one every tenth of a second."""
    stream = harness.start(count=100, entries_per_second=10)
    waker = ThreadWaker()
    moments = []
    with stream.open_cursor(NDJSON_DOCUMENTS, 0, waker) as cursor:
        while not cursor.finished:
            waker.clear()
            chunk = cursor.poll()
            if chunk is not None:
                moments += [harness.clock.now] * chunk.entries
                continue
            delay = cursor.delay()
            if delay is None:
                waker.wait(5.0)
            else:
                harness.clock.advance(delay)

    expected = [1_000.0 + number / 10 for number in range(1, 101)]
    assert pytest.approx(expected, abs=0.0101) == moments


def test_reader_above_the_head_of_a_rate(harness: Harness) -> None:
    """A reader above the head of a stream with a rate moves it there and then waits as the rate demands."""
    stream = harness.start(count=1_000, entries_per_second=10)
    harness.clock.advance(7.0)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 500, waker) as cursor:
        assert 500 == stream.advance().current
        assert cursor.poll() is None
        assert pytest.approx(0.1) == cursor.delay()
        harness.clock.advance(1.0)
        assert 510 == stream.advance().current
        read(cursor, waker, 10)
        assert 510 == cursor.position


def test_reader_that_does_not_hold_the_head(harness: Harness) -> None:
    """A reader that only follows gets nothing beyond the head and is woken when it moves."""
    stream = harness.start(count=5_000)
    fast, follower = ThreadWaker(), RecordingWaker()
    with (
        stream.open_cursor(LINES, 0, fast) as ahead,
        stream.open_cursor(LINES, 0, follower, holds_head=False) as behind,
    ):
        assert behind.poll() is None
        woken = follower.woken
        read(ahead, fast, 500)
        assert follower.woken > woken
        read(behind, follower, 500)
        assert behind.position <= stream.advance().current


@pytest.mark.parametrize("first", [-1, 101])
def test_reader_outside_the_stream_is_refused(harness: Harness, first: int) -> None:
    """A cursor before the first entry or above the end is an invalid request."""
    stream = harness.start(count=100)
    with pytest.raises(InvalidRequest):
        stream.open_cursor(LINES, first, ThreadWaker())
    assert 0 == stream.readers


def test_entry_handed_out_in_part_is_behind_the_head(harness: Harness) -> None:
    """Once one line of a long entry is out the head stands behind the entry, and its rest still comes."""
    stream = harness.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 13, waker) as cursor:
        data = one(cursor, waker)
        assert (13, 2, 14) == (cursor.position, cursor.line, stream.advance().current)
        harness.registry.trigger("month_end", ThreadWaker())
        harness.registry.stop()
        data += read(cursor, waker)

    assert encoded(FakeJournal(stream.version.spec.config), 13, 14) == data


@pytest.mark.parametrize(
    "body",
    [
        {"count": 5_000, "entries_per_second": 100},
        {"count": 5_000, "wait_for_subscriber": 2},
        {"count": 5_000, "entries_per_second": 100, "wait_for_subscriber": 2},
    ],
)
def test_looking_changes_nothing(harness: Harness, body: dict[str, object]) -> None:
    """Properties and snapshots of a stream whose time has come change and wake nothing; `advance` does."""
    stream = harness.start(**body)
    waker = RecordingWaker()
    stream.attach(waker, subscribes=False)
    waiting = stream.snapshot()
    woken, submitted = waker.woken, harness.services.source.pool.open
    harness.clock.advance(3_600.0)
    for _ in range(3):
        looks = [getattr(stream, name) for name in _properties(Stream)]
        seen = stream.snapshot()
        stream.notices(0)

        assert looks == [getattr(stream, name) for name in _properties(Stream)]
        assert replace(waiting, duration_ms=0, rate=0.0) == replace(seen, duration_ms=0, rate=0.0)
        assert (woken, submitted) == (waker.woken, harness.services.source.pool.open)
    assert seen.state is State.RUNNING
    stream.advance()
    harness.settle(lambda: stream.snapshot().state is State.COMPLETED)

    assert 5_000 == stream.snapshot().current
    assert waker.woken > woken


def test_looking_at_a_cursor_changes_nothing(harness: Harness) -> None:
    """Asking a cursor whether it is finished, or how long to wait, ends no stream whose time has come."""
    stream = harness.start(count=100, entries_per_second=100)
    waker = RecordingWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        woken = waker.woken
        harness.clock.advance(60.0)
        looks = [(getattr(cursor, name), cursor.delay()) for name in _properties(Cursor)]

        assert looks == [(getattr(cursor, name), cursor.delay()) for name in _properties(Cursor)]
        assert (State.RUNNING, 0, woken) == (stream.snapshot().state, stream.snapshot().current, waker.woken)
        assert State.COMPLETED is stream.advance().state


def _properties(kind: type) -> list[str]:
    return [name for name, value in vars(kind).items() if isinstance(value, property)]
