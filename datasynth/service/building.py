"""How a caller that must not be blocked gets a journal built, or is told that it cannot be now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.edition import Edition, Recipe

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.context import Memory
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.offload import Offload
    from datasynth.service.readiness import Readiness
    from datasynth.service.waker import Waker

TIMEOUT = 30.0
"""How long a caller waits for a journal to be built. [s]"""


class JournalBuilder:
    """The way in for everything that would generate.

    Parameters
    ----------
    shelf
        Has journals, or builds them.
    offload
        Native threads to build them on.
    readiness
        Whether kernels are there.
    memory
        Whether there is memory to go on.
    """

    def __init__(self, shelf: JournalShelf, offload: Offload, readiness: Readiness, memory: Memory) -> None:
        self._shelf = shelf
        self._offload = offload
        self._readiness = readiness
        self._memory = memory

    def admit(self, waker: Waker) -> None:
        """Wait for kernels if need be.

        Raises
        ------
        Overloaded
            If memory is low, kernels are not there in time, or the server is shutting down.
        """
        self._memory.ensure()
        self._readiness.wait(waker)

    def edition(self, config: Config, waker: Waker) -> Edition:
        """Return the journal of a configuration; `Overloaded` as in `admit`, or if it takes too long."""
        self.admit(waker)
        found = self._shelf.find(Recipe(config))
        if found is not None:
            return Edition.fresh(config, found)
        return self._offload.call(lambda: self._shelf.edition(config), waker, TIMEOUT)
