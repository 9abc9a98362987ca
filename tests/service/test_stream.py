"""The head, under readers, rate, pause, stop, waiting and nobody at all."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import Format
from datasynth.errors import InvalidRequest, NoActiveStream
from datasynth.service.lifecycle import State
from datasynth.service.waker import ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES, one, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def test_reader_gets_every_entry(harness: Harness) -> None:
    """A reader gets exactly what the journal encodes to, and the stream is then completed."""
    stream = harness.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker)

    assert encoded(FakeJournal(stream.config), 0, 5_000) == data
    assert State.COMPLETED is stream.state
    assert 5_000 == stream.current == stream.end == stream.total


def test_head_follows_the_fastest_reader(harness: Harness) -> None:
    """The head is how far the fastest reader has been served; a slow one lags behind it."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        one(behind, slow)
        assert 0 < stream.current <= 1
        read(ahead, fast, 1_500)
        assert ahead.position == stream.current
        one(behind, slow)
        assert ahead.position == stream.current


def test_reader_above_the_head_moves_it_there(harness: Harness) -> None:
    """A reader whose first entry lies above the head moves it there, even while paused."""
    stream = harness.start(count=5_000)
    harness.registry.pause()
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 3_000, waker) as cursor:
        assert 3_000 == stream.current
        assert cursor.poll() is None
        harness.registry.resume()
        assert encoded(FakeJournal(stream.config), 3_000, 3_001) == b"".join(
            [one(cursor, waker) for _ in range(1 + 3_000 % 3)]
        )


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
        assert (13, 2, 14) == (cursor.position, cursor.line, stream.current)
        harness.registry.trigger("month_end", ThreadWaker())
        harness.registry.stop()
        data += read(cursor, waker)

    assert encoded(FakeJournal(stream.config), 13, 14) == data


def test_pause_holds_every_reader(harness: Harness) -> None:
    """After a pause nothing is handed out, to readers behind the head neither."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        read(ahead, fast, 2_000)
        read(behind, slow, 10)
        harness.registry.pause()
        head = stream.current

        assert (None, None) == (ahead.poll(), behind.poll())
        harness.pass_time(60.0)
        assert (None, None) == (ahead.poll(), behind.poll())
        assert head == stream.current

        harness.registry.resume()
        read(ahead, fast)
        assert 5_000 == stream.current


def test_stopped_stream_is_read_to_the_stop_point(harness: Harness) -> None:
    """After a stop a lagging reader reads on to the head, gets nothing beyond, and is finished."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        read(ahead, fast, 2_000)
        harness.registry.stop()
        stop_point = stream.end
        data = read(behind, slow)

        assert ahead.finished
        assert behind.finished
    assert encoded(FakeJournal(stream.config), 0, stop_point) == data
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
    assert "Memory limit exceeded" == stream.error == stream.notices(0)[-1].message
    assert "error" == stream.notices(0)[-1].type


def test_waits_for_a_subscriber_and_then_runs_free(harness: Harness) -> None:
    """Without subscriber and rate a stream waits five seconds, then generation alone moves the head."""
    stream = harness.start(count=5_000)
    harness.pass_time(4.9)
    assert 0 == stream.current
    harness.pass_time(0.2)
    harness.settle(lambda: stream.state is State.COMPLETED)

    assert 5_000 == stream.current


def test_wait_does_not_count_as_duration(harness: Harness) -> None:
    """The time that a stream waits for its first subscriber is no part of its duration."""
    stream = harness.start(count=5_000)
    harness.pass_time(5.0)
    harness.clock.advance(2.0)

    assert 2_000 == stream.duration_ms


def test_progress_subscriber_ends_the_wait(harness: Harness) -> None:
    """A progress reader counts as the first subscriber, and the head then runs free."""
    stream = harness.start(count=5_000)
    stream.attach(ThreadWaker())
    harness.settle(lambda: stream.state is State.COMPLETED)

    assert 1_000.0 == harness.clock.now


def test_pause_halts_the_wait_and_resume_begins_it_anew(harness: Harness) -> None:
    """A pause halts the wait for a first subscriber, and a resume begins it from the start."""
    stream = harness.start(count=5_000)
    harness.pass_time(4.0)
    harness.registry.pause()
    harness.pass_time(60.0)
    harness.registry.resume()
    harness.pass_time(4.9)
    assert 0 == stream.current
    harness.pass_time(0.2)

    harness.settle(lambda: stream.state is State.COMPLETED)


def test_stop_during_the_wait_completes_with_nothing(harness: Harness) -> None:
    """A stop during the wait ends the stream with no entries and no duration."""
    stream = harness.start(count=5_000)
    harness.pass_time(3.0)
    harness.registry.stop()
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        assert cursor.poll() is None
        assert cursor.finished

    status = stream.status()
    assert (State.STOPPED, 0, 0, 0) == (status.state, status.current, status.end, status.duration_ms)


