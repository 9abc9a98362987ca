"""Triggers while readers read, while time passes, and one on top of the other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import NoActiveStream, UnknownPattern
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import PACKAGE, FakeJournal, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from datasynth.generation.triggers.segments import Trigger
    from datasynth.service.streams.stream import Stream
    from tests.service.harness import Harness


def journal_of(stream: Stream) -> FakeJournal:
    """Rebuild a stream's journal from its trigger log alone."""
    journal = FakeJournal(stream.version.spec.config)
    for record in stream.advance().triggers:
        journal, _ = journal.trigger(record.pattern, record.at_sequence)
    return journal


def test_package_comes_at_the_head(harness: Harness) -> None:
    """A trigger inserts its package where the fastest reader stands, and nowhere else."""
    stream = harness.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 700, most=500)
        head = stream.advance().current
        _, trigger = harness.registry.trigger("month_end", ThreadWaker())
        data += read(cursor, waker)

    assert (head, PACKAGE + 1) == (trigger.at_sequence, trigger.entries)
    assert 5_000 + PACKAGE + 1 == stream.snapshot().total == stream.advance().current
    assert encoded(journal_of(stream), 0, stream.snapshot().total) == data
    assert "trigger" == stream.notices(1)[0].type


def test_triggers_add_up(harness: Harness) -> None:
    """Several triggers, also at the same head and while paused, make one journal that a replay repeats."""
    stream = harness.start(count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = b""
        for number in range(8):
            data += read(cursor, waker, 150 * (number % 3), most=300)
            if number == 4:
                harness.registry.pause()
            harness.registry.trigger(("month_end", "quarter_end", "year_end")[number % 3], ThreadWaker())
            if number == 4:
                harness.registry.resume()
        data += read(cursor, waker)

    assert encoded(journal_of(stream), 0, stream.snapshot().total) == data
    with stream.open_cursor(LINES, 0, waker) as cursor:
        assert data == read(cursor, waker)


def test_lagging_reader_sees_the_same(harness: Harness) -> None:
    """A reader behind the head, inside a block that the trigger changes, gets the one journal too."""
    stream = harness.start(count=5_000)
    fast, slow = ThreadWaker(), ThreadWaker()
    with stream.open_cursor(LINES, 0, fast) as ahead, stream.open_cursor(LINES, 0, slow) as behind:
        read(ahead, fast, 1_500, most=1_000)
        data = read(behind, slow, 1_200, most=1_000)
        harness.registry.trigger("year_end", ThreadWaker())
        data += read(behind, slow)

    assert encoded(journal_of(stream), 0, stream.snapshot().total) == data


def test_unknown_pattern_comes_before_the_state(harness: Harness) -> None:
    """The pattern is checked first, then whether there is a stream."""
    with pytest.raises(UnknownPattern) as caught:
        harness.registry.trigger("decade_end", ThreadWaker())
    assert {"patterns": ["month_end", "quarter_end", "year_end"]} == caught.value.details
    with pytest.raises(NoActiveStream):
        harness.registry.trigger("month_end", ThreadWaker())


class HeldJournal(FakeJournal):
    """A journal whose triggers take as long as a test wants."""

    begun = threading.Event()
    proceed = threading.Event()

    def trigger(self, pattern: str, at_sequence: int) -> tuple[FakeJournal, Trigger]:
        self.begun.set()
        assert self.proceed.wait(5.0)
        if pattern == "year_end":
            raise ArithmeticError("the books do not close")
        return super().trigger(pattern, at_sequence)


def held(harness: Harness, **body: object) -> tuple[Stream, HeldJournal]:
    """Start a stream on a held journal."""
    stream = harness.start(**body)
    journal = HeldJournal(stream.version.spec.config)
    journal.begun, journal.proceed = threading.Event(), threading.Event()
    stream._run.version = type(stream.version).fresh(stream.version.spec.config, journal)
    return stream, journal


def in_background(harness: Harness, pattern: str, outcome: list[object]) -> threading.Thread:
    """Pull a trigger on a thread of its own and note what comes of it."""

    def pull() -> None:
        try:
            outcome.append(harness.registry.trigger(pattern, ThreadWaker())[1])
        except Exception as error:  # noqa: BLE001 - the test judges it
            outcome.append(error)

    thread = threading.Thread(target=pull)
    thread.start()
    return thread


def test_head_stands_while_the_trigger_is_computed(harness: Harness) -> None:
    """While the new journal is computed no reader passes the head, and afterwards the clock catches up."""
    stream, journal = held(harness, count=5_000, entries_per_second=100)
    harness.clock.advance(1.0)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 100)
        outcome: list[object] = []
        thread = in_background(harness, "month_end", outcome)
        assert journal.begun.wait(5.0)
        harness.clock.advance(1.0)
        assert (100, None, None) == (stream.advance().current, cursor.poll(), cursor.delay())
        journal.proceed.set()
        thread.join(5.0)
        assert 100 == getattr(outcome[0], "at_sequence", outcome)
        assert 200 == stream.advance().current
        data += read(cursor, waker, 100)

    assert encoded(journal_of(stream), 0, 200) == data


