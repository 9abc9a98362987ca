"""Sums over runs of cases, against dealing every case by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.sums.balances import sum_units
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import step_days
from tests.naive.templates import posted_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.journal_plan import JournalPlan

TYPES = ["RV", "ZV", "SA", "RE", "HR", "BV"]


def series_of(plan: JournalPlan, document_type: str) -> int:
    """Return the first company's first series of a document type in its own currency."""
    return next(
        at
        for at, series in enumerate(plan.schedule.document_series)
        if series.in_cases
        and series.company == 0
        and series.document_type == document_type
        and series.case_kind.abroad < 0
    )


def lines_of(plan: JournalPlan, at: int, case: int) -> list[tuple[int, int]]:
    """Return columns and amounts of the lines of a case's document."""
    sides = len(plan.schedule.document_series[at].posted.debit)
    columns = plan.template_lines.sides[at].tolist()
    return [
        (columns.index(2 * account + (posting >= sides)), amount)
        for account, posting, amount in posted_to(plan, at, case)
    ]


def by_hand(plan: JournalPlan, at: int, frontier: Sequence[int]) -> list[int]:
    """Deal the first cases of every class one by one and add up their lines."""
    totals = [0] * len(plan.template_lines.sides[at])
    for number, cases in enumerate(frontier):
        for nth in range(cases):
            for column, amount in lines_of(plan, at, nth * CLASSES + number):
                totals[column] += amount
    return totals


def added(plan: JournalPlan, at: int, frontiers: Sequence[Sequence[int]]) -> list[list[int]]:
    """Add up the first cases of every class with the kernel."""
    sums = plan.cases.sums
    totals = sums.before(at, np.array(frontiers, dtype=np.int64), sums.whole_step(at))
    return [[int(total) for total in row] for row in totals[:, : len(sums.sides[at])]]


@pytest.mark.parametrize("document_type", TYPES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_sums_of_any_run_are_those_of_dealing(
    plan: JournalPlan, document_type: str, data: st.DataObject
) -> None:
    """However many cases of each class, over cycles and checkpoints, both sides' sums are exact."""
    few = st.lists(st.integers(0, 70), min_size=3, max_size=3)
    frontier = [0] * CLASSES
    for number, cases in zip((0, 17, CLASSES - 1), data.draw(few), strict=True):
        frontier[number] = cases
    at = series_of(plan, document_type)

    assert [by_hand(plan, at, frontier)] == added(plan, at, [frontier])


def test_frontiers_are_summed_each_by_itself(plan: JournalPlan) -> None:
    """Several at once come to what each comes to alone."""
    at = series_of(plan, "RV")
    frontiers = [list(range(CLASSES)), [0] * CLASSES, [40] * CLASSES]

    assert added(plan, at, frontiers) == [added(plan, at, [frontier])[0] for frontier in frontiers]


@pytest.mark.parametrize("document_type", ["RV", "RE", "HR", "BV"])
def test_every_prefix_within_two_passes_is_exact(plan: JournalPlan, document_type: str) -> None:
    """Frontiers that ascend case by case go through every unit and every place in it."""
    at, number = series_of(plan, document_type), 17
    cases = 2 * (1 << plan.cases.sums.series[at].class_bits) + 1
    frontiers = np.zeros((cases + 1, CLASSES), dtype=np.int64)
    frontiers[:, number] = np.arange(cases + 1)
    totals = [0] * len(plan.template_lines.sides[at])
    expected = [totals.copy()]
    for nth in range(cases):
        for column, amount in lines_of(plan, at, nth * CLASSES + number):
            totals[column] += amount
        expected.append(totals.copy())

    assert expected == added(plan, at, frontiers.tolist())


def test_frontiers_need_no_order(plan: JournalPlan) -> None:
    """Sums that go back come to what they come to alone."""
    at = series_of(plan, "RV")
    frontiers = [[cases] * CLASSES for cases in (40, 3, 90, 41, 41)]

    assert added(plan, at, frontiers) == [added(plan, at, [frontier])[0] for frontier in frontiers]


def test_units_are_plain_sums(plan: JournalPlan) -> None:
    """The templates of a unit, and of a class, come to what adding each of them comes to."""
    at = series_of(plan, "RE")
    series, lines = plan.cases.sums.series[at], plan.cases.sums.lines
    size = min(1 << series.class_bits, 32)
    units = np.empty((CLASSES, (1 << series.class_bits) // size + 1, 64), dtype=np.int64)
    sum_units(lines.offsets, lines.column, lines.amount, series.first_row, series.class_bits, units)
    row = series.first_row
    for number in range(CLASSES):
        for unit in range(units.shape[1] - 1):
            plain = [0] * units.shape[2]
            for line in range(int(lines.offsets[row]), int(lines.offsets[row + size])):
                plain[int(lines.column[line])] += int(lines.amount[line])
            assert plain == units[number, unit].tolist()
            row += size
        assert units[number, :-1].sum(axis=0).tolist() == units[number, -1].tolist()


def test_cases_of_a_class_are_posted_in_the_order_of_their_numbers(plan: JournalPlan) -> None:
    """Within a class, frontier and numbers say the same: the first so many cases are those posted so far."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE and series.company == 0:
            days = step_days(schedule, at)
            for number in (0, 31, CLASSES - 1):
                mine = [days[case] for case in sorted(days) if case % CLASSES == number]
                assert sorted(mine) == mine
                assert not mine or mine[0] >= -LEAD_DAYS
