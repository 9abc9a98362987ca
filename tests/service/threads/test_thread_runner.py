"""Slow work for callers that must not be blocked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.threads.thread_pool import ThreadPool
from datasynth.service.threads.thread_runner import MOST_WAITING, ThreadRunner
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeClock, RecordingWaker

if TYPE_CHECKING:
    from collections.abc import Iterator


def _pass(gate: threading.Event, begun: threading.Event | None = None) -> None:
    if begun is not None:
        begun.set()
    assert gate.wait(5.0)


@pytest.fixture
def pool() -> Iterator[ThreadPool]:
    """One thread."""
    built = ThreadPool("test", 1)
    built.start()
    yield built
    built.close()
    assert built.join(5.0)


def test_result_comes_from_a_native_thread(pool: ThreadPool) -> None:
    """The function runs on a thread of the pool, and the caller gets its result."""
    name = ThreadRunner(pool).run_in_thread(lambda: threading.current_thread().name, ThreadWaker(), 5.0)

    assert "test-0" == name


def test_error_is_raised_in_the_caller(pool: ThreadPool) -> None:
    """What the function raises the caller gets, and the thread survives."""
    runner = ThreadRunner(pool)
    with pytest.raises(ZeroDivisionError):
        runner.run_in_thread(lambda: 1 // 0, ThreadWaker(), 5.0)

    assert 7 == runner.run_in_thread(lambda: 7, ThreadWaker(), 5.0)


def test_caller_gives_up_in_time(pool: ThreadPool) -> None:
    """A caller whose time is over is told that the server is overloaded; its call is never begun."""
    clock = FakeClock()
    gate, begun = threading.Event(), threading.Event()
    pool.submit(lambda: _pass(gate, begun))
    assert begun.wait(5.0)
    called: list[int] = []
    waker = RecordingWaker(lambda: clock.advance(1.0))
    with pytest.raises(Overloaded):
        ThreadRunner(pool, clock).run_in_thread(lambda: called.append(1), waker, 3.0)
    gate.set()
    ThreadRunner(pool).run_in_thread(lambda: None, ThreadWaker(), 5.0)

    assert [] == called


def test_too_many_callers_are_refused(pool: ThreadPool) -> None:
    """When very many calls wait already the next is refused at once."""
    gate = threading.Event()
    for _ in range(MOST_WAITING + 1):
        pool.submit(lambda: _pass(gate))
    with pytest.raises(Overloaded):
        ThreadRunner(pool).run_in_thread(lambda: None, ThreadWaker(), 5.0)
    gate.set()


def test_closing_pool_lets_callers_go(pool: ThreadPool) -> None:
    """A caller whose call was dropped at the shutdown does not sleep on."""
    gate = threading.Event()
    pool.submit(lambda: _pass(gate))
    waker = RecordingWaker(pool.close)
    with pytest.raises(Overloaded):
        ThreadRunner(pool).run_in_thread(lambda: None, waker, 5.0)
    gate.set()
