"""A queue of builds without any thread that builds, for tests to turn by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config import ConfigDocument
from datasynth.service.admission.cost_limit import CostLimit
from datasynth.service.admission.memory_guard import MemoryGuard
from datasynth.service.journals.build_queue import BuildQueue
from datasynth.service.journals.journal_cache import JournalCache
from datasynth.service.journals.version import JournalSpec
from datasynth.service.threads.counters import Counters
from tests.fakes import FakeJournal

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.journals.build_request import Build, BuildRequest

LIMIT = 1_000
IDLE = 100
ROOM = 750
"""What 85 per cent of the limit leave above the idle server."""

DOCUMENT = ConfigDocument.defaults()
SPECS = [JournalSpec(DOCUMENT.merge({"global": {"seed": seed}}).config) for seed in range(8)]
MANY = [JournalSpec(DOCUMENT.merge({"transactions": {"target_count": 1 + n}}).config) for n in range(300)]


class Rig:
    """A queue, and a log of who was woken."""

    def __init__(self, cost: int = 10) -> None:
        self.memory = MemoryGuard(None, lambda: IDLE, lambda: None)
        self.counters = Counters()
        self.journal_cache = JournalCache(ROOM)
        self.costs: dict[int, int] = {}
        self.cost = cost
        cost_limit = CostLimit(self._estimate, LIMIT, lambda: IDLE, 0)
        self.queue = BuildQueue(
            cost_limit, self.journal_cache, self.memory, self.counters, self._look_for_builds
        )
        self.woken: list[str] = []
        self.on_ready = 0

    def ask(self, spec: JournalSpec, client: str, *, lasting: bool = False) -> BuildRequest:
        return self.queue.ask(spec, client, lambda: self.woken.append(client), lasting=lasting)

    def take(self) -> Build:
        build = self.queue.take()
        assert build is not None
        return build

    def finish(self, build: Build) -> FakeJournal:
        journal = FakeJournal(build.spec.config)
        self.queue.conclude(build, journal)
        return journal

    def counted(self, name: str) -> float:
        return self.counters.snapshot()[name]

    def _estimate(self, config: Config) -> int:
        return self.costs.get(config.general.seed, self.cost)

    def _look_for_builds(self) -> None:
        self.on_ready += 1
