"""The journals used last, so that equal configurations and old streams share one.

It also knows the size of every journal that is alive, whether held by the
cache, a stream that runs, a reader of one that has ended.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.version import JournalSpec


class JournalCache:
    """Keeps journals within a budget; never builds one.

    Parameters
    ----------
    capacity
        What the journals on it may take; the newest stays however large it is. [bytes]
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lock = threading.Lock()
        self._held: OrderedDict[JournalSpec, JournalLike] = OrderedDict()
        self._alive: dict[ref[JournalLike], int] = {}

    def __len__(self) -> int:
        """Tell how many journals it holds."""
        return len(self._held)

    @property
    def bytes(self) -> int:
        """What the journals on it take. [bytes]"""
        with self._lock:
            return self._sum()

    @property
    def alive_bytes(self) -> int:
        """What all journals take that anybody holds. [bytes]"""
        return sum(list(self._alive.values()))

    def find(self, spec: JournalSpec) -> JournalLike | None:
        """Return a journal if it is there; never blocks."""
        with self._lock:
            journal = self._held.get(spec)
            if journal is not None:
                self._held.move_to_end(spec)
            return journal

    def put(self, spec: JournalSpec, journal: JournalLike) -> None:
        """Keep a journal, and drop those that were used longest ago."""
        self.watch(journal)
        dropped: list[JournalLike] = []
        with self._lock:
            self._held[spec] = journal
            self._held.move_to_end(spec)
            while len(self._held) > 1 and self._sum() > self.capacity:
                dropped.append(self._held.popitem(last=False)[1])
        dropped.clear()

    def watch(self, journal: JournalLike) -> None:
        """Count what a journal takes for as long as anybody holds it."""
        # The callback runs when the last holder drops the journal, perhaps this cache, so it takes no lock.
        self._alive[ref(journal, self._forget)] = journal.nbytes

    def make_room(self, most: int) -> bool:
        """Drop journals until all that are alive take at most `most` bytes; tell whether they do."""
        while self.alive_bytes > most:
            with self._lock:
                if not self._held:
                    return False
                dropped = [self._held.popitem(last=False)[1]]
            dropped.clear()
        return True

    def clear(self) -> None:
        """Drop every journal."""
        with self._lock:
            held, self._held = self._held, OrderedDict()
        held.clear()

    def _sum(self) -> int:
        return sum(self._alive.get(ref(journal), 0) for journal in self._held.values())

    def _forget(self, gone: ref[JournalLike]) -> None:
        self._alive.pop(gone, None)
