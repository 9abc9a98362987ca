"""Places of entries; kernels/test_placements.py and test_document_lines.py have the twins of each column."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.placements import place_entries
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements


@settings(max_examples=30, deadline=None)
@given(first=st.integers(0, 11_999), count=st.integers(0, 400))
def test_any_range_is_a_part_of_the_whole(
    plan: JournalPlan, placements: Placements, first: int, count: int
) -> None:
    """A range placed by itself has the places that it has in the whole, lines from 0 on."""
    count = min(count, plan.schedule.total - first)
    part = place_entries(plan, first, count)
    for name, column in part._asdict().items():
        whole = getattr(placements, name)[first : first + count]
        if name == "first_line":
            whole = placements.first_line[first : first + count + 1] - placements.first_line[first]

        assert whole.tolist() == column.tolist()


def test_every_document_is_placed_once(plan: JournalPlan, placements: Placements) -> None:
    """No case posts a version of a step twice, and each series has the documents that the schedule counts.

    Wrong documents and their reversals are counted by series of their own.
    """
    columns = (placements.series, placements.number, placements.version)
    found = list(zip(*(column.tolist() for column in columns), strict=True))
    counted, kinds = plan.schedule.before[-1].tolist(), plan.series.kind.tolist()
    per_series = [0] * len(plan.schedule.document_series)
    versions = Counter[int]()
    for series, _, version in found:
        per_series[series] += version == 0
        versions[version] += 1

    assert len(found) == len(set(found))
    for at, count in enumerate(per_series):
        if kinds[at] not in {SeriesKind.WRONG, SeriesKind.REVERSAL}:
            assert counted[at] == count
    for version, kind in ((1, SeriesKind.WRONG), (2, SeriesKind.REVERSAL)):
        assert versions[version] == sum(counted[at] for at in range(len(counted)) if kinds[at] == kind) > 0


def test_steps_of_a_case_come_in_order(plan: JournalPlan, placements: Placements) -> None:
    """A later step of a case is at least a day after the one before it, in whoever's books it is."""
    posted: dict[tuple[int, int, int], dict[int, int]] = {}
    for entry in np.flatnonzero(placements.version == 0).tolist():
        series = plan.schedule.document_series[placements.series[entry]]
        if series.kind is SeriesKind.CASE:
            case = (series.case_company, series.case, int(placements.number[entry]))
            posted.setdefault(case, {})[series.step] = int(placements.day[entry])
    linked = 0
    for steps in posted.values():
        for step, day in steps.items():
            if step + 1 in steps:
                assert day < steps[step + 1]
                linked += 1
    assert linked > 1_000


def test_days_never_go_back(placements: Placements) -> None:
    """Entries are in the order of their days."""
    places = list(zip(placements.day.tolist(), range(len(placements.day)), strict=True))

    assert sorted(places) == places


@pytest.mark.parametrize("first", [0, 6_000, 12_000])
def test_no_entries_have_no_places(plan: JournalPlan, first: int) -> None:
    """An empty range has empty columns, and one offset of lines."""
    part = place_entries(plan, first, 0)

    assert [0] == part.first_line.tolist()
    assert 0 == len(part.day)
