"""One reader among others: what it gets, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.encoding import Format
from datasynth.errors import InvalidRequest
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES, one, read

if TYPE_CHECKING:
    from tests.service.harness import Harness


def test_rate_lets_entries_out_one_by_one(harness: Harness) -> None:
    """At ten entries a second a reader gets one every tenth of a second."""
    stream = harness.start(count=100, entries_per_second=10)
    waker = ThreadWaker()
    moments = []
    with stream.open_cursor(Format.NDJSON_DOCUMENTS, 0, waker) as cursor:
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
        assert 500 == stream.current
        assert cursor.poll() is None
        assert pytest.approx(0.1) == cursor.delay()
        harness.clock.advance(1.0)
        assert 510 == stream.current
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
        assert behind.position <= stream.current


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
