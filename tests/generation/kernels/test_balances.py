"""Sums over runs of cases, against dealing every case by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.balances import add_cases, sum_templates
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import step_days
from tests.naive.templates import posted, template_and_jitter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.journal_plan import JournalPlan

TYPES = ["RV", "ZV", "SA", "AB", "HR", "BV"]


def series_of(plan: JournalPlan, document_type: str) -> int:
    """Return the first company's first series of a document type in its own currency."""
    return next(
        at
        for at, series in enumerate(plan.schedule.document_series)
        if series.company == 0 and series.document_type == document_type and series.case_kind.abroad < 0
    )


def lines_of(plan: JournalPlan, at: int, case: int) -> list[tuple[int, int]]:
    """Return columns and amounts of the lines of a case's document."""
    template_lines = plan.template_lines
    sides = len(plan.schedule.document_series[at].posted.debit)
    postings = posted(plan, at, case)
    row = int(plan.series.row[at]) + template_and_jitter(plan, at, case)[0]
    accounts = template_lines.rows.account[
        int(template_lines.rows.offsets[row]) : int(template_lines.rows.offsets[row + 1])
    ].tolist()
    columns = template_lines.sides[at].tolist()
    return [
        (columns.index(2 * account + (posting >= sides)), amount)
        for account, (posting, amount) in zip(accounts, postings, strict=True)
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
    totals = np.zeros((len(frontiers), len(sums.sides[at])), dtype=np.int64)
    numbers = np.array(frontiers, dtype=np.int64)
    add_cases(totals, numbers, sums.series[at], sums.lines, plan.template_lines.prefix[at])
    return [[int(total) for total in row] for row in totals]


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


@pytest.mark.parametrize("spacing", [0, 1, 2])
def test_prefix_sums_are_plain_sums(plan: JournalPlan, spacing: int) -> None:
    """Up to each checkpoint, templates come to what adding each of them comes to."""
    at = series_of(plan, "RE")
    series, lines = plan.cases.sums.series[at], plan.cases.sums.lines
    templates = 1 << series.class_bits
    prefix = np.empty((CLASSES, (templates >> spacing) + 1, len(plan.cases.sums.sides[at])), dtype=np.int64)
    sum_templates(lines.offsets, lines.column, lines.amount, series.first_row, series.class_bits, prefix)
    for number in (0, CLASSES - 1):
        plain = [0] * prefix.shape[2]
        for nth in range(templates):
            if nth % (1 << spacing) == 0:
                assert plain == prefix[number, nth >> spacing].tolist()
            row = series.first_row + number * templates + nth
            for line in range(int(lines.offsets[row]), int(lines.offsets[row + 1])):
                plain[int(lines.column[line])] += int(lines.amount[line])
        assert plain == prefix[number, -1].tolist()
        assert plain == plan.template_lines.prefix[at][number, -1].tolist()


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