def test_no_reader_passes_a_frozen_head(harness: Harness) -> None:
    """Without a rate too, the fastest reader waits at the head until the package is there."""
    stream, journal = held(harness, count=5_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 1_100, most=1_000)
        head = stream.advance().current
        outcome: list[object] = []
        thread = in_background(harness, "month_end", outcome)
        assert journal.begun.wait(5.0)
        for _ in range(20):
            waker.clear()
            assert cursor.poll() is None
            waker.wait(0.005)
        with stream.open_cursor(LINES, 4_000, ThreadWaker()):
            assert head == stream.advance().current
        journal.proceed.set()
        thread.join(5.0)
        data += read(cursor, waker)

    assert head == getattr(outcome[0], "at_sequence", outcome)
    assert encoded(journal_of(stream), 0, stream.snapshot().total) == data


def test_second_trigger_waits_for_the_first(harness: Harness) -> None:
    """Two triggers at once take turns."""
    stream, journal = held(harness, count=5_000, entries_per_second=1)
    outcome: list[object] = []
    threads = [in_background(harness, "month_end", outcome), in_background(harness, "quarter_end", outcome)]
    assert journal.begun.wait(5.0)
    journal.proceed.set()
    for thread in threads:
        thread.join(5.0)

    expected = journal_of(stream).block(0, 20).document_number.tolist()
    found = stream.version.journal
    assert found is not None
    assert 2 == len(stream.advance().triggers)
    assert 5_000 + 2 * (PACKAGE + 1) == stream.snapshot().total
    assert expected == found.block(0, 20).document_number.tolist()
    assert all(hasattr(one, "at_sequence") for one in outcome)


def test_stop_wins_over_a_trigger_under_way(harness: Harness) -> None:
    """A stream that is stopped while a trigger is computed ends at its head, without the package."""
    stream, journal = held(harness, count=5_000, entries_per_second=1)
    outcome: list[object] = []
    thread = in_background(harness, "month_end", outcome)
    assert journal.begun.wait(5.0)
    harness.registry.stop()
    journal.proceed.set()
    thread.join(5.0)

    assert isinstance(outcome[0], NoActiveStream)
    assert (5_000, ()) == (stream.snapshot().total, stream.advance().triggers)


def test_trigger_that_fails_lets_the_head_go(harness: Harness) -> None:
    """When a trigger cannot be computed its caller is told, and the stream goes on as if it had not been."""
    stream, journal = held(harness, count=5_000, entries_per_second=100)
    journal.proceed.set()
    outcome: list[object] = []
    in_background(harness, "year_end", outcome).join(5.0)
    harness.clock.advance(1.0)

    assert isinstance(outcome[0], ArithmeticError)
    assert 100 == stream.advance().current
