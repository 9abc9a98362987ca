"""Native threads that make blocks, a bounded queue of finished ones, and its dispatcher.

Generator threads never wait for readers: each finished block goes into one shared queue,
and the dispatcher always moves it into the cache, so a block that no reader waits for any
more does not hold anything up.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING

from datasynth.service.threads.thread_pool import ThreadPool

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_log = logging.getLogger(__name__)


class Priority(IntEnum):
    """How urgent a block is; the lower goes first."""

    READER = 0
    AHEAD = 1
    UNATTENDED = 2


class BlockJob:
    """A requested block; `done` is written last, so it can be read without a lock."""

    __slots__ = ("done", "error", "key", "priority", "readers", "result", "taken", "work")

    def __init__(self, key: Hashable, work: Callable[[], object], priority: Priority) -> None:
        self.key = key
        self.work = work
        self.priority = priority
        self.readers: dict[object, Callable[[], None]] = {}
        self.result: object = None
        self.error: BaseException | None = None
        self.taken = False
        self.done = False


class BlockPool:
    """Jobs for blocks, each carried out once for all its readers.

    Parameters
    ----------
    threads
        Native generator threads.
    keep
        Called by the dispatcher with the key and the result of every job carried out.
    failed
        Called by the dispatcher for every job that raised.
    """

    def __init__(
        self,
        threads: int,
        keep: Callable[[Hashable, object], None],
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self.threads = threads
        self._pool = ThreadPool("generator", threads, priorities=len(Priority))
        self._keep = keep
        self._failed = failed
        self._finished: queue.Queue[BlockJob | None] = queue.Queue(maxsize=2 * threads + 2)
        self._lock = threading.Lock()
        self._jobs: dict[Hashable, BlockJob] = {}
        self._dispatcher: threading.Thread | None = None

    @property
    def waiting(self) -> int:
        """Jobs that no thread has begun."""
        return self._pool.waiting

    @property
    def open(self) -> int:
        """Jobs that are not done."""
        return len(self._jobs)

    def start(self) -> None:
        """Start the threads, once."""
        with self._lock:
            if self._dispatcher is not None:
                return
            self._dispatcher = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._dispatcher.start()
        self._pool.start()

    def submit(
        self,
        key: Hashable,
        work: Callable[[], object],
        reader: object,
        wake: Callable[[], None],
        priority: Priority,
    ) -> BlockJob:
        """Have a block made, or join the job for it that is under way.

        Parameters
        ----------
        key
            Equal keys are one job.
        work
            Makes the block, on a native thread.
        reader
            See `withdraw`.
        wake
            Called from the dispatcher, with no lock held, once the job is done.
        priority
            A job joined with a higher priority moves up.
        """
        with self._lock:
            job = self._jobs.get(key)
            fresh = job is None
            if job is None:
                job = self._jobs[key] = BlockJob(key, work, priority)
            job.readers[reader] = wake
            sooner = not job.taken and priority < job.priority
            if sooner:
                job.priority = priority
        if fresh or sooner:
            # A job in two queues is carried out by the thread that takes it first.
            self._pool.submit(partial(self._carry_out, job), priority)
        return job

    def withdraw(self, job: BlockJob, reader: object) -> None:
        """Remove a reader from a job; a job without readers that has not begun is never carried out."""
        with self._lock:
            job.readers.pop(reader, None)
            if not job.readers and not job.taken and self._jobs.get(job.key) is job:
                del self._jobs[job.key]

    def close(self) -> None:
        """Begin no further job."""
        self._pool.close()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the threads to end; tell whether they have."""
        deadline = time.monotonic() + timeout
        if not self._pool.join(timeout):
            return False
        dispatcher = self._dispatcher
        # Without its dispatcher nobody empties the queue, and `put` would block once that is full.
        if dispatcher is None or not dispatcher.is_alive():
            return True
        self._finished.put(None)
        dispatcher.join(max(0.0, deadline - time.monotonic()))
        return not dispatcher.is_alive()

    def _carry_out(self, job: BlockJob) -> None:
        with self._lock:
            if job.taken or not job.readers:
                return
            job.taken = True
        try:
            job.result = job.work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the readers
            _log.exception("A block could not be computed: %r.", job.key)
            job.error = error
        self._finished.put(job)

    def _dispatch(self) -> None:
        while (job := self._finished.get()) is not None:
            try:
                self._hand_over(job)
            except Exception:  # noqa: BLE001 - the dispatcher outlives whatever one block does to it
                _log.exception("A finished block could not be delivered: %r.", job.key)
            # Otherwise the block and its journal would stay in memory until the next one.
            del job

    def _hand_over(self, job: BlockJob) -> None:
        try:
            if job.error is None:
                self._keep(job.key, job.result)
            else:
                self._failed()
        finally:
            with self._lock:
                if self._jobs.get(job.key) is job:
                    del self._jobs[job.key]
                job.done = True
                wakes = list(job.readers.values())
                job.readers.clear()
            for wake in wakes:
                try:
                    wake()
                except Exception:  # noqa: BLE001 - one reader's fault must not keep the others asleep
                    _log.exception("A reader could not be notified.")
