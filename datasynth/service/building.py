"""How a caller gets a journal and waits for it, or is told that it cannot be had now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import Overloaded
from datasynth.service.edition import Edition, Recipe

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.admission import Admission
    from datasynth.service.builds import BuildQueue
    from datasynth.service.caller import Caller
    from datasynth.service.context import Memory
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.readiness import Readiness
    from datasynth.service.seams import Clock, JournalLike
    from datasynth.service.stream import Stream
    from datasynth.service.waker import Waker

TIMEOUT = 30.0
"""How long a caller waits for a journal to be built. [s]"""


class JournalBuilder:
    """The way in for everything that would generate.

    Parameters
    ----------
    shelf
        Has journals.
    builds
        Has them built.
    admission
        What may be built.
    readiness
        Whether kernels are there.
    memory
        Whether there is memory to go on.
    clock
        Seconds that never go back.
    """

    def __init__(
        self,
        shelf: JournalShelf,
        builds: BuildQueue,
        admission: Admission,
        readiness: Readiness,
        memory: Memory,
        clock: Clock,
    ) -> None:
        self._shelf = shelf
        self._builds = builds
        self._admission = admission
        self._readiness = readiness
        self._memory = memory
        self._clock = clock

    def admit(self, waker: Waker) -> None:
        """Wait for kernels if need be.

        Raises
        ------
        Overloaded
            If memory is low, kernels are not there in time, or the server is shutting down.
        """
        self._memory.ensure()
        self._readiness.wait(waker)

    def check(self, config: Config) -> None:
        """Raise `InvalidConfiguration` if a journal would cost too much."""
        self._admission.check(config)

    def plan(self, config: Config) -> Edition:
        """Return the edition of a configuration, with its journal if that is there already."""
        found = self._shelf.find(Recipe(config))
        return Edition.planned(config) if found is None else Edition.fresh(config, found)

    def edition(self, config: Config, caller: Caller) -> Edition:
        """Return the edition of a configuration, its journal built if need be.

        Raises
        ------
        InvalidConfiguration
            It would cost too much.
        Overloaded
            As in `admit` and `journal`.
        """
        # In this order: what the idle server takes is known once the kernels are there.
        self.admit(caller.waker)
        self.check(config)
        return Edition.fresh(config, self.journal(Recipe(config), caller))

    def extent(self, stream: Stream, caller: Caller) -> tuple[Edition, int]:
        """Return a stream's journal as it stands now, built if need be, and where its entries end.

        Raises
        ------
        Overloaded
            As in `journal`.
        """
        edition, end = stream.extent()
        while edition.journal is None:
            opened = edition.opened(self.journal(edition.recipe, caller))
            # It may have been stopped meanwhile, or have had a trigger.
            edition, end = stream.extent()
            if edition.recipe == opened.recipe:
                return opened, end
        return edition, end

    def journal(self, recipe: Recipe, caller: Caller) -> JournalLike:
        """Return a journal, built if need be; the build ends if the caller goes and nobody else wants it.

        Raises
        ------
        Overloaded
            If it takes too long, too many wait, memory becomes low, or the server is shutting down.
        """
        found = self._shelf.find(recipe)
        if found is not None:
            return found
        waker = caller.waker
        wish = self._builds.ask(recipe, caller.client, waker.wake)
        deadline = self._clock() + TIMEOUT
        try:
            while True:
                waker.clear()
                if wish.done:
                    return wish.journal()
                left = deadline - self._clock()
                if left <= 0:
                    raise Overloaded("The journal could not be built in time; try again.")
                waker.wait(left)
        finally:
            self._builds.withdraw(wish)
