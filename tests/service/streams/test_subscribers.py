"""Readers and subscribers: who holds the head, who is woken, what they leave behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from datasynth.encoding import Format
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, RecordingWaker, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def test_idle_reader_holds_the_head_for_ten_seconds(harness: Harness) -> None:
    """A reader that took nothing for ten seconds no longer holds the head; coming back it reads on."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        data = read(cursor, waker, 100)
        head = stream.advance().current
        harness.pass_time(9.9)
        assert head == stream.advance().current
        harness.pass_time(0.4)
        harness.settle(lambda: stream.advance().state is State.COMPLETED)
        data += read(cursor, waker)

    assert encoded(FakeJournal(stream.version.spec.config), 0, 50_000) == data


def test_paused_time_does_not_make_a_reader_idle(harness: Harness) -> None:
    """A reader that waits out a long pause holds the head when it ends."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
        harness.registry.pause()
        harness.pass_time(100.0)
        harness.registry.resume()
        head = stream.advance().current
        assert 0 == len(stream._run._unattended)
        harness.pass_time(9.0)

        assert head == stream.advance().current


def test_stalled_call_is_held_for_ever(harness: Harness) -> None:
    """The one reader of a gRPC stream holds its head however long it stalls."""
    stream = harness.call(50_000)
    waker = ThreadWaker()
    harness.pass_time(60.0)
    assert 0 == stream.advance().current
    with stream.open_cursor(Format.PROTOBUF, 0, waker) as cursor:
        read(cursor, waker, 100)
        head = stream.advance().current
        harness.pass_time(60.0)

        assert head == stream.advance().current


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
    assert () == stream._subscribers.wakers()


def test_vanished_reader_takes_its_jobs_along(build: Callable[..., Harness]) -> None:
    """Blocks that only vanished readers had asked for, and nobody had begun, are never made."""
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