def test_explicit_wait_holds_with_a_rate_too(harness: Harness) -> None:
    """With a rate there is no wait unless it is asked for, and then it comes first."""
    stream = harness.start(count=5_000, entries_per_second=10, wait_for_subscriber=2)
    harness.pass_time(2.0)
    assert 0 == stream.current
    harness.pass_time(1.0)

    assert 10 == stream.current


@pytest.mark.parametrize("rate", [0.5, 7.0, 10.0, 1_234.5, 100_000.0])
def test_rate_moves_the_head_without_any_reader(harness: Harness, rate: float) -> None:
    """The clock moves the head by the rate, to one per cent, and paused time does not count."""
    stream = harness.start(count=10_000_000, entries_per_second=rate)
    harness.clock.advance(10.3)
    harness.registry.pause()
    harness.clock.advance(1_000.0)
    assert int(10.3 * rate + 1e-6) == stream.current
    harness.registry.resume()
    harness.clock.advance(9.7)

    assert pytest.approx(20.0 * rate, rel=0.01, abs=1) == stream.current


def test_rate_lets_entries_out_one_by_one(harness: Harness) -> None:
    """At ten entries a second a reader gets one every tenth of a second."""
    stream = harness.start(count=100, entries_per_second=10)
    waker = ThreadWaker()
    moments = []
    with stream.open_cursor(Format.NDJSON_DOCUMENTS, 0, waker) as cursor:
        while not cursor.finished:
            waker.clear()
            piece = cursor.poll()
            if piece is not None:
                moments += [harness.clock.now] * piece.entries
                continue
            delay = cursor.delay()
            if delay is None:
                waker.wait(5.0)
            else:
                harness.clock.advance(delay)

    expected = [1_000.0 + number / 10 for number in range(1, 101)]
    assert pytest.approx(expected, abs=0.0101) == moments


def test_rate_completes_in_time(harness: Harness) -> None:
    """A stream with a rate and nobody there completes when the clock reaches its end."""
    stream = harness.start(count=100, entries_per_second=50)
    harness.pass_time(2.0)

    assert State.COMPLETED is stream.state
    assert pytest.approx(2_000, rel=0.01) == stream.duration_ms


def test_reader_above_the_head_of_a_rate(harness: Harness) -> None:
    """A reader above the head of a stream with a rate moves it there and then waits as the rate demands."""
    stream = harness.start(count=1_000, entries_per_second=10)
    harness.clock.advance(7.0)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 500, waker) as cursor:
        assert 500 == stream.current
        assert cursor.poll() is None
        assert pytest.approx(0.1) == cursor.delay()
        harness.clock.advance(1.0)
        assert 510 == stream.current
        read(cursor, waker, 10)
        assert 510 == cursor.position


def test_idle_reader_holds_the_head_for_ten_seconds(harness: Harness) -> None:
    """A reader that took nothing for ten seconds no longer holds the head; coming back it reads on."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 100)
        head = stream.current
        harness.pass_time(9.9)
        assert head == stream.current
        harness.pass_time(0.4)
        harness.settle(lambda: stream.state is State.COMPLETED)
        data += read(cursor, waker)

    assert encoded(FakeJournal(stream.config), 0, 50_000) == data


def test_paused_time_does_not_make_a_reader_idle(harness: Harness) -> None:
    """A reader that waits out a long pause holds the head when it ends."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
        harness.registry.pause()
        harness.pass_time(100.0)
        harness.registry.resume()
        head = stream.current
        assert 0 == stream._movement._free.outstanding
        harness.pass_time(9.0)

        assert head == stream.current


def test_stalled_call_is_held_for_ever(harness: Harness) -> None:
    """The one reader of a gRPC stream holds its head however long it stalls."""
    stream = harness.call(50_000)
    waker = ThreadWaker()
    harness.pass_time(60.0)
    assert 0 == stream.current
    with stream.open_cursor(Format.PROTOBUF, 0, waker) as cursor:
        read(cursor, waker, 100)
        head = stream.current
        harness.pass_time(60.0)

        assert head == stream.current


