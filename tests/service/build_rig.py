"""A queue of builds without any thread that builds, for tests to turn by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config import ConfigDocument
from datasynth.service.admission import Admission
from datasynth.service.builds import BuildQueue
from datasynth.service.counters import Counters
from datasynth.service.edition import Recipe
from datasynth.service.journal_shelf import JournalShelf
from tests.fakes import FakeJournal

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.wishes import Build, Wish

LIMIT = 1_000
IDLE = 100
ROOM = 750
"""What 85 per cent of the limit leave above the idle server."""

DOCUMENT = ConfigDocument.defaults()
RECIPES = [Recipe(DOCUMENT.merge({"global": {"seed": seed}}).config) for seed in range(8)]
MANY = [Recipe(DOCUMENT.merge({"transactions": {"target_count": 1 + n}}).config) for n in range(300)]


class Plenty:
    """Memory that a test can make low."""

    def __init__(self) -> None:
        self.low = False

    def ensure(self) -> None:
        assert not self.low


class Rig:
    """A queue, and a log of who was woken."""

    def __init__(self, cost: int = 10) -> None:
        self.memory = Plenty()
        self.counters = Counters()
        self.shelf = JournalShelf(ROOM)
        self.costs: dict[int, int] = {}
        self.cost = cost
        admission = Admission(self._estimate, LIMIT, lambda: IDLE, 0)
        self.queue = BuildQueue(admission, self.shelf, self.memory, self.counters)
        self.woken: list[str] = []
        self.stirred = 0
        self.queue.stirred = self._stir

    def ask(self, recipe: Recipe, client: str, *, lasting: bool = False) -> Wish:
        return self.queue.ask(recipe, client, lambda: self.woken.append(client), lasting=lasting)

    def take(self) -> Build:
        build = self.queue.take()
        assert build is not None
        return build

    def finish(self, build: Build) -> FakeJournal:
        journal = FakeJournal(build.recipe.config)
        self.queue.conclude(build, journal)
        return journal

    def counted(self, name: str) -> float:
        return self.counters.snapshot()[name]

    def _estimate(self, config: Config) -> int:
        return self.costs.get(config.general.seed, self.cost)

    def _stir(self) -> None:
        self.stirred += 1
