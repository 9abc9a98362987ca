"""The native threads that build journals, as the queue of builds hands them out."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from datasynth.errors import InternalError, Overloaded
from datasynth.service.counters import Count
from datasynth.service.edition import Recipe
from datasynth.service.native_threads import Crew
from datasynth.service.wishes import Abandoned

if TYPE_CHECKING:
    from datasynth.errors import DatasynthError
    from datasynth.service.builds import BuildQueue
    from datasynth.service.context import Memory
    from datasynth.service.counters import Counters
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.seams import JournalLike, MakeJournal
    from datasynth.service.wishes import Build

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
    shelf
        Where journals go.
    memory
        While it is low, nothing goes to the shelf.
    counters
        Told of journals built.
    """

    def __init__(
        self,
        queue: BuildQueue,
        make_journal: MakeJournal,
        shelf: JournalShelf,
        memory: Memory,
        counters: Counters,
    ) -> None:
        self._queue = queue
        self._make = make_journal
        self._shelf = shelf
        self._memory = memory
        self._counters = counters
        self._crew = Crew("builder", THREADS)
        queue.stirred = self.stir

    def start(self) -> None:
        """Start the threads, once."""
        self._crew.start()

    def stir(self) -> None:
        """Have a thread look for a build that may begin; never blocks."""
        # A thread that has not begun to look yet will see what there is now.
        if self._crew.waiting < THREADS:
            self._crew.submit(self._work)

    def tick(self) -> None:
        """Look again for builds that had to wait for memory."""
        if self._queue.waiting:
            self.stir()

    def close(self) -> None:
        """Begin nothing more, and end what is under way at its next checkpoint."""
        self._queue.close()
        self._crew.close()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the threads to end; tell whether they have."""
        return self._crew.join(timeout)

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
        recipe = build.recipe
        journal = self._shelf.find(recipe)
        if journal is not None:
            return journal
        plain = Recipe(recipe.config)
        journal = self._shelf.find(plain)
        if journal is None:
            journal = self._make(recipe.config, build.checkpoint)
            self._counters.add(Count.JOURNALS_BUILT)
            self._keep(plain, journal)
        for pattern, at_sequence in recipe.triggers:
            build.checkpoint()
            journal, _ = journal.trigger(pattern, at_sequence)
        if recipe.triggers:
            self._keep(recipe, journal)
        return journal

    def _keep(self, recipe: Recipe, journal: JournalLike) -> None:
        if self._memory.low:
            self._shelf.watch(journal)
        else:
            self._shelf.put(recipe, journal)
