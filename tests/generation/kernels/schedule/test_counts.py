"""Closed-form counts, against counting."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS, count_step, of_class
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


@given(st.integers(0, 2_000), st.integers(0, CLASSES - 1))
def test_a_class_is_every_sixty_fourth_case(cases: int, number: int) -> None:
    """Among the first so many cases, as many are of a class as counting finds."""
    assert sum(case % CLASSES == number for case in range(cases)) == of_class(cases, number)


@given(st.integers(0, 10**12))
def test_classes_make_up_the_whole(cases: int) -> None:
    """The counts of all classes sum to the number of cases."""
    assert cases == sum(of_class(cases, number) for number in range(CLASSES))


@given(st.data(), st.integers(1, 12), st.integers(1, 6))
def test_documents_before_a_day_are_counted_by_listing(data: st.DataObject, starts: int, days: int) -> None:
    """A step's documents before a day are the cases whose class's window starts before theirs."""
    started = np.cumsum([0, *(data.draw(st.integers(0, 90)) for _ in range(starts))])
    firsts = np.array(
        [[(day * starts // days + number) % (starts + 1) for number in range(CLASSES)] for day in range(days)]
    )
    # Starts lie up to `LEAD_DAYS` back, those of the lead days themselves nowhere.
    window = np.zeros((LEAD_DAYS + days, CLASSES), dtype=np.uint8)
    window[LEAD_DAYS:] = LEAD_DAYS + np.arange(days)[:, None] - firsts
    window[:LEAD_DAYS] = np.arange(LEAD_DAYS)[:, None]
    all_before = np.empty(LEAD_DAYS + days, dtype=np.int64)
    count_step(started.astype(np.int64), window, all_before)
    before = all_before[LEAD_DAYS:]
    for day in range(days):
        listed = sum(case < started[firsts[day, case % CLASSES]] for case in range(started[-1]))
        assert listed == before[day]


def test_the_schedule_counts_so(plan: JournalPlan) -> None:
    """Counts of every case series over the days are those of a list of its cases."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE and series.company == 1:
            listed = Counter(step_days(schedule, at).values())
            counted = accumulate((listed[day] for day in range(schedule.horizon.days)), initial=0)

            assert list(counted) == schedule.before[:, at].tolist()
