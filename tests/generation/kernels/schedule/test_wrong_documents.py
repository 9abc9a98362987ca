"""Wrong documents, against a list of all cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.class_order import number_at
from datasynth.generation.kernels.schedule.wrong_documents import CHANCE_BITS, nth_wrong, thinned
from datasynth.generation.kernels.schedule.wrong_placements import (
    days_of_wrong,
    find_cell,
    order_size,
)
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.wrong_documents import by_version, wrong_documents

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements

CHANCES = st.integers(1, 1 << CHANCE_BITS)
PHASES = st.integers(0, (1 << CHANCE_BITS) - 1)


@given(CHANCES, PHASES, st.integers(1, 300))
def test_wrong_cases_are_counted_one_by_one(chance: int, phase: int, cases: int) -> None:
    """A case is wrong where the count of those before it grows, and the inverse finds it."""
    wrong = [case for case in range(cases) if thinned(case + 1, chance, phase) > thinned(case, chance, phase)]

    assert wrong == [nth_wrong(place, chance, phase) for place in range(len(wrong))]
    assert len(wrong) == thinned(cases, chance, phase)


@given(PHASES)
def test_with_all_chances_every_case_is_wrong(phase: int) -> None:
    """The largest chance leaves no case out."""
    assert list(range(9)) == [nth_wrong(place, 1 << CHANCE_BITS, 0) for place in range(9)]
    assert 9 == thinned(9, 1 << CHANCE_BITS, phase)


@given(st.integers(0, 2**64 - 1), st.integers(1, 200))
def test_a_days_order_has_each_cell_once(order: int, cells: int) -> None:
    """Places of an order are those of a permutation of the next power of two."""
    size = int(order_size(cells))

    assert cells <= size < 2 * cells
    assert set(range(size)) == {int(number_at(np.uint64(order), place, size)) for place in range(size)}


def test_wrong_documents_and_reversals_are_where_cases_have_them(
    plan: JournalPlan, placements: Placements
) -> None:
    """Every wrong document of every case occurs on its day and is reversed on its day, and no other."""
    found = np.flatnonzero(placements.version > 0)
    columns = (placements.day, placements.series, placements.number, placements.version)

    assert by_version(plan.schedule) == sorted(
        zip(*(column[found].tolist() for column in columns), strict=True)
    )
    assert len(found) > 300


def test_days_lie_between_the_steps(plan: JournalPlan) -> None:
    """A wrong document is reversed before the right one is posted, or on the day at the latest."""
    for one in wrong_documents(plan.schedule):
        series = plan.schedule.document_series[one.series]

        assert one.wrong < one.back <= one.right
        assert one.back < one.right or not (series.repeats_amounts or series.step == 0)


def test_days_of_a_case_are_computed_without_the_others(plan: JournalPlan) -> None:
    """From cell and case alone come the days that the list has."""
    tables = plan.schedule_tables
    wrong_series = {
        tuple(tables.wrong.of_series[at]): at
        for at, series in enumerate(plan.schedule.document_series)
        if series.kind is SeriesKind.WRONG
    }
    for one in wrong_documents(plan.schedule):
        at = next(at for (low, high), at in wrong_series.items() if _has(plan, low, high, one.series))
        cell = find_cell(at, one.series, one.case, tables.wrong)

        assert (one.wrong, one.back, one.right) == days_of_wrong(cell, one.case, tables)


def _has(plan: JournalPlan, low: int, high: int, series: int) -> bool:
    return bool((plan.schedule.wrong.cells.series[low:high] == series).any())


def test_rates_and_right_days_are_noted(plan: JournalPlan, placements: Placements) -> None:
    """A reversal has the rates of the day of the wrong document; right documents have their own."""
    days = {(one.series, one.case): one for one in wrong_documents(plan.schedule)}
    for entry in range(len(placements.day)):
        noted = (int(placements.rate_day[entry]), int(placements.right_day[entry]))
        if placements.version[entry]:
            one = days[int(placements.series[entry]), int(placements.number[entry])]

            assert (one.wrong, one.right) == noted
        else:
            assert (placements.day[entry], placements.day[entry]) == noted
