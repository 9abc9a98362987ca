"""A thread pool whose tasks have priorities."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


class ThreadPool:
    """A fixed number of threads and the tasks that wait for them.

    Parameters
    ----------
    name
        Prefix of the threads' names.
    threads
        How many there are.
    priorities
        How many priorities there are; 0 goes first, and tasks of one priority keep their order.
    """

    def __init__(self, name: str, threads: int, priorities: int = 1) -> None:
        self._name = name
        self._size = threads
        self._queues: tuple[deque[Callable[[], None]], ...] = tuple(deque() for _ in range(priorities))
        self._condition = threading.Condition(threading.Lock())
        self._threads: list[threading.Thread] = []
        self._closing = False

    @property
    def size(self) -> int:
        """How many threads there are."""
        return self._size

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return sum(len(tasks) for tasks in self._queues)

    @property
    def closing(self) -> bool:
        """Whether no further task is taken."""
        return self._closing

    def start(self) -> None:
        """Start the threads, once; after a fork, since threads do not survive one."""
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
        """Queue a task; tell whether it was taken, which it is unless the pool is closing."""
        with self._condition:
            if self._closing:
                return False
            self._queues[priority].append(task)
            self._condition.notify()
            return True

    def close(self) -> None:
        """Take no more tasks, drop those that wait, and let the threads end."""
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
            # What it has brought about must not live here until the next task comes.
            del task

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            while not self._closing:
                for tasks in self._queues:
                    if tasks:
                        return tasks.popleft()
                self._condition.wait()
            return None
