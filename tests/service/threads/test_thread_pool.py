"""Threads that take tasks from priorities."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from datasynth.errors import Overloaded
from datasynth.service.threads.thread_pool import MOST_WAITING, ThreadPool
from datasynth.service.threads.waker import ThreadWaker
from tests.fakes import FakeClock, RecordingWaker

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Task:
    """Something that can be seen to be gone."""

    def __init__(self, done: threading.Event) -> None:
        self._done = done

    def __call__(self) -> None:
        self._done.set()


def _refuse() -> None:
    raise ZeroDivisionError


def test_threads_start_once() -> None:
    """Starting twice does not double the threads, and closing ends them."""
    pool = ThreadPool("double", 2)
    pool.start()
    pool.start()
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("double")]
    assert ["double-0", "double-1"] == sorted(names)
    pool.close()

    assert pool.join(5.0)


def test_task_that_raises_kills_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    """A failing task is logged and the next one is done."""
    pool = ThreadPool("hardy", 1)
    done = threading.Event()
    pool.submit(_refuse)
    pool.submit(done.set)
    pool.start()
    assert done.wait(5.0)
    pool.close()

    assert pool.join(5.0)
    assert "ZeroDivisionError" in caplog.text


def test_thread_holds_on_to_no_task() -> None:
    """What a task has brought about does not live in its thread until the next task comes."""
    pool = ThreadPool("forgetful", 1)
    pool.start()
    done = threading.Event()
    task = _Task(done)
    gone = weakref.ref(task)
    pool.submit(task)
    del task
    assert done.wait(5.0)
    # The thread is soon back to waiting; nothing tells when.
    pause = threading.Event()
    for _ in range(500):
        if gone() is None:
            break
        pause.wait(0.01)
    assert gone() is None
    pool.close()

    assert pool.join(5.0)


def test_closed_pool_takes_no_task() -> None:
    """After closing, waiting tasks are dropped and further ones refused."""
    pool = ThreadPool("closed", 1)
    assert pool.submit(lambda: None)
    pool.close()
    pool.start()

    assert (False, 0, True) == (pool.submit(lambda: None), pool.waiting, pool.join(5.0))


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
    name = pool.run_in_thread(lambda: threading.current_thread().name, ThreadWaker(), 5.0)

    assert "test-0" == name


def test_error_is_raised_in_the_caller(pool: ThreadPool) -> None:
    """What the function raises the caller gets, and the thread survives."""
    with pytest.raises(ZeroDivisionError):
        pool.run_in_thread(lambda: 1 // 0, ThreadWaker(), 5.0)

    assert 7 == pool.run_in_thread(lambda: 7, ThreadWaker(), 5.0)


def test_caller_gives_up_in_time() -> None:
    """A caller whose time is over is told that the server is overloaded; its call is never begun."""
    clock = FakeClock()
    pool = ThreadPool("test", 1, clock=clock)
    pool.start()
    gate, begun = threading.Event(), threading.Event()
    pool.submit(lambda: _pass(gate, begun))
    assert begun.wait(5.0)
    called: list[int] = []
    waker = RecordingWaker(lambda: clock.advance(1.0))
    with pytest.raises(Overloaded):
        pool.run_in_thread(lambda: called.append(1), waker, 3.0)
    gate.set()
    pool.run_in_thread(lambda: None, ThreadWaker(), 5.0)
    pool.close()

    assert [] == called


def test_too_many_callers_are_refused(pool: ThreadPool) -> None:
    """When very many calls wait already the next is refused at once."""
    gate = threading.Event()
    for _ in range(MOST_WAITING + 1):
        pool.submit(lambda: _pass(gate))
    with pytest.raises(Overloaded):
        pool.run_in_thread(lambda: None, ThreadWaker(), 5.0)
    gate.set()


def test_closing_pool_lets_callers_go(pool: ThreadPool) -> None:
    """A caller whose call was dropped at the shutdown does not sleep on."""
    gate = threading.Event()
    pool.submit(lambda: _pass(gate))
    waker = RecordingWaker(pool.close)
    with pytest.raises(Overloaded):
        pool.run_in_thread(lambda: None, waker, 5.0)
    gate.set()
