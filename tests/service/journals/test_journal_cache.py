"""The cache of journals, and what all journals take that are alive."""

from __future__ import annotations

from datasynth.config import ConfigDocument
from datasynth.service.journals.journal_cache import JournalCache
from datasynth.service.journals.version import JournalSpec
from tests.fakes import FakeJournal


def spec(seed: int, *triggers: tuple[str, int]) -> JournalSpec:
    """Make a spec with a seed."""
    return JournalSpec(ConfigDocument.defaults().merge({"global": {"seed": seed}}).config, triggers)


def put(journal_cache: JournalCache, seed: int, nbytes: int) -> FakeJournal:
    """Put a journal of some size on a cache."""
    journal = FakeJournal(spec(seed).config)
    journal.nbytes = nbytes
    journal_cache.put(spec(seed), journal)
    return journal


def held(journal_cache: JournalCache) -> list[int]:
    """The seeds of the journals on it."""
    return [seed for seed in range(10) if spec(seed) in journal_cache._journals]


def test_equal_specs_find_one_journal() -> None:
    """A journal is found by what it is built from, trigger log included."""
    journal_cache = JournalCache(1_000)
    journal = put(journal_cache, 1, 10)

    assert journal is journal_cache.find(spec(1))
    assert journal_cache.find(spec(1, ("month_end", 5))) is None
    assert journal_cache.find(spec(2)) is None


def test_the_one_used_longest_ago_goes() -> None:
    """Beyond its capacity in bytes the cache lets go of journals that nobody asked for longest."""
    journal_cache = JournalCache(1_000)
    for seed, nbytes in ((1, 300), (2, 300), (3, 300)):
        put(journal_cache, seed, nbytes)
    journal_cache.find(spec(1))
    put(journal_cache, 4, 500)

    assert [1, 4] == held(journal_cache)
    assert 800 == journal_cache.bytes


def test_newest_stays_however_large() -> None:
    """A journal that is larger than the cache is kept alone until the next comes."""
    journal_cache = JournalCache(1_000)
    put(journal_cache, 1, 100)
    put(journal_cache, 2, 5_000)
    assert [2] == held(journal_cache)
    put(journal_cache, 3, 100)

    assert [3] == held(journal_cache)


def test_journals_count_while_anybody_holds_them() -> None:
    """What a stream holds counts after the cache has let go of it, and no longer than it lives."""
    journal_cache = JournalCache(1_000)
    mine = put(journal_cache, 1, 700)
    put(journal_cache, 2, 200)
    assert 900 == journal_cache.alive_bytes
    journal_cache.clear()
    assert (700, 0) == (journal_cache.alive_bytes, journal_cache.bytes)
    del mine

    assert 0 == journal_cache.alive_bytes


def test_room_is_made_by_letting_go() -> None:
    """Journals go, the oldest first, until the others leave as much room as is wanted, if they can."""
    journal_cache = JournalCache(1_000)
    mine = put(journal_cache, 1, 400)
    put(journal_cache, 2, 200)
    put(journal_cache, 3, 200)

    assert journal_cache.make_room(600)
    assert [3] == held(journal_cache)
    assert not journal_cache.make_room(300)
    assert (400, 0) == (mine.nbytes, len(journal_cache))
