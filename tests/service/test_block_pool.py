"""Orders, lanes, and a dispatcher that nothing holds up."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from datasynth.service.block_pool import BlockPool, Lane, Order
from datasynth.service.waker import ThreadWaker

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

    def order(
        self,
        key: str,
        lane: Lane = Lane.READER,
        reader: object = "me",
        wake: Callable[[], None] = lambda: None,
    ) -> Order:
        def work() -> str:
            assert self.gate.wait(5.0)
            self.made.append(key)
            if key.startswith("bad"):
                raise ArithmeticError(key)
            return key.upper()

        return self.pool.order(key, work, reader, wake, lane)

    def settle(self) -> None:
        waker = ThreadWaker()
        for _ in range(2_000):
            if not self.pool.open:
                return
            waker.wait(0.005)
        raise AssertionError("orders are left open")

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
    """An order is carried out, its result kept, and its reader woken afterwards."""
    woken = threading.Event()
    order = bench.order("a", wake=woken.set)
    assert woken.wait(5.0)

    assert (True, "A", {"a": "A"}) == (order.done, order.result, bench.kept)


def test_equal_orders_are_carried_out_once(bench: Bench) -> None:
    """However many readers want the same block, it is made once and all of them are woken."""
    bench.gate.clear()
    wakers = [threading.Event() for _ in range(5)]
    orders = {bench.order("a", reader=number, wake=waker.set) for number, waker in enumerate(wakers)}
    bench.gate.set()

    assert all(waker.wait(5.0) for waker in wakers)
    assert (1, ["a"]) == (len(orders), bench.made)


def test_readers_go_before_prefetches_before_free_runs(bench: Bench) -> None:
    """A faster lane goes first, within a lane the older order, and a joined order moves up."""
    bench.gate.clear()
    bench.order("first")
    bench.order("free 1", Lane.FREE)
    bench.order("free 2", Lane.FREE)
    bench.order("ahead 1", Lane.AHEAD)
    bench.order("ahead 2", Lane.AHEAD)
    bench.order("reader", Lane.READER)
    bench.order("ahead 2", Lane.READER, reader="another")
    bench.gate.set()
    bench.settle()

    assert ["first", "reader", "ahead 2", "ahead 1", "free 1", "free 2"] == bench.made


def test_order_that_nobody_wants_is_not_carried_out(bench: Bench) -> None:
    """An order withdrawn by all before a thread took it is dropped; one wanted by somebody is not."""
    bench.gate.clear()
    bench.order("first")
    lonely = bench.order("lonely")
    shared = bench.order("shared", reader="me")
    bench.order("shared", reader="another")
    bench.pool.withdraw(lonely, "me")
    bench.pool.withdraw(shared, "me")
    again = bench.order("lonely")
    bench.pool.withdraw(again, "me")
    bench.gate.set()
    bench.settle()

    assert ["first", "shared"] == bench.made


def test_failure_reaches_the_reader_and_kills_no_thread(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """An order that raises is done with its error, the log has the traceback, and the next is carried out."""
    woken = threading.Event()
    order = bench.order("bad", wake=woken.set)
    assert woken.wait(5.0)
    assert isinstance(order.error, ArithmeticError)
    assert "Traceback" in caplog.text
    assert 1 == bench.failures
    bench.order("good")
    bench.settle()

    assert {"good": "GOOD"} == bench.kept


def test_reader_that_cannot_be_woken_hinders_nobody(bench: Bench) -> None:
    """When waking one reader raises the others are woken all the same."""

    def broken() -> None:
        raise RuntimeError("gone")

    bench.gate.clear()
    woken = threading.Event()
    bench.order("a", reader=1, wake=broken)
    bench.order("a", reader=2, wake=woken.set)
    bench.gate.set()

    assert woken.wait(5.0)


def test_blocks_that_nobody_fetches_jam_nothing(bench: Bench) -> None:
    """Thousands of finished blocks flow through the bounded queue although no reader ever looks."""
    for number in range(3_000):
        bench.order(f"block {number}", Lane.FREE)
    bench.settle()

    assert 3_000 == len(bench.kept)


def test_closed_pool_begins_nothing(bench: Bench) -> None:
    """After the pool was closed its threads end and orders stay undone."""
    bench.pool.close()
    order = bench.order("late")
    assert bench.pool.join(5.0)

    assert not order.done


class _Work:
    """Work that can be seen to be gone."""

    def __call__(self) -> str:
        return "done"


def test_dispatcher_holds_on_to_no_order(bench: Bench) -> None:
    """A block, and the journal behind it, does not live in the dispatcher until the next comes."""
    work = _Work()
    gone = weakref.ref(work)
    bench.pool.order("a", work, "me", lambda: None, Lane.READER)
    del work
    waker = ThreadWaker()
    for _ in range(1_000):
        if gone() is None:
            break
        waker.wait(0.005)

    assert gone() is None
