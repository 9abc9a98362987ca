"""A thread pool with priorities, and calls that wait for a task without blocking other greenlets."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from datasynth.errors import Overloaded

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Waker

_log = logging.getLogger(__name__)

T = TypeVar("T")

MOST_WAITING = 256
"""Calls of `ThreadPool.run_in_thread` that may wait for a thread; more would time out."""


class ThreadPool:
    """A fixed number of native threads and the tasks that wait for them.

    Parameters
    ----------
    name
        Prefix of the threads' names.
    priorities
        Number of priorities; 0 goes first, and tasks of one priority keep their order.
    """

    def __init__(self, name: str, threads: int, priorities: int = 1, clock: Clock = time.monotonic) -> None:
        self._name = name
        self._size = threads
        self._clock = clock
        self._queues: tuple[deque[Callable[[], None]], ...] = tuple(deque() for _ in range(priorities))
        self._condition = threading.Condition(threading.Lock())
        self._threads: list[threading.Thread] = []
        self._closing = False

    @property
    def waiting(self) -> int:
        """Number of waiting tasks."""
        return sum(len(tasks) for tasks in self._queues)

    def start(self) -> None:
        """Start the threads, once; call it after any fork, since threads do not survive one."""
        with self._condition:
            if self._threads or self._closing:
                return
            self._threads = [
                threading.Thread(target=self._serve, name=f"{self._name}-{number}", daemon=True)
                for number in range(self._size)
            ]
        for thread in self._threads:
            thread.start()

    def submit(self, task: Callable[[], None], priority: int = 0) -> bool:
        """Queue a task; return False if the pool is closing and does not take it."""
        with self._condition:
            if self._closing:
                return False
            self._queues[priority].append(task)
            self._condition.notify()
            return True

    def run_in_thread(self, function: Callable[[], T], waker: Waker, timeout: float) -> T:
        """Call `function` on a native thread and return its result, or raise its exception.

        Parameters
        ----------
        timeout
            Longest sleep of the caller, after which the result is dropped. [s]

        Raises
        ------
        Overloaded
            If that took too long, too many calls wait already, or the server is shutting down.
        """
        call = _Call(function, waker)
        if self.waiting >= MOST_WAITING or not self.submit(call.run):
            raise Overloaded("The server is too busy. Try again later.")
        deadline = self._clock() + timeout
        try:
            while True:
                waker.clear()
                if call.done:
                    break
                left = deadline - self._clock()
                if left <= 0 or self._closing:
                    raise Overloaded("The server was too busy to answer in time. Try again later.")
                # `close` drops waiting calls without waking their callers, so this checks from time to time.
                waker.wait(min(left, 0.5))
        finally:
            call.abandoned = True
        if call.error is not None:
            raise call.error
        return call.result  # type: ignore[return-value]  # done without an error: it is a T

    def close(self) -> None:
        """Refuse tasks, drop those that wait, and let the threads end."""
        with self._condition:
            self._closing = True
            for tasks in self._queues:
                tasks.clear()
            self._condition.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the threads to end; tell whether they have."""
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self) -> None:
        while (task := self._next()) is not None:
            try:
                task()
            except Exception:  # noqa: BLE001 - a thread outlives what a task does to it
                _log.exception("A task of %s failed.", self._name)
            # Otherwise its result would stay in memory until the next task.
            del task

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            while not self._closing:
                for tasks in self._queues:
                    if tasks:
                        return tasks.popleft()
                self._condition.wait()
            return None


class _Call(Generic[T]):
    """One call of `run_in_thread`; the native thread writes its fields once, `done` last."""

    __slots__ = ("abandoned", "done", "error", "function", "result", "waker")

    def __init__(self, function: Callable[[], T], waker: Waker) -> None:
        self.function = function
        self.waker = waker
        self.result: T | None = None
        self.error: BaseException | None = None
        self.done = False
        self.abandoned = False

    def run(self) -> None:
        """Call the function, store its result, and wake the caller."""
        if self.abandoned:
            return
        try:
            self.result = self.function()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the caller
            self.error = error
        self.done = True
        self.waker.wake()
