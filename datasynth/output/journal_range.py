"""The source of an output: a range of a journal, cut into blocks."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from datasynth.output.reference_rows import day_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.generation.journal import Journal

_EPOCH = date(1970, 1, 1)


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

    @property
    def end(self) -> int:
        """The entry after the last one."""
        return self.first + self.count

    def from_entry(self, first: int) -> JournalRange:
        """The entries of this range from an entry on."""
        return self._within(first, self.end)

    def between(self, begin: date | None, end: date | None) -> JournalRange:
        """The entries of this range with a posting date from one day to another; None for any day."""
        first = 0 if begin is None else self.journal.entries_through(day_number(begin) - 1)
        last = self.end if end is None else self.journal.entries_through(day_number(end))
        return self._within(first, last)

    def months(self) -> Iterator[tuple[date, JournalRange]]:
        """Yield each calendar month that has entries here, by its first day, and its entries."""
        position = self.first
        while position < self.end:
            month = _EPOCH + timedelta(days=self.journal.posting_day(position))
            last = month.replace(day=monthrange(month.year, month.month)[1])
            entries = self.from_entry(position).between(None, last)
            yield month.replace(day=1), entries
            position = entries.end

    def part(self, number: int, parts: int, entries: int) -> JournalRange:
        """Part `number`, from 0, of `parts` of about the same size.

        Parts end at multiples of so many `entries`, so blocks of that size are the same in all
        parts together as in the whole.  Some parts are empty if there are fewer blocks than parts.
        """
        begin, blocks = self.first // entries, -(-self.end // entries) - self.first // entries
        first = (begin + blocks * number // parts) * entries
        last = (begin + blocks * (number + 1) // parts) * entries
        return self._within(first, last)

    def cut(self, entries: int) -> Iterator[JournalRange]:
        """Yield ranges that end at multiples of so many entries; the last one ends where this one does."""
        first = self.first
        while first < self.end:
            stop = min(first - first % entries + entries, self.end)
            yield JournalRange(self.journal, first, stop - first)
            first = stop

    def _within(self, first: int, end: int) -> JournalRange:
        first = min(max(first, self.first), self.end)
        return replace(self, first=first, count=max(min(end, self.end) - first, 0))
