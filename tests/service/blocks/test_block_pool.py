"""Jobs, priorities, and a dispatcher that nothing holds up."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from datasynth.service.blocks.block_pool import BlockJob, BlockPool, Priority
from datasynth.service.threads.waker import ThreadWaker

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator


class Bench:
    """A pool, what it kept, and a gate before which its threads can be made to wait."""

    def __init__(self, threads: int) -> None:
        self.kept: dict[Hashable, object] = {}
        self.failures = 0
        self.made: list[object] = []
        self.gate = threading.Event()
        self.gate.set()
        self.pool = BlockPool(threads, self.kept.__setitem__, self._count_failure)

    def submit(
        self,
        key: str,
        priority: Priority = Priority.READER,
        reader: object = "me",
        wake: Callable[[], None] = lambda: None,
    ) -> BlockJob:
        def work() -> str:
            assert self.gate.wait(5.0)
            self.made.append(key)
            if key.startswith("bad"):
                raise ArithmeticError(key)
            return key.upper()

        return self.pool.submit(key, work, reader, wake, priority)

    def settle(self) -> None:
        waker = ThreadWaker()
        for _ in range(2_000):
            if not self.pool.open:
                return
            waker.wait(0.005)
        raise AssertionError("jobs are left open")

    def _count_failure(self) -> None:
        self.failures += 1


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A pool with one thread."""
    built = Bench(1)
    built.pool.start()
    yield built
    built.gate.set()
    built.pool.close()
    assert built.pool.join(5.0)


def test_block_is_made_kept_and_announced(bench: Bench) -> None:
    """A job is carried out, its result kept, and its reader woken afterwards."""
    woken = threading.Event()
    job = bench.submit("a", wake=woken.set)
    assert woken.wait(5.0)

    assert (True, "A", {"a": "A"}) == (job.done, job.result, bench.kept)


def test_equal_jobs_are_carried_out_once(bench: Bench) -> None:
    """However many readers want the same block, it is made once and all of them are woken."""
    bench.gate.clear()
    wakers = [threading.Event() for _ in range(5)]
    jobs = {bench.submit("a", reader=number, wake=waker.set) for number, waker in enumerate(wakers)}
    bench.gate.set()

    assert all(waker.wait(5.0) for waker in wakers)
    assert (1, ["a"]) == (len(jobs), bench.made)


def test_readers_go_before_prefetches_before_unattended_runs(bench: Bench) -> None:
    """A faster priority goes first, within a priority the older job, and a joined job moves up."""
    bench.gate.clear()
    bench.submit("first")
    bench.submit("free 1", Priority.UNATTENDED)
    bench.submit("free 2", Priority.UNATTENDED)
    bench.submit("ahead 1", Priority.AHEAD)
    bench.submit("ahead 2", Priority.AHEAD)
    bench.submit("reader", Priority.READER)
    bench.submit("ahead 2", Priority.READER, reader="another")
    bench.gate.set()
    bench.settle()

    assert ["first", "reader", "ahead 2", "ahead 1", "free 1", "free 2"] == bench.made


def test_job_that_nobody_wants_is_not_carried_out(bench: Bench) -> None:
    """A job withdrawn by all before a thread took it is dropped; one wanted by somebody is not."""
    bench.gate.clear()
    bench.submit("first")
    lonely = bench.submit("lonely")
    shared = bench.submit("shared", reader="me")
    bench.submit("shared", reader="another")
    bench.pool.withdraw(lonely, "me")
    bench.pool.withdraw(shared, "me")
    again = bench.submit("lonely")
    bench.pool.withdraw(again, "me")
    bench.gate.set()
    bench.settle()

    assert ["first", "shared"] == bench.made


def test_failure_reaches_the_reader_and_kills_no_thread(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """A job that raises is done with its error, the log has the traceback, and the next is carried out."""
    woken = threading.Event()
    job = bench.submit("bad", wake=woken.set)
    assert woken.wait(5.0)
    assert isinstance(job.error, ArithmeticError)
    assert "Traceback" in caplog.text
    assert 1 == bench.failures
    bench.submit("good")
    bench.settle()

    assert {"good": "GOOD"} == bench.kept


def test_reader_that_cannot_be_woken_hinders_nobody(bench: Bench) -> None:
    """When waking one reader raises the others are woken all the same."""

    def broken() -> None:
        raise RuntimeError("gone")

    bench.gate.clear()
    woken = threading.Event()
    bench.submit("a", reader=1, wake=broken)
    bench.submit("a", reader=2, wake=woken.set)
    bench.gate.set()

    assert woken.wait(5.0)


def test_blocks_that_nobody_fetches_jam_nothing(bench: Bench) -> None:
    """Thousands of finished blocks flow through the bounded queue although no reader ever looks."""
    for number in range(3_000):
        bench.submit(f"block {number}", Priority.UNATTENDED)
    bench.settle()

    assert 3_000 == len(bench.kept)


def test_join_may_be_repeated(bench: Bench) -> None:
    """Further joins of an ended pool return at once, more of them than its queue has places."""
    bench.pool.close()

    assert [True] * 10 == [bench.pool.join(5.0) for _ in range(10)]


def test_closed_pool_begins_nothing(bench: Bench) -> None:
    """After the pool was closed its threads end and jobs stay undone."""
    bench.pool.close()
    job = bench.submit("late")
    assert bench.pool.join(5.0)

    assert not job.done


class _Work:
    """Work that can be seen to be gone."""

    def __call__(self) -> str:
        return "done"


def test_dispatcher_holds_on_to_no_job(bench: Bench) -> None:
    """A block, and the journal behind it, does not live in the dispatcher until the next comes."""
    work = _Work()
    gone = weakref.ref(work)
    bench.pool.submit("a", work, "me", lambda: None, Priority.READER)
    del work
    waker = ThreadWaker()
    for _ in range(1_000):
        if gone() is None:
            break
        waker.wait(0.005)

    assert gone() is None
