"""The most recently used journals, for equal configurations and ended streams.

The cache also knows the size of every journal that is alive, whether the cache, a running
stream or a reader of an ended one holds it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import ref

if TYPE_CHECKING:
    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.journals.version import JournalSpec


class JournalCache:
    """Keeps journals of at most `capacity` bytes, and the newest in any case; never builds one."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._lock = threading.Lock()
        self._journals: OrderedDict[JournalSpec, JournalProtocol] = OrderedDict()
        self._alive: dict[ref[JournalProtocol], int] = {}

    def __len__(self) -> int:
        """Number of journals in the cache."""
        return len(self._journals)

    @property
    def bytes(self) -> int:
        """Memory of the journals in the cache. [bytes]"""
        with self._lock:
            return self._sum()

    @property
    def alive_bytes(self) -> int:
        """Memory of all journals that are alive. [bytes]"""
        return sum(list(self._alive.values()))

    def find(self, spec: JournalSpec) -> JournalProtocol | None:
        """Return a journal if it is there; never blocks."""
        with self._lock:
            journal = self._journals.get(spec)
            if journal is not None:
                self._journals.move_to_end(spec)
            return journal

    def put(self, spec: JournalSpec, journal: JournalProtocol) -> None:
        """Keep a journal, and drop those that were used longest ago."""
        self.watch(journal)
        dropped: list[JournalProtocol] = []
        with self._lock:
            self._journals[spec] = journal
            self._journals.move_to_end(spec)
            while len(self._journals) > 1 and self._sum() > self.capacity:
                dropped.append(self._journals.popitem(last=False)[1])
        dropped.clear()

    def watch(self, journal: JournalProtocol) -> None:
        """Count the memory of a journal as long as anything holds it."""
        # The callback runs when the last holder, perhaps this cache, drops the journal, so it takes no lock.
        self._alive[ref(journal, self._forget)] = journal.nbytes

    def make_room(self, most: int) -> bool:
        """Drop journals until all that are alive take at most `most` bytes; tell whether that succeeded."""
        while self.alive_bytes > most:
            with self._lock:
                if not self._journals:
                    return False
                dropped = [self._journals.popitem(last=False)[1]]
            dropped.clear()
        return True

    def clear(self) -> None:
        """Drop every journal."""
        with self._lock:
            journals, self._journals = self._journals, OrderedDict()
        journals.clear()

    def _sum(self) -> int:
        return sum(self._alive.get(ref(journal), 0) for journal in self._journals.values())

    def _forget(self, gone: ref[JournalProtocol]) -> None:
        self._alive.pop(gone, None)
