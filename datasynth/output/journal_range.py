"""The source of an output: a range of a journal, cut into blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.generation.journal import Journal


@dataclass(frozen=True, slots=True)
class JournalRange:
    """Entries ``first … first + count - 1`` of a journal."""

    journal: Journal
    first: int
    count: int

    @classmethod
    def whole(cls, journal: Journal) -> JournalRange:
        """All entries of a journal."""
        return cls(journal, 0, journal.total)

    def cut(self, entries: int) -> Iterator[JournalRange]:
        """Yield ranges of so many entries one after the other; the last may be shorter."""
        end = self.first + self.count
        for first in range(self.first, end, entries):
            yield JournalRange(self.journal, first, min(entries, end - first))
