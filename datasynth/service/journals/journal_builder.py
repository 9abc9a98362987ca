"""How a caller gets a journal and waits for it, or is told that it cannot be had now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import Overloaded
from datasynth.service.journals.version import JournalSpec, JournalVersion

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.admission.cost_limit import CostLimit
    from datasynth.service.admission.memory_guard import Memory
    from datasynth.service.admission.readiness import Readiness
    from datasynth.service.journals.build_queue import BuildQueue
    from datasynth.service.journals.journal_cache import JournalCache
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.threads.caller import Caller
    from datasynth.service.threads.clock import Clock
    from datasynth.service.threads.waker import Waker

TIMEOUT = 30.0
"""How long a caller waits for a journal to be built. [s]"""


class JournalBuilder:
    """The way in for everything that would generate.

    Parameters
    ----------
    journal_cache
        Has journals.
    builds
        Has them built.
    cost_limit
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
        journal_cache: JournalCache,
        builds: BuildQueue,
        cost_limit: CostLimit,
        readiness: Readiness,
        memory: Memory,
        clock: Clock,
    ) -> None:
        self._journal_cache = journal_cache
        self._builds = builds
        self._cost_limit = cost_limit
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
        self._cost_limit.check(config)

    def plan(self, config: Config) -> JournalVersion:
        """Return the version of a configuration, with its journal if that is there already."""
        found = self._journal_cache.find(JournalSpec(config))
        return JournalVersion.planned(config) if found is None else JournalVersion.fresh(config, found)

    def version(self, config: Config, caller: Caller) -> JournalVersion:
        """Return the version of a configuration, its journal built if need be.

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
        return JournalVersion.fresh(config, self.journal(JournalSpec(config), caller))

    def journal(self, spec: JournalSpec, caller: Caller) -> JournalLike:
        """Return a journal, built if need be; the build ends if the caller goes and nobody else wants it.

        Raises
        ------
        Overloaded
            If it takes too long, too many wait, memory becomes low, or the server is shutting down.
        """
        found = self._journal_cache.find(spec)
        if found is not None:
            return found
        waker = caller.waker
        request = self._builds.ask(spec, caller.client, waker.wake)
        deadline = self._clock() + TIMEOUT
        try:
            while True:
                waker.clear()
                if request.done:
                    return request.journal()
                left = deadline - self._clock()
                if left <= 0:
                    raise Overloaded("The journal could not be built in time; try again.")
                waker.wait(left)
        finally:
            self._builds.withdraw(request)
