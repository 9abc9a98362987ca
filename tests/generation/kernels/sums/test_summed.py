"""How many cases have come before a day, against listing them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.sums.summed import count_before
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

DAYS = (0, 1, 40, 123)


def test_cases_are_counted_by_listing(plan: JournalPlan) -> None:
    """Of each class, as many cases have a step before a day as a list of all cases has."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CASE and series.document_type in {"DZ", "ZC"}:
            frontiers = np.empty((len(DAYS), CLASSES), dtype=np.int64)
            count_before(np.array(DAYS), plan.cases.sums.series[at], frontiers)
            listed = step_days(plan.schedule, at)
            for day, frontier in zip(DAYS, frontiers.tolist(), strict=True):
                counted = Counter(case % CLASSES for case, on in listed.items() if on < day)

                assert [counted[number] for number in range(CLASSES)] == frontier


def test_single_documents_are_counted_by_listing(plan: JournalPlan) -> None:
    """Each class has every sixty-fourth of the documents before a day."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.SINGLE:
            frontiers = np.empty((len(DAYS), CLASSES), dtype=np.int64)
            count_before(np.array(DAYS), plan.cases.sums.series[at], frontiers)
            for day, frontier in zip(DAYS, frontiers.tolist(), strict=True):
                documents = int(plan.schedule.before[day, at])

                assert [len(range(number, documents, CLASSES)) for number in range(CLASSES)] == frontier
