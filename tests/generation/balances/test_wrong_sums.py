"""Which wrong documents are not reversed yet, against a list of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.naive.wrong_documents import wrong_documents

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


@pytest.mark.parametrize("day", [5, 40, 77, 110])
def test_open_documents_are_those_of_the_list(plan: JournalPlan, day: int) -> None:
    """Before a day they are posted and not reversed; by page, by case and in number they are the same."""
    schedule = plan.schedule
    position = int(schedule.entries_before[day])
    opened = plan.cases.wrong.open_at(*plan.cases.series_ranks(position))
    expected: dict[int, list[tuple[int, int]]] = {}
    for one in wrong_documents(schedule):
        if one.wrong < day <= one.back:
            expected.setdefault(one.series, []).append((one.case, one.wrong))
    for at, series in enumerate(schedule.document_series):
        if not series.in_cases:
            continue
        count = opened.count(at)
        pages = [each for first in range(count) for each in opened.listed(at, first, 1)]
        every = np.arange(schedule.starts[series.case_company, series.case, -1])
        of_cases = opened.of_cases(at, every) if count else []

        assert sorted(expected.get(at, [])) == sorted((each.case, each.day) for each in pages)
        assert sorted(pages) == sorted(of_cases)
    assert expected
