"""Threads that take tasks from priorities."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from datasynth.service.threads.thread_pool import ThreadPool

if TYPE_CHECKING:
    import pytest


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
