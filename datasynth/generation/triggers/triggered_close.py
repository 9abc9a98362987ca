"""What a triggered close inserts, where, and with which numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.calculator import BooksAtClose
from datasynth.generation.schedule.closing_plan import Close, possible_items
from datasynth.generation.schedule.series_table import triggered_series
from datasynth.generation.triggers.numbering import Numbering, PackageEntry
from datasynth.generation.triggers.positions import (
    Position,
    find_position,
    movements_before,
    schedule_position,
)
from datasynth.generation.triggers.segments import Segment, Trigger
from datasynth.generation.triggers.true_up import true_up_years
from datasynth.ledger.calendars import month_end
from datasynth.ledger.closes import (
    ASSET_CLASSES,
    ON_DEMAND_TYPES,
    PATTERNS,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.closes.entries import ClosingEntry
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.triggers.segments import Insertion

_CLOSE, _BACK = ON_DEMAND_TYPES[:2]
# Tells the draws of triggered closes from those of the calendar's.
_CALLED_FOR = 1_000_000
_DAY_SECONDS = 86_400
# Time of day of entries at later dates: 00:30, or 23:30 for the last day of a year. [s]
_MORNING = 1_800
_NIGHT = 84_600


@dataclass(frozen=True, slots=True)
class TriggeredClose:
    """A trigger as it was carried out.

    Attributes
    ----------
    trigger
        Its line in the log.
    entries
        All that it inserted, in the order of `insertions`.
    insertions, positions
        What goes in, and before which sequence number; each position counts the
        insertions before it.
    """

    trigger: Trigger
    entries: tuple[ClosingEntry, ...]
    insertions: tuple[Insertion, ...]
    positions: tuple[int, ...]


def trigger_close(
    plan: JournalPlan,
    segments: tuple[Segment, ...],
    triggered: Sequence[TriggeredClose],
    pattern: str,
    at_sequence: int,
) -> TriggeredClose:
    """Work out what a triggered close inserts before the entry `at_sequence`.

    A position inside the package of an earlier trigger moves behind that package.
    """
    position = find_position(plan, segments, at_sequence)
    at_sequence = _after_triggered(plan, segments, at_sequence)
    turnover = movements_before(plan, segments, at_sequence)
    in_schedule = schedule_position(segments, at_sequence)
    frontiers, documents = plan.cases.frontiers(in_schedule), plan.cases.series_ranks(in_schedule)
    packages = []
    for company, before in enumerate(turnover[:, :, 0] - turnover[:, :, 1]):
        exposure = plan.exposures.between(company, frontiers, documents, position.day)
        packages.append(_package(plan, before, exposure, position, pattern, company, len(triggered)))
    groups: dict[tuple[int, str], list[PackageEntry]] = {}
    for package in packages:
        for place, entry in enumerate(package):
            groups.setdefault((entry.day, entry.document_type), []).append((place, entry))
    ordered = sorted(groups, key=lambda group: (group[0], ON_DEMAND_TYPES.index(group[1])))
    numbering = Numbering(plan, (entry for triggered_close in triggered for entry in triggered_close.entries))
    insertions, positions = [], []
    shifted = 0
    for day, document_type in ordered:
        members = groups[day, document_type]
        if document_type == _CLOSE:
            where, created = at_sequence, position.created_at
        else:
            where, created = _later_place(plan, segments, day, document_type)
        insertions.append(numbering.lay_out(members, PATTERNS.index(pattern), created))
        positions.append(where + shifted)
        shifted += len(members)
    trigger = Trigger(pattern, at_sequence, shifted, plan.schedule.horizon.first_day + position.day)
    inserted = tuple(entry for group in ordered for _, entry in groups[group])
    return TriggeredClose(trigger, inserted, tuple(insertions), tuple(positions))


def _after_triggered(plan: JournalPlan, segments: tuple[Segment, ...], sequence: int) -> int:
    """Return the first position from `sequence` on that is not inside the package of an earlier trigger.

    A package inside a package would break the order of their document numbers.
    """
    known = len(plan.schedule.document_series)
    package_series = {
        triggered_series(known, company, _CLOSE) for company in range(len(plan.config.companies))
    }
    passed = 0
    for segment in segments:
        passed += segment.count
        if sequence < passed:
            if segment.insertion is None:
                return sequence
            if int(segment.insertion.placements.series[segment.first]) not in package_series:
                return sequence
            sequence = passed
    return sequence


def _package(
    plan: JournalPlan,
    before: NDArray[np.int64],
    exposure: tuple[int, int],
    position: Position,
    pattern: str,
    company: int,
    number: int,
) -> list[ClosingEntry]:
    """Make one company's entries, with those at later dates."""
    close = Close(
        company,
        pattern,
        possible_items(plan.config, pattern, company),
        position.day,
        position.day,
        _next_period(plan, position.day),
    )
    calculator = plan.closes.calculator
    (drawn,) = calculator.draw(company, [close], [(position.day, _CALLED_FOR + number)])
    reserved = _reserved(plan, position, company)
    books = BooksAtClose(before.copy(), np.zeros_like(before), exposure, reserved=reserved)
    made = calculator.entries(close, drawn, books)
    entries = [entry._replace(document_type=_CLOSE if entry.day == position.day else _BACK) for entry in made]
    return entries + true_up_years(plan, entries, position.day)


def _next_period(plan: JournalPlan, day: int) -> int:
    """Return the first day of the next period, or -1 past the end. [days from the start]"""
    horizon = plan.schedule.horizon
    following = month_end(horizon.start + timedelta(days=day)) + timedelta(days=1)
    return (following - horizon.start).days if following < horizon.end else -1


def _reserved(plan: JournalPlan, position: Position, company: int) -> tuple[int, ...]:
    """Return the depreciation that the calendar will still post, by asset class. [minor units]"""
    accounts = [plan.chart.only(f"{asset_class}_depreciation") for asset_class in ASSET_CLASSES]
    reserved = [0] * len(accounts)
    for entry in plan.closes.entries:
        if entry.company == company and entry.day >= position.day:
            for account, amount in entry.lines:
                if account in accounts:
                    reserved[accounts.index(account)] -= amount
    return tuple(reserved)


def _later_place(
    plan: JournalPlan, segments: tuple[Segment, ...], day: int, document_type: str
) -> tuple[int, int]:
    """Return the position of entries of a later date, and when they are entered."""
    schedule = plan.schedule
    at_end = document_type == "XS"
    beyond = day + 1 if at_end else day
    base = int(schedule.entries_before[beyond])
    created = (schedule.horizon.first_day + day) * _DAY_SECONDS
    created += _NIGHT if at_end else _MORNING
    passed = 0
    for segment in segments:
        if segment.insertion is None:
            if segment.first + segment.count > base:
                return passed + max(base - segment.first, 0), created
        elif int(segment.insertion.placements.day[segment.first + segment.count - 1]) > day:
            later = segment.insertion.placements.day[segment.first : segment.first + segment.count]
            return passed + int(np.searchsorted(later, day, side="right")), created
        passed += segment.count
    return passed, created
