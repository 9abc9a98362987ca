"""Positions in a triggered journal: dates, times and movements there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.materialise import materialise
from datasynth.generation.placements import place_entries
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.closes.entries import ClosingEntry
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.triggers.segments import Insertion, Segment


@dataclass(frozen=True, slots=True)
class Position:
    """Day of the entry at a position, and when it is entered.

    [days from the start; s since 1970-01-01 UTC]
    """

    day: int
    created_at: int


def find_position(plan: JournalPlan, segments: tuple[Segment, ...], sequence: int) -> Position:
    """Return the day and time of the entry of a sequence number; fails with `ValueError` past the end."""
    for segment, passed in _passed(segments):
        if sequence < passed + segment.count:
            place = segment.first + sequence - passed
            if segment.insertion is not None:
                inserted = segment.insertion
                return Position(int(inserted.placements.day[place]), int(inserted.created_at[place]))
            placements = place_entries(plan, place, 1)
            block = materialise(plan, plan.source, placements, sequence, ABSENT)
            return Position(int(placements.day[0]), int(block.created_at[0]))
    message = f"no entry {sequence}"
    raise ValueError(message)


def movements_before(plan: JournalPlan, segments: tuple[Segment, ...], sequence: int) -> NDArray[np.int64]:
    """Sum all entries before a sequence number, inserted ones included.

    Returns
    -------
    (companies, accounts, 2) int64
        Debits and credits since the start. [minor units]
    """
    totals = _of_schedule(plan, schedule_position(segments, sequence))
    for insertion, places in inserted_before(segments, sequence):
        _add_inserted(totals, plan, insertion, places)
    return totals


def schedule_position(segments: tuple[Segment, ...], sequence: int) -> int:
    """Return how many entries of the untriggered journal come before a sequence number."""
    base = 0
    for segment, passed in _passed(segments):
        count = min(segment.count, sequence - passed)
        if count > 0 and segment.insertion is None:
            base = segment.first + count
    return base


def inserted_before(segments: tuple[Segment, ...], sequence: int) -> Iterator[tuple[Insertion, range]]:
    """Yield the insertions before a sequence number, with the places of their entries before it."""
    for segment, passed in _passed(segments):
        count = min(segment.count, sequence - passed)
        if count > 0 and segment.insertion is not None:
            yield segment.insertion, range(segment.first, segment.first + count)


def documents_before(plan: JournalPlan, base: int) -> NDArray[np.int64]:
    """Count the documents of each series among the first `base` entries of the untriggered journal.

    Returns
    -------
    (series,) int64
        By the order of `Schedule.document_series`.
    """
    day, ranks = plan.cases.series_ranks(base)
    counts: NDArray[np.int64] = plan.schedule.before[day] + ranks
    return counts


def calendar_closes(plan: JournalPlan, base: int) -> Iterator[ClosingEntry]:
    """Yield the closing entries among the first `base` entries of the untriggered journal."""
    documents = documents_before(plan, base)
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CLOSE:
            first = int(plan.series.row[at]) - plan.source.first_close
            yield from plan.closes.entries[first : first + int(documents[at])]


def _passed(segments: tuple[Segment, ...]) -> Iterator[tuple[Segment, int]]:
    passed = 0
    for segment in segments:
        yield segment, passed
        passed += segment.count


def _of_schedule(plan: JournalPlan, base: int) -> NDArray[np.int64]:
    """Sum the first `base` entries of the untriggered journal."""
    totals = plan.cases.at(base)
    for entry in calendar_closes(plan, base):
        for account, amount in entry.lines:
            totals[entry.company, account, int(amount < 0)] += abs(amount)
    return totals


def _add_inserted(totals: NDArray[np.int64], plan: JournalPlan, insertion: Insertion, places: range) -> None:
    inserted, source = insertion.placements, insertion.source
    for place in places:
        company = int(plan.series.company[inserted.series[place]])
        row = source.rows[inserted.row[place]]
        lines = slice(int(row.first_line), int(row.first_line + row.template_lines))
        credit = (np.arange(row.template_lines) >= row.debits).astype(np.int64)
        copied = source.lines[lines]
        np.add.at(totals[company], (copied["account"], credit), copied["amount"])
