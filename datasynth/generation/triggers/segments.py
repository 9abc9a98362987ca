"""Triggers: closes inserted into the journal on request.

A triggered journal is a list of segments: runs of the untriggered journal, and
runs of inserted entries.  A trigger cuts the segment at its position in two and
puts its package between.  Reversals on the first day of the next period, and the
year-end true-up, go in at their own dates.  No other entry changes except for its
sequence number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.kernels.document_lines import LineSource
    from datasynth.generation.kernels.schedule.placements import Placements


@dataclass(frozen=True, slots=True)
class Trigger:
    """One entry of a stream's trigger log.

    Attributes
    ----------
    at_sequence
        Sequence number of the first entry that it inserted.
    entries
        Number of entries that it inserted, those at later dates included.
    posting_day
        Posting date of the package. [days since 1970-01-01]
    """

    pattern: str
    at_sequence: int
    entries: int
    posting_day: int


@dataclass(frozen=True, slots=True)
class Insertion:
    """Inserted entries of one trigger that stand together.

    Attributes
    ----------
    placements, source
        The entries as kernels read them.
    created_at : (n,) int64
        When they were entered. [s since 1970-01-01 UTC]
    pattern
        Code of the pattern.
    """

    placements: Placements
    source: LineSource
    created_at: NDArray[np.int64]
    pattern: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of entries of an insertion or, without one, of the untriggered journal.

    `first` is the number of the first entry there.
    """

    first: int
    count: int
    insertion: Insertion | None = None

    def cut(self, at: int) -> tuple[Segment, Segment]:
        """Split after so many entries."""
        return (
            Segment(self.first, at, self.insertion),
            Segment(self.first + at, self.count - at, self.insertion),
        )


def insert(segments: tuple[Segment, ...], at_sequence: int, insertion: Insertion) -> tuple[Segment, ...]:
    """Put an insertion before the entry of a sequence number; an empty one changes nothing."""
    added = Segment(0, len(insertion.placements.day), insertion)
    result: list[Segment] = []
    passed = 0
    inserted = added.count == 0
    for segment in segments:
        if not inserted and at_sequence < passed + segment.count:
            before, after = segment.cut(at_sequence - passed)
            result += [part for part in (before, added, after) if part.count]
            inserted = True
        else:
            result.append(segment)
        passed += segment.count
    return tuple(result) if inserted else (*result, added)