def test_last_reader_leaving_sets_the_head_free(harness: Harness) -> None:
    """When the last entry reader leaves, generation goes on by itself."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
    harness.settle(lambda: stream.state is State.COMPLETED)


def test_free_run_stands_still_while_paused(build: Callable[..., Harness]) -> None:
    """A pause stops generation that nobody reads at once, and orders no further block."""
    computed: list[int] = []
    harness = build(threads=1, on_block=computed.append)
    stream = harness.start(count=10_000_000, wait_for_subscriber=0)
    harness.settle(lambda: stream.current > 0)
    harness.registry.pause()
    head = stream.current
    harness.settle(lambda: harness.services.source.pool.open == 0)
    blocks = len(computed)
    harness.pass_time(1.0)

    assert head == stream.current
    assert blocks == len(computed)
    harness.registry.resume()
    harness.settle(lambda: stream.current > head)
    harness.registry.stop()


def test_free_streams_take_turns(build: Callable[..., Harness]) -> None:
    """Several streams that run free on one thread advance together."""
    harness = build(threads=1)
    first = harness.start(count=10_000_000, wait_for_subscriber=0)
    second = harness.call(10_000_000)
    second.attach(ThreadWaker())
    harness.settle(lambda: min(first.current, second.current) > 50_000)

    assert abs(first.current - second.current) < 0.5 * max(first.current, second.current)
    assert 2 == harness.registry.stop_all()


def test_entry_reader_after_progress_reader_takes_the_head(harness: Harness) -> None:
    """A reader that joins a free run from the first entry gets all, and the head never goes back."""
    stream = harness.start(count=200_000)
    stream.attach(ThreadWaker())
    harness.settle(lambda: stream.current > 0)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        head = stream.current
        data = read(cursor, waker, 2_000)
        assert stream.current >= head
        assert encoded(FakeJournal(stream.config), 0, cursor.position) == data


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
        assert behind.position <= stream.current


def test_moves_that_the_table_does_not_know(harness: Harness) -> None:
    """A stream that has ended cannot be paused or resumed."""
    stream = harness.start(count=5_000)
    harness.registry.stop()
    with pytest.raises(NoActiveStream):
        stream.pause()
    with pytest.raises(NoActiveStream):
        stream.resume()


def test_subscribers_are_woken_by_every_change(harness: Harness) -> None:
    """Pause, resume, warning and stop wake whoever is attached."""
    stream = harness.start(count=5_000, entries_per_second=1)
    waker = RecordingWaker()
    stream.attach(waker)
    for act in (stream.pause, stream.resume, lambda: stream.warn("Beware."), stream.stop):
        woken = waker.woken
        act()
        assert waker.woken == woken + 1
    stream.detach(waker)

    types = [str(notice.type) for notice in stream.notices(0)]
    assert ["started", "paused", "resumed", "warning", "stopped"] == types


def test_subscribers_are_woken_while_the_head_moves(harness: Harness) -> None:
    """A tick wakes whoever is attached if the head has moved since the last, and not otherwise."""
    stream = harness.start(count=5_000, entries_per_second=100)
    waker = RecordingWaker()
    stream.attach(waker)
    harness.tick()
    woken = waker.woken
    harness.clock.advance(0.25)
    harness.tick()
    assert woken + 1 == waker.woken
    harness.tick()

    assert woken + 1 == waker.woken


def test_thousands_come_and_go(harness: Harness) -> None:
    """Readers and subscribers that leave, some in the middle of a block, leave nothing behind."""
    stream = harness.start(count=100_000, entries_per_second=0.001)
    for number in range(2_000):
        waker = RecordingWaker()
        stream.attach(waker)
        with stream.open_cursor(LINES, number % 2, waker, holds_head=False) as cursor:
            cursor.poll()
        stream.detach(waker)
    pool = harness.services.source.pool
    harness.settle(lambda: pool.open == pool.waiting == 0)

    assert 0 == stream.readers
    assert () == stream._audience.wakers()


def test_vanished_reader_takes_its_orders_along(build: Callable[..., Harness]) -> None:
    """Blocks that only vanished readers had ordered, and nobody had begun, are never made."""
    gate, computed = threading.Event(), list[int]()

    def compute(first: int) -> None:
        assert gate.wait(5.0)
        computed.append(first)

    harness = build(threads=1, on_block=compute)
    stream = harness.start(count=100_000, entries_per_second=100_000)
    harness.clock.advance(0.5)
    for number in range(200):
        with stream.open_cursor(LINES, 200 * number, ThreadWaker()) as cursor:
            cursor.poll()
    assert harness.services.source.pool.open <= 1
    gate.set()
    harness.settle(lambda: harness.services.source.pool.open == 0)

    assert len(computed) <= 1


def test_rate_of_the_last_second(harness: Harness) -> None:
    """Status tells the head's movement over the last second, and zero once it stands."""
    stream = harness.start(count=100_000, entries_per_second=200)
    harness.pass_time(5.0)
    assert pytest.approx(200, rel=0.01) == stream.status().rate
    stream.pause()
    harness.pass_time(2.0)

    assert 0 == stream.status().rate
