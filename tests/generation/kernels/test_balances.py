"""Sums over runs of cases, against dealing every case by hand."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.generation.kernels.balances import (
    add_cases,
    add_first,
    frontier_before,
    frontier_single,
)
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
        for at, series in enumerate(plan.schedule.all_series)
        if series.company == 0 and series.document_type == document_type and series.case_kind.abroad < 0
    )


def lines_of(plan: JournalPlan, at: int, case: int) -> list[tuple[int, int]]:
    """Return slots and amounts of the lines of a case's document."""
    template_lines = plan.template_lines
    sides = len(plan.schedule.all_series[at].posted.debit)
    postings = posted(plan, at, case)
    row = int(template_lines.series_row[at]) + template_and_jitter(plan, at, case)[0]
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


def added(plan: JournalPlan, at: int, frontier: Sequence[int], sign: int = 1) -> list[int]:
    """Add up the first cases of every class with the kernel."""
    template_lines = plan.template_lines
    totals = np.zeros(len(template_lines.sides[at]), dtype=np.int64)
    add_cases(
        totals,
        sign,
        np.array(frontier, dtype=np.int64),
        template_lines.series_key[at],
        template_lines.jitters[int(template_lines.series_jitter[at]) :],
        template_lines.rows.offsets,
        template_lines.column,
        template_lines.rows.amount,
        template_lines.rows.jitter_unit,
        int(template_lines.series_row[at]),
        int(template_lines.series_bits[at]),
        template_lines.prefix[at],
    )
    return [int(total) for total in totals]


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

    assert by_hand(plan, at, frontier) == added(plan, at, frontier)


def test_taking_away_is_adding_the_other_way(plan: JournalPlan) -> None:
    """With the sign -1 the same amounts come off."""
    at = series_of(plan, "RV")
    frontier = list(range(CLASSES))

    assert added(plan, at, frontier) == [-total for total in added(plan, at, frontier, -1)]


def test_prefix_sums_are_plain_sums(plan: JournalPlan) -> None:
    """The first so many templates of a class come to what adding each of them comes to."""
    template_lines = plan.template_lines
    at = series_of(plan, "RE")
    bits = int(template_lines.series_bits[at])
    for number in (0, CLASSES - 1):
        plain = [0] * len(template_lines.sides[at])
        for nth in range((1 << bits) + 1):
            totals = np.zeros(len(plain), dtype=np.int64)
            add_first(
                totals,
                1,
                nth,
                number,
                template_lines.rows.offsets,
                template_lines.column,
                template_lines.rows.amount,
                int(template_lines.series_row[at]),
                bits,
                template_lines.prefix[at],
            )
            assert plain == totals.tolist()
            if nth < 1 << bits:
                row = int(template_lines.series_row[at]) + (number << bits) + nth
                for line in range(
                    int(template_lines.rows.offsets[row]), int(template_lines.rows.offsets[row + 1])
                ):
                    plain[int(template_lines.column[line])] += int(template_lines.rows.amount[line])
        assert plain == template_lines.prefix[at][number, -1].tolist()


@given(st.integers(0, 1_000))
def test_frontier_of_single_documents_is_counted(documents: int) -> None:
    """Each class has every sixty-fourth of the first so many documents."""
    frontier = np.empty(CLASSES, dtype=np.int64)
    frontier_single(documents, frontier)

    assert [len(range(number, documents, CLASSES)) for number in range(CLASSES)] == frontier.tolist()


def test_frontier_of_cases_is_counted_by_listing(plan: JournalPlan) -> None:
    """Of each class, as many cases have a step before a day as a list of all cases has."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.all_series):
        if series.kind is not SeriesKind.CASE or series.document_type not in {"DZ", "ZC"}:
            continue
        listed = step_days(schedule, at)
        for day in (0, 1, 40, schedule.horizon.days):
            frontier = np.empty(CLASSES, dtype=np.int64)
            window = schedule.windows[schedule.series_window[at]]
            frontier_before(schedule.starts[series.case_company, series.case], window, day, frontier)
            counted = Counter(case % CLASSES for case, on in listed.items() if on < day)

            assert [counted[number] for number in range(CLASSES)] == frontier.tolist()


def test_cases_of_a_class_are_posted_in_the_order_of_their_numbers(plan: JournalPlan) -> None:
    """Within a class, frontier and numbers say the same: the first so many cases are those posted so far."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.all_series):
        if series.kind is SeriesKind.CASE and series.company == 0:
            days = step_days(schedule, at)
            for number in (0, 31, CLASSES - 1):
                mine = [days[case] for case in sorted(days) if case % CLASSES == number]
                assert sorted(mine) == mine
                assert not mine or mine[0] >= -LEAD_DAYS
