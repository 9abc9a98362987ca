"""Builds and caches journals, and lets callers wait for them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from datasynth.errors import InternalError, Overloaded
from datasynth.service.journals.build_queue import BuildQueue
from datasynth.service.journals.build_request import Abandoned
from datasynth.service.journals.journal_cache import JournalCache
from datasynth.service.journals.version import JournalSpec, JournalVersion
from datasynth.service.threads.counters import Count
from datasynth.service.threads.thread_pool import ThreadPool

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.errors import DatasynthError
    from datasynth.service.admission.cost_limit import CostLimit
    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.admission.readiness import Readiness
    from datasynth.service.journals.build_request import Build
    from datasynth.service.journals.protocols import JournalProtocol, MakeJournal
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.counters import Counters
    from datasynth.service.threads.waker import Caller

THREADS = 2
"""Journals that are built at once; apart from generator threads, so that no start waits for blocks."""

TIMEOUT = 120.0
"""Longest wait of a caller for a journal. [s]

On two cores 10 billion entries of 50 companies over 120 months take 40 s (measured).
"""

_log = logging.getLogger(__name__)


class Journals:
    """Builds journals on native threads, and caches the latest.

    Parameters
    ----------
    make_journal
        Builds a journal without triggers.
    memory
        While it is low, no build begins and no journal is cached.
    cache_bytes
        Largest memory of the cache. [bytes]
    """

    def __init__(
        self,
        make_journal: MakeJournal,
        cost_limit: CostLimit,
        readiness: Readiness,
        memory: MemoryGuard,
        counters: Counters,
        clock: Clock,
        cache_bytes: int,
    ) -> None:
        self._make = make_journal
        self._cost_limit = cost_limit
        self._readiness = readiness
        self._memory = memory
        self._counters = counters
        self._clock = clock
        self._pool = ThreadPool("builder", THREADS)
        self.cache = JournalCache(cache_bytes)
        self.queue = BuildQueue(cost_limit, self.cache, memory, counters, self.look_for_builds)

    def start(self) -> None:
        """Start the threads, once."""
        self._pool.start()

    def look_for_builds(self) -> None:
        """Have a thread look for a build that may begin; never blocks."""
        # A waiting task will see all present builds, so no more tasks are needed.
        if self._pool.waiting < THREADS:
            self._pool.submit(self._work)

    def tick(self) -> None:
        """Look again for builds that had to wait for memory."""
        if self.queue.waiting:
            self.look_for_builds()

    def close(self) -> None:
        """Begin no more builds, and end those under way at their next checkpoint."""
        self.queue.close()
        self._pool.close()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the threads to end; tell whether they have."""
        return self._pool.join(timeout)

    def planned(self, config: Config) -> JournalVersion:
        """Return the version of a configuration without triggers, with its journal if that is cached."""
        cached = self.cache.find(JournalSpec(config))
        return JournalVersion.planned(config) if cached is None else JournalVersion.fresh(config, cached)

    def version(self, config: Config, caller: Caller) -> JournalVersion:
        """Return the version of a configuration without triggers, its journal built if need be.

        Raises
        ------
        InvalidConfiguration
            It would cost too much.
        Overloaded
            The server takes no work, or as in `journal`.
        """
        # In this order, since the memory of the idle server is known once the kernels are there.
        self._readiness.admit(caller.waker)
        self._cost_limit.check(config)
        return JournalVersion.fresh(config, self.journal(JournalSpec(config), caller))

    def journal(self, spec: JournalSpec, caller: Caller) -> JournalProtocol:
        """Return a journal, built if need be; the request is withdrawn if the caller goes.

        Raises
        ------
        Overloaded
            If it takes too long, too many wait, memory becomes low, or the server is shutting down.
        """
        cached = self.cache.find(spec)
        if cached is not None:
            return cached
        waker = caller.waker
        request = self.queue.ask(spec, caller.client, waker.wake)
        deadline = self._clock() + TIMEOUT
        try:
            while True:
                waker.clear()
                if request.done:
                    return request.journal()
                left = deadline - self._clock()
                if left <= 0:
                    raise Overloaded("The journal could not be built in time. Try again later.")
                waker.wait(left)
        finally:
            self.queue.withdraw(request)

    def _work(self) -> None:
        while (build := self.queue.take()) is not None:
            self._carry_out(build)

    def _carry_out(self, build: Build) -> None:
        outcome: JournalProtocol | DatasynthError | None
        try:
            outcome = self._built(build)
        except Abandoned:
            outcome = None
        except MemoryError:
            _log.error("A journal could not be built: the system has not enough memory for it.")
            outcome = Overloaded("There is not enough memory to build the journal.", retry_after=5)
        except Exception:  # noqa: BLE001 - whatever it is, the callers learn of it
            _log.exception("A journal could not be built.")
            outcome = InternalError("The journal could not be built. See the server's log.")
        self.queue.conclude(build, outcome)

    def _built(self, build: Build) -> JournalProtocol:
        build.checkpoint()
        spec = build.spec
        journal = self.cache.find(spec)
        if journal is not None:
            return journal
        plain = JournalSpec(spec.config)
        journal = self.cache.find(plain)
        if journal is None:
            journal = self._make(spec.config, build.checkpoint)
            self._counters.add(Count.JOURNALS_BUILT)
            self._keep(plain, journal)
        for pattern, at_sequence in spec.triggers:
            build.checkpoint()
            journal, _ = journal.trigger(pattern, at_sequence)
        if spec.triggers:
            self._keep(spec, journal)
        return journal

    def _keep(self, spec: JournalSpec, journal: JournalProtocol) -> None:
        if self._memory.low:
            self.cache.watch(journal)
        else:
            self.cache.put(spec, journal)
