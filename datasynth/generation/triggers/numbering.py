"""Numbers of triggered entries, and their rows for the kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.entries import ClosingEntry, make_closing_rows
from datasynth.generation.kernels.columns.headers import NUMBER_BITS
from datasynth.generation.kernels.schedule.item_numbers import MOST_ITEMS
from datasynth.generation.kernels.schedule.placements import Placements
from datasynth.generation.schedule.series_table import triggered_series
from datasynth.generation.templates.document_lines import line_source
from datasynth.generation.triggers.segments import Insertion

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasynth.generation.journal_plan import JournalPlan

PackageEntry = tuple[int, ClosingEntry]
"""Place in the company's package, and the entry there."""


class Numbering:
    """Numbers triggered entries.

    An entry's number counts per company and type; its document number starts anew in
    each fiscal year.  `earlier` are the entries of the triggers before, in their order.
    """

    def __init__(self, plan: JournalPlan, earlier: Iterable[ClosingEntry]) -> None:
        self._plan = plan
        self._made: dict[tuple[int, str], int] = {}
        self._in_year: dict[tuple[int, str, int], int] = {}
        self._identities: dict[tuple[int, int], int] = {}
        for entry in earlier:
            self._next(entry)

    def _next(self, entry: ClosingEntry) -> tuple[int, int]:
        kind = (entry.company, entry.document_type)
        year = (*kind, int(self._plan.block_tables.days.year[entry.day]))
        number = self._made.get(kind, 0)
        self._made[kind] = number + 1
        self._in_year[year] = self._in_year.get(year, 0) + 1
        return number, self._in_year[year]

    def lay_out(self, members: Sequence[PackageEntry], pattern: int, created: int) -> Insertion:
        """Lay entries of one day and type out for the kernels.

        `pattern` is a code; `created` is when they are entered. [s since 1970-01-01 UTC]
        """
        plan = self._plan
        entries = [entry for _, entry in members]
        known = len(plan.schedule.document_series)
        series = [triggered_series(known, entry.company, entry.document_type) for entry in entries]
        numbers = [self._next(entry) for entry in entries]
        for (place, entry), at, (number, _) in zip(members, series, numbers, strict=True):
            self._identities[entry.company, place] = (at << NUMBER_BITS) + number
        reverses = [
            self._identities[entry.company, entry.reverses] if entry.reverses >= 0 else -1
            for entry in entries
        ]
        figures = plan.closes.calculator.figures
        rows = make_closing_rows(entries, reverses, plan.profiles, figures, triggered=True)
        count = len(entries)
        placements = Placements(
            np.array([entry.day for entry in entries], dtype=np.int32),
            np.array(series, dtype=np.int32),
            np.array([number for number, _ in numbers], dtype=np.int64),
            np.array([on_paper for _, on_paper in numbers], dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.arange(count, dtype=np.int64),
            np.full(count, count, dtype=np.int64),
            np.arange(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.zeros(count, dtype=np.int64),
            np.zeros((count, MOST_ITEMS), dtype=np.int64),
            np.zeros(count, dtype=np.int8),
            np.zeros(count, dtype=np.int32),
            np.zeros(count, dtype=np.int32),
            rows.lines.offsets,
        )
        source = line_source(rows.lines, 0, rows.records)
        return Insertion(placements, source, np.full(count, created, dtype=np.int64), pattern)
