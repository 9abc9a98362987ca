"""Generation that nobody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.journals.version import BLOCK_ENTRIES
from datasynth.service.streams.lifecycle import State
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeJournal, encoded
from tests.service.harness import LINES, read

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.service.harness import Harness


def refuse_later_blocks(first: int) -> None:
    """Break every block but the first."""
    if first >= BLOCK_ENTRIES:
        raise ZeroDivisionError(first)


def test_last_reader_leaving_sets_the_head_free(harness: Harness) -> None:
    """When the last entry reader leaves, generation goes on by itself."""
    stream = harness.start(count=50_000)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        read(cursor, waker, 100)
    harness.settle(lambda: stream.state is State.COMPLETED)


def test_free_run_stands_still_while_paused(build: Callable[..., Harness]) -> None:
    """A pause stops generation that nobody reads at once, and submits no further block."""
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
    harness.settle(lambda: second.current > 0)
    begun = first.current, second.current
    harness.settle(lambda: second.current > begun[1] + 100_000)
    gained = first.current - begun[0], second.current - begun[1]

    assert abs(gained[0] - gained[1]) < 0.5 * max(gained)
    assert 2 == harness.registry.stop_all()


def test_entry_reader_after_progress_reader_takes_the_head(harness: Harness) -> None:
    """A reader that joins a unattended run from the first entry gets all, and the head never goes back."""
    stream = harness.start(count=200_000)
    stream.attach(ThreadWaker())
    harness.settle(lambda: stream.current > 0)
    waker = ThreadWaker()
    with stream.open_cursor(LINES, 0, waker) as cursor:
        head = stream.current
        data = read(cursor, waker, 2_000)
        assert stream.current >= head
        assert encoded(FakeJournal(stream.config), 0, cursor.position) == data


def test_failing_block_fails_a_free_run(build: Callable[..., Harness]) -> None:
    """Generation that nobody reads fails its stream as well."""
    harness = build(on_block=refuse_later_blocks)
    stream = harness.start(count=3_000, wait_for_subscriber=0)
    harness.settle(lambda: stream.state == "failed")

    assert BLOCK_ENTRIES == stream.end
