"""The journal: every entry of a stream, computed on demand."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from datasynth.generation.block import ABSENT, Block, Vocabulary
from datasynth.generation.build_context import ALONE
from datasynth.generation.journal_plan import JournalPlan, plan_journal
from datasynth.generation.kernels.schedule.counts import find_place
from datasynth.generation.kernels.schedule.placements import Placements
from datasynth.generation.materialise import materialise
from datasynth.generation.memory_size import memory_bytes
from datasynth.generation.open_items import OpenItem, list_open_items
from datasynth.generation.placements import place_entries
from datasynth.generation.triggers.closed_results import closed_results
from datasynth.generation.triggers.entry_counts import entries_by_day, entries_by_type
from datasynth.generation.triggers.positions import movements_before, schedule_position
from datasynth.generation.triggers.segments import Segment, Trigger, insert
from datasynth.generation.triggers.triggered_close import TriggeredClose, trigger_close
from datasynth.ledger.closes import PATTERNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.build_context import BuildContext
    from datasynth.ledger.chart import Chart


@dataclass(frozen=True, slots=True)
class Balances:
    """All accounts of all companies at a position; a balance is opening + debit - credit.

    Attributes
    ----------
    opening, debit, credit : (companies, accounts) int64
        Balance at the start, debit positive, and the sums of both sides since.
        [minor units of the company's currency]
    """

    opening: NDArray[np.int64]
    debit: NDArray[np.int64]
    credit: NDArray[np.int64]


class Journal:
    """All entries of a configuration and a trigger log, by number.

    A journal is immutable and safe to use from any thread; it stores no entries.

    Parameters
    ----------
    config
    build
        Shares parts with other builds, and can end this one; see `JournalMaker`.

    Notes
    -----
    The constructor makes the schedule and the template pools, which takes from a fraction
    of a second to some seconds.
    """

    def __init__(self, config: Config, build: BuildContext = ALONE) -> None:
        plan = plan_journal(config, build)
        self._set(plan, (Segment(0, plan.schedule.total),), ())

    def _set(
        self, plan: JournalPlan, segments: tuple[Segment, ...], triggers: tuple[TriggeredClose, ...]
    ) -> None:
        self._plan = plan
        self._segments = segments
        self._triggered = triggers
        self._ends = np.add.accumulate([segment.count for segment in segments]).tolist()

    @property
    def config(self) -> Config:
        """The configuration of the journal."""
        return self._plan.config

    @property
    def total(self) -> int:
        """Number of entries, triggered ones included."""
        return int(self._ends[-1])

    @property
    def vocabulary(self) -> Vocabulary:
        """The words behind the blocks' codes."""
        return self._plan.vocabulary

    @cached_property
    def nbytes(self) -> int:
        """Memory of the journal with the parts that it shares with others. [bytes]"""
        return memory_bytes(self._plan, self._segments, self._triggered)

    @property
    def chart(self) -> Chart:
        """The chart of accounts; blocks hold indexes of its accounts."""
        return self._plan.chart

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """The trigger log, oldest first."""
        return tuple(triggered_close.trigger for triggered_close in self._triggered)

    def block(self, first: int, count: int) -> Block:
        """Compute `count` entries from the sequence number `first`.

        The entries do not depend on how the journal is cut into blocks.

        Raises
        ------
        ValueError
            There are no such entries.
        """
        if first < 0 or count < 0 or first + count > self.total:
            message = f"no entries {first} to {first + count}; there are {self.total}"
            raise ValueError(message)
        parts = [
            self._part(segment, begin, end, first + done)
            for segment, begin, end, done in self._overlap(first, count)
        ]
        if not parts:
            return self._part(Segment(0, 0), 0, 0, first)
        return parts[0] if len(parts) == 1 else _join(parts)

    def posting_day(self, sequence: int) -> int:
        """Return the posting date of an entry. [days since 1970-01-01]"""
        ((segment, place, _, _),) = self._overlap(sequence, 1)
        first_day = self._plan.schedule.horizon.first_day
        if segment.insertion is not None:
            return first_day + int(segment.insertion.placements.day[place])
        return first_day + int(find_place(self._plan.schedule.entries_before, place))

    def entries_through(self, day: int) -> int:
        """Count the entries posted up to the end of a day. [days since 1970-01-01]"""
        horizon = self._plan.schedule.horizon
        passed = min(max(day + 1 - horizon.first_day, 0), horizon.days)
        inserted_days = [
            segment.insertion.placements.day[segment.first : segment.first + segment.count]
            for segment in self._segments
            if segment.insertion is not None
        ]
        inserted = sum(int(np.count_nonzero(days < passed)) for days in inserted_days)
        return int(self._plan.schedule.entries_before[passed]) + inserted

    def balances(self, position: int) -> Balances:
        """Sum the entries before a position, 0 … total, without computing them."""
        self._check(position)
        turnover = movements_before(self._plan, self._segments, position)
        return Balances(self._plan.opening, turnover[:, :, 0], turnover[:, :, 1])

    def closed_results(self, position: int) -> NDArray[np.int64]:
        """Sum what year-end closes before a position have posted to income and expense accounts.

        Returns
        -------
        (companies, accounts) int64
            Debit positive; see `datasynth.generation.triggers.closed_results`.
        """
        self._check(position)
        return closed_results(self._plan, self._segments, self._triggered, position)

    def entries_by_day(self, position: int) -> NDArray[np.int64]:
        """Count the entries of each day before a position: (days,), from the first day to the last."""
        self._check(position)
        return entries_by_day(self._plan, self._segments, position)

    def entries_by_type(self, position: int) -> dict[str, int]:
        """Count the entries of each document type before a position, by the type's code."""
        self._check(position)
        return entries_by_type(self._plan, self._segments, position)

    def open_items(
        self, position: int, company: int | None, after: int, limit: int
    ) -> tuple[list[OpenItem], int | None]:
        """List the open items at a position; see `list_open_items`.

        Triggered closes open no items; triggers only shift positions.
        """
        self._check(position)
        base = schedule_position(self._segments, position)
        return list_open_items(self._plan, base, company, after, limit)

    def _check(self, position: int) -> None:
        if not 0 <= position <= self.total:
            message = f"no position {position}; there are {self.total} entries"
            raise ValueError(message)

    def trigger(self, pattern: str, at_sequence: int) -> tuple[Self, Trigger]:
        """Insert a close before an entry.

        Parameters
        ----------
        pattern
            One of `PATTERNS`.
        at_sequence
            Sequence number of the entry before which the close is inserted, with its posting
            date.  If that entry is inside the package of an earlier trigger, the close
            comes after the package.

        Returns
        -------
        Journal
            The journal with the close; entries before `at_sequence` are the same.
        Trigger
            What was inserted.

        Raises
        ------
        ValueError
            There is no such pattern or no such entry.
        """
        if pattern not in PATTERNS or not 0 <= at_sequence < self.total:
            message = f"cannot insert {pattern!r} at {at_sequence}"
            raise ValueError(message)
        triggered_close = trigger_close(self._plan, self._segments, self._triggered, pattern, at_sequence)
        segments = self._segments
        for insertion, position in zip(triggered_close.insertions, triggered_close.positions, strict=True):
            segments = insert(segments, position, insertion)
        triggered = object.__new__(type(self))
        triggered._set(self._plan, segments, (*self._triggered, triggered_close))
        return triggered, triggered_close.trigger

    def _overlap(self, first: int, count: int) -> list[tuple[Segment, int, int, int]]:
        """Return the segments of a run with begin and end within each, and the entries before it."""
        overlap = []
        at = int(np.searchsorted(self._ends, first, side="right"))
        done = 0
        while done < count:
            segment = self._segments[at]
            begin = first + done - (self._ends[at] - segment.count)
            taken = min(segment.count - begin, count - done)
            overlap.append((segment, segment.first + begin, segment.first + begin + taken, done))
            done += taken
            at += 1
        return overlap

    def _part(self, segment: Segment, begin: int, end: int, first: int) -> Block:
        insertion = segment.insertion
        if insertion is None:
            placements = place_entries(self._plan, begin, end - begin)
            return materialise(self._plan, self._plan.source, placements, first, ABSENT)
        placements = _slice(insertion.placements, begin, end)
        block = materialise(self._plan, insertion.source, placements, first, insertion.pattern)
        return replace(block, created_at=insertion.created_at[begin:end].copy())


def _slice(placements: Placements, begin: int, end: int) -> Placements:
    columns = [column[begin:end] for column in placements]
    offsets = placements.first_line[begin : end + 1]
    return Placements._make(columns)._replace(first_line=offsets - offsets[0])


def _join(parts: list[Block]) -> Block:
    columns: dict[str, NDArray[Any]] = {}
    for field in fields(Block):
        if field.name not in {"first", "first_line"}:
            columns[field.name] = np.concatenate([getattr(part, field.name) for part in parts])
    offset = 0
    offsets = [np.zeros(1, dtype=np.int64)]
    for part in parts:
        offsets.append(part.first_line[1:] + offset)
        offset += part.lines
    return Block(first=parts[0].first, first_line=np.concatenate(offsets), **columns)
