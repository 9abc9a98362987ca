"""The shelf of journals."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from datasynth.config import ConfigDocument
from datasynth.service.edition import Recipe
from datasynth.service.journal_shelf import JournalShelf
from tests.fakes import FakeJournal

if TYPE_CHECKING:
    from datasynth.config.model import Config


class Made:
    """Notes the seeds of the journals that are made, each when its gate opens."""

    def __init__(self) -> None:
        self.seeds: list[int] = []
        self.begun, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def __call__(self, config: Config) -> FakeJournal:
        self.seeds.append(config.general.seed)
        self.begun.set()
        assert self.gate.wait(5.0)
        return FakeJournal(config)


def recipe(seed: int, *triggers: tuple[str, int]) -> Recipe:
    """Make a recipe with a seed."""
    return Recipe(ConfigDocument.defaults().merge({"global": {"seed": seed}}).config, triggers)


def test_equal_recipes_share_a_journal() -> None:
    """A journal is made once, also when many ask for it at the same time."""
    made = Made()
    made.gate.clear()
    shelf = JournalShelf(made)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(shelf.obtain(recipe(1)))) for _ in range(10)]
    for thread in threads:
        thread.start()
    assert made.begun.wait(5.0)
    # Time for the others to get to the shelf while the journal is being made.
    threads[0].join(0.05)
    made.gate.set()
    for thread in threads:
        thread.join(5.0)

    assert [1] == made.seeds
    assert 1 == len(set(map(id, found)))


def test_the_one_used_longest_ago_goes() -> None:
    """Beyond its capacity the shelf lets go of the journal that nobody asked for longest."""
    made = Made()
    shelf = JournalShelf(made, capacity=2)
    for seed in (1, 2, 1, 3, 1, 2):
        shelf.obtain(recipe(seed))

    assert [1, 2, 3, 2] == made.seeds
    assert 2 == len(shelf)


def test_triggers_are_replayed_in_order() -> None:
    """A journal with triggers is rebuilt from the plain one by its log."""
    made = Made()
    shelf = JournalShelf(made)
    log = (("month_end", 10), ("year_end", 10), ("quarter_end", 50))
    journal = FakeJournal(recipe(1).config)
    for pattern, at_sequence in log:
        journal, _ = journal.trigger(pattern, at_sequence)
    rebuilt = shelf.obtain(recipe(1, *log))
    expected = journal.block(0, 200).document_number.tolist()

    assert expected == rebuilt.block(0, 200).document_number.tolist()
    assert shelf.find(recipe(1)) is not None
    shelf.clear()
    assert shelf.find(recipe(1)) is None
