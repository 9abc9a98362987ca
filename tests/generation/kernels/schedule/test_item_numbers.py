"""Numbers of documents and of the items that they name, against counting every document."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.kernels.schedule.item_numbers import MOST_ITEMS, fill_item_numbers, number_items
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.workspaces import no_days_kept
from tests.naive.journal_order import own_numbers

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.naive.headers import Headers
    from tests.naive.journal_order import Days

Numbers = dict[tuple[int, int, int], tuple[int, int]]


@pytest.fixture(scope="module")
def counted(days: Days) -> Numbers:
    """Own number and number of the order of every document, lead days included."""
    return own_numbers(days)


def test_documents_have_the_number_that_is_counted(
    plan: JournalPlan, placements: Placements, counted: Numbers
) -> None:
    """In the order of the stream, each document of a range has the next number."""
    for entry, at in enumerate(placements.series.tolist()):
        found = (int(placements.own_number[entry]), int(placements.order_number[entry]))
        if plan.schedule.document_series[at].kind is not SeriesKind.CLOSE:
            assert counted[at, int(placements.number[entry]), int(placements.version[entry])] == found


def test_numbers_are_found_from_cases(plan: JournalPlan, counted: Numbers) -> None:
    """Every case's document, of lead days too, is numbered without the documents before it."""
    cases = defaultdict(list)
    for at, number, version in counted:
        if version == 0 and plan.schedule.document_series[at].kind is SeriesKind.CASE:
            cases[at].append(number)
    assert len(cases) > 100
    for at, numbers in cases.items():
        found = np.empty(len(numbers), dtype=np.int64)
        for order in (0, 1):
            number_items(at, order, np.array(numbers), plan.schedule_tables, found)
            assert [counted[at, number, 0][order] for number in numbers] == found.tolist()


def test_entries_name_the_items_of_their_step(
    plan: JournalPlan, placements: Placements, headers: Headers
) -> None:
    """Each entry has the numbers of its step's items, in their order, and no others."""
    every_third = np.arange(len(placements.day)) % 3 == 0
    for entry in np.flatnonzero(every_third | (placements.version > 0)).tolist():
        at, number = int(placements.series[entry]), int(placements.number[entry])
        version = int(placements.version[entry])
        series = plan.schedule.document_series[at]
        items = () if series.kind is SeriesKind.CLOSE else series.posted.items
        counted = [headers.numbered(at, number, item, version)[0] for item in items]

        assert counted + [0] * (MOST_ITEMS - len(counted)) == placements.items[entry].tolist()


def test_what_is_kept_of_a_day_changes_nothing(plan: JournalPlan, placements: Placements) -> None:
    """With room for eight days, most of which push each other out, all numbers are the same."""
    kept = no_days_kept(8)
    again = placements._replace(items=np.empty_like(placements.items))
    fill_item_numbers(plan.schedule_tables, kept, again)

    assert np.array_equal(placements.items, again.items)


def test_numbers_before_the_start_are_lower(plan: JournalPlan, counted: Numbers, days: Days) -> None:
    """What is open at the start has a number above nil and below the first of the data set."""
    ranges = plan.schedule.ranges
    for at, one in enumerate(ranges):
        early = [
            counted[place.series, place.number, 0][0]
            for day in range(-LEAD_DAYS, 0)
            for place in days.listed(day, int(one.top))
        ]
        assert early == sorted(set(early))
        if early:
            assert 0 < early[0]
            assert early[-1] <= ranges.start[at]
