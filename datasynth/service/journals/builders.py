"""The native threads that build journals, as the queue of builds hands them out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from datasynth.errors import InternalError, Overloaded
from datasynth.service.journals.build_request import Abandoned
from datasynth.service.journals.version import JournalSpec
from datasynth.service.threads.counters import Count
from datasynth.service.threads.thread_pool import ThreadPool

if TYPE_CHECKING:
    from datasynth.errors import DatasynthError
    from datasynth.service.admission.memory_guard import Memory
    from datasynth.service.journals.build_queue import BuildQueue
    from datasynth.service.journals.build_request import Build
    from datasynth.service.journals.journal_cache import JournalCache
    from datasynth.service.journals.protocols import JournalLike, MakeJournal
    from datasynth.service.threads.counters import Counters

THREADS = 2
"""Journals that are built at once; not on the generator's threads, or a start would wait behind blocks."""

_log = logging.getLogger(__name__)


class Builders:
    """Carries builds out.

    Parameters
    ----------
    queue
        Whose turn it is.
    make_journal
        Builds a journal without triggers.
    journal_cache
        Where journals go.
    memory
        While it is low, nothing goes to the cache.
    counters
        Told of journals built.
    """

    def __init__(
        self,
        queue: BuildQueue,
        make_journal: MakeJournal,
        journal_cache: JournalCache,
        memory: Memory,
        counters: Counters,
    ) -> None:
        self._queue = queue
        self._make = make_journal
        self._journal_cache = journal_cache
        self._memory = memory
        self._counters = counters
        self._pool = ThreadPool("builder", THREADS)
        queue.on_ready = self.look_for_builds

    def start(self) -> None:
        """Start the threads, once."""
        self._pool.start()

    def look_for_builds(self) -> None:
        """Have a thread look for a build that may begin; never blocks."""
        # A thread that has not begun to look yet will see what there is now.
        if self._pool.waiting < THREADS:
            self._pool.submit(self._work)

    def tick(self) -> None:
        """Look again for builds that had to wait for memory."""
        if self._queue.waiting:
            self.look_for_builds()

    def close(self) -> None:
        """Begin nothing more, and end what is under way at its next checkpoint."""
        self._queue.close()
        self._pool.close()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the threads to end; tell whether they have."""
        return self._pool.join(timeout)

    def _work(self) -> None:
        while (build := self._queue.take()) is not None:
            self._carry_out(build)

    def _carry_out(self, build: Build) -> None:
        outcome: JournalLike | DatasynthError | None
        try:
            outcome = self._built(build)
        except Abandoned:
            outcome = None
        except MemoryError:
            _log.error("A journal could not be built: the system has no memory left for it.")
            outcome = Overloaded("There is no memory left to build the journal.", retry_after=5)
        except Exception:  # noqa: BLE001 - whatever it is, the callers are told
            _log.exception("A journal could not be built.")
            outcome = InternalError("The journal could not be built; the server's log says why.")
        self._queue.conclude(build, outcome)

    def _built(self, build: Build) -> JournalLike:
        build.checkpoint()
        spec = build.spec
        journal = self._journal_cache.find(spec)
        if journal is not None:
            return journal
        plain = JournalSpec(spec.config)
        journal = self._journal_cache.find(plain)
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

    def _keep(self, spec: JournalSpec, journal: JournalLike) -> None:
        if self._memory.low:
            self._journal_cache.watch(journal)
        else:
            self._journal_cache.put(spec, journal)
