"""The head, under readers, rate, pause, stop, waiting and nobody at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.errors import NoActiveStream
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
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


def test_moves_that_the_table_does_not_know(harness: Harness) -> None:
    """A stream that has ended cannot be paused or resumed."""
    stream = harness.start(count=5_000)
    harness.registry.stop()
    with pytest.raises(NoActiveStream):
        stream.pause()
    with pytest.raises(NoActiveStream):
        stream.resume()
