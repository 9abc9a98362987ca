"""Places of entries, against plain searches and the plain walk."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES, find_place
from datasynth.generation.placements import place_entries

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.generation.schedule.document_series import DocumentSeries
    from tests.naive.journal_order import Place

PLACES = ("day", "series", "number", "document_number", "slot", "slots", "version", "rate_day", "right_day")


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40).filter(any), st.data())
def test_days_are_found_by_looking_at_each(counts: list[int], data: st.DataObject) -> None:
    """An entry is on the day whose entries it is among; days without entries have none."""
    reached = [0, *accumulate(counts)]
    sequence = data.draw(st.integers(0, reached[-1] - 1))
    day = next(day for day in range(len(counts)) if reached[day] <= sequence < reached[day + 1])

    assert day == find_place(np.array(reached), sequence)


@given(st.lists(st.integers(0, 3), min_size=CLASSES, max_size=CLASSES).filter(any), st.data())
def test_classes_are_found_by_looking_at_each(counts: list[int], data: st.DataObject) -> None:
    """A document is of the class whose documents it is among; classes without any are passed over."""
    upto = [0, *accumulate(counts)]
    rank = data.draw(st.integers(0, upto[-1] - 1))
    number = next(number for number in range(CLASSES) if upto[number] <= rank < upto[number + 1])

    assert number == find_place(np.array(upto), rank)


def test_order_is_that_of_the_plain_walk(walked: list[Place], placements: Placements) -> None:
    """Day, series, number and version of every entry are those of a walk that lists and counts."""
    columns = (placements.day, placements.series, placements.number, placements.version)
    found = zip(*(column.tolist() for column in columns), strict=True)

    assert [(place.day, *place[2:]) for place in walked] == list(found)


@pytest.fixture(scope="module")
def counting(plan: JournalPlan, walked: list[Place]) -> list[DocumentSeries]:
    """Series that counts each entry, which for wrong documents and reversals is not that of their case."""
    return [plan.schedule.document_series[place.counted] for place in walked]


def test_slots_are_counted(placements: Placements, counting: list[DocumentSeries]) -> None:
    """Slots count over the day part of a day, and each entry knows how many there are."""
    day_parts = [
        (day, int(series.day_part)) for day, series in zip(placements.day.tolist(), counting, strict=True)
    ]
    whole, seen = Counter(day_parts), Counter[tuple[int, int]]()
    for entry, day_part in enumerate(day_parts):
        assert (seen[day_part], whole[day_part]) == (placements.slot[entry], placements.slots[entry])
        seen[day_part] += 1


def test_document_numbers_are_counted(
    plan: JournalPlan, placements: Placements, counting: list[DocumentSeries]
) -> None:
    """Numbers count over company, type and fiscal year, in the order of the stream, without gaps."""
    numbers = Counter[tuple[int, str, int]]()
    for entry, series in enumerate(counting):
        counted = (
            series.company,
            series.document_type,
            int(plan.block_tables.days.year[placements.day[entry]]),
        )
        numbers[counted] += 1

        assert numbers[counted] == placements.document_number[entry]


def test_document_numbers_go_on_from_band_to_band(
    placements: Placements, counting: list[DocumentSeries]
) -> None:
    """Interest is posted by night and by day; the day's numbers follow those of the night before it."""
    day_parts: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(dict)
    for entry, series in enumerate(counting):
        if series.document_type == "ZI":
            day = day_parts[series.company, int(placements.day[entry])]
            day.setdefault(int(series.day_part), []).append(int(placements.document_number[entry]))
    both = [day for day in day_parts.values() if len(day) > 1]

    assert len(both) > 5
    for day in both:
        numbers = [number for _, found in sorted(day.items()) for number in found]
        assert list(range(numbers[0], numbers[0] + len(numbers))) == numbers


def test_any_entry_is_found_by_itself(plan: JournalPlan, placements: Placements) -> None:
    """Placed alone, from the middle of any day, an entry has the place that it has in a run."""
    for sequence in range(0, plan.schedule.total, 97):
        alone = place_entries(plan, sequence, 1)
        for name in PLACES:
            assert getattr(placements, name)[sequence] == getattr(alone, name)[0]
