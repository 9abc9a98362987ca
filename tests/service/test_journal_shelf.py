"""The shelf of journals, and what all journals take that are alive."""

from __future__ import annotations

from datasynth.config import ConfigDocument
from datasynth.service.edition import Recipe
from datasynth.service.journal_shelf import JournalShelf
from tests.fakes import FakeJournal


def recipe(seed: int, *triggers: tuple[str, int]) -> Recipe:
    """Make a recipe with a seed."""
    return Recipe(ConfigDocument.defaults().merge({"global": {"seed": seed}}).config, triggers)


def put(shelf: JournalShelf, seed: int, nbytes: int) -> FakeJournal:
    """Put a journal of some size on a shelf."""
    journal = FakeJournal(recipe(seed).config)
    journal.nbytes = nbytes
    shelf.put(recipe(seed), journal)
    return journal


def held(shelf: JournalShelf) -> list[int]:
    """The seeds of the journals on it."""
    return [seed for seed in range(10) if recipe(seed) in shelf._held]


def test_equal_recipes_find_one_journal() -> None:
    """A journal is found by what it is built from, trigger log included."""
    shelf = JournalShelf(1_000)
    journal = put(shelf, 1, 10)

    assert journal is shelf.find(recipe(1))
    assert shelf.find(recipe(1, ("month_end", 5))) is None
    assert shelf.find(recipe(2)) is None


def test_the_one_used_longest_ago_goes() -> None:
    """Beyond its capacity in bytes the shelf lets go of journals that nobody asked for longest."""
    shelf = JournalShelf(1_000)
    for seed, nbytes in ((1, 300), (2, 300), (3, 300)):
        put(shelf, seed, nbytes)
    shelf.find(recipe(1))
    put(shelf, 4, 500)

    assert [1, 4] == held(shelf)
    assert 800 == shelf.bytes


def test_newest_stays_however_large() -> None:
    """A journal that is larger than the shelf is kept alone until the next comes."""
    shelf = JournalShelf(1_000)
    put(shelf, 1, 100)
    put(shelf, 2, 5_000)
    assert [2] == held(shelf)
    put(shelf, 3, 100)

    assert [3] == held(shelf)


def test_journals_count_while_anybody_holds_them() -> None:
    """What a stream holds counts after the shelf has let go of it, and no longer than it lives."""
    shelf = JournalShelf(1_000)
    mine = put(shelf, 1, 700)
    put(shelf, 2, 200)
    assert 900 == shelf.alive_bytes
    shelf.clear()
    assert (700, 0) == (shelf.alive_bytes, shelf.bytes)
    del mine

    assert 0 == shelf.alive_bytes


def test_room_is_made_by_letting_go() -> None:
    """Journals go, the oldest first, until the others leave as much room as is wanted, if they can."""
    shelf = JournalShelf(1_000)
    mine = put(shelf, 1, 400)
    put(shelf, 2, 200)
    put(shelf, 3, 200)

    assert shelf.make_room(600)
    assert [3] == held(shelf)
    assert not shelf.make_room(300)
    assert (400, 0) == (mine.nbytes, len(shelf))
