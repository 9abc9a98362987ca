"""The journals used last, so that equal configurations and old streams share one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from datasynth.service.edition import Edition, Recipe

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.seams import JournalLike, MakeJournal

CAPACITY = 8
"""Journals kept beside those that running streams hold; each may take some tens of megabytes."""


class JournalShelf:
    """Finds journals, or builds them again from their recipes.

    Parameters
    ----------
    make_journal
        Builds a journal without triggers.
    capacity
        How many are kept.
    """

    def __init__(self, make_journal: MakeJournal, capacity: int = CAPACITY) -> None:
        self._make = make_journal
        self._capacity = capacity
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._held: OrderedDict[Recipe, JournalLike] = OrderedDict()

    def __len__(self) -> int:
        """Tell how many journals it holds."""
        return len(self._held)

    def find(self, recipe: Recipe) -> JournalLike | None:
        """Return a journal if it is there; never blocks."""
        with self._lock:
            journal = self._held.get(recipe)
            if journal is not None:
                self._held.move_to_end(recipe)
            return journal

    def put(self, recipe: Recipe, journal: JournalLike) -> None:
        """Keep a journal, and let go of the one that was used longest ago."""
        dropped: list[JournalLike] = []
        with self._lock:
            self._held[recipe] = journal
            self._held.move_to_end(recipe)
            while len(self._held) > self._capacity:
                dropped.append(self._held.popitem(last=False)[1])
        dropped.clear()

    def obtain(self, recipe: Recipe) -> JournalLike:
        """Return a journal, built if need be; may take seconds, so only native threads call it."""
        found = self.find(recipe)
        if found is not None:
            return found
        # One build at a time: whoever waits here most likely waits for this very journal.
        with self._building:
            found = self.find(recipe)
            return found if found is not None else self._build(recipe)

    def edition(self, config: Config) -> Edition:
        """Return the edition without triggers; for native threads, like `obtain`."""
        return Edition.fresh(config, self.obtain(Recipe(config)))

    def clear(self) -> None:
        """Let go of every journal."""
        with self._lock:
            held, self._held = self._held, OrderedDict()
        held.clear()

    def _build(self, recipe: Recipe) -> JournalLike:
        journal = self.find(Recipe(recipe.config))
        if journal is None:
            journal = self._make(recipe.config)
            self.put(Recipe(recipe.config), journal)
        for pattern, at_sequence in recipe.triggers:
            journal, _ = journal.trigger(pattern, at_sequence)
        self.put(recipe, journal)
        return journal
