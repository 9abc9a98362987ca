"""The order of classes on a day, against lists."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.class_order import (
    advance_classes,
    class_at,
    class_documents,
    class_order,
    place_of_class,
)
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive import schedule as naive

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.journal_order import Days

KEYS = st.integers(0, 2**64 - 1)
SHOWN = (-60, 0, 45, 91, 122)


@given(key=KEYS, day=st.integers(-120, 4_000))
def test_every_class_has_one_place(key: int, day: int) -> None:
    """The order is a permutation, the listed one, and places are found from classes."""
    with np.errstate(over="ignore"):
        order = np.uint64(class_order(np.uint64(key), day))
        classes = [int(class_at(order, place)) for place in range(CLASSES)]
        places = [int(place_of_class(order, number)) for number in classes]

    assert naive.class_order(key, day) == classes
    assert list(range(CLASSES)) == places


def test_a_class_comes_everywhere() -> None:
    """Over many days a class is equally often at each place: a place tells nothing of the class."""
    with np.errstate(over="ignore"):
        places = Counter(
            int(place_of_class(np.uint64(class_order(np.uint64(5), day)), number)) // 8
            for day in range(2_000)
            for number in (0, 17, 63)
        )

    # Standard deviation of a count of 6,000 · 1/8: 26.
    assert all(abs(count - 750) < 5 * 26 for count in places.values())


def test_cells_cumulate_the_classes_of_a_day(plan: JournalPlan, days: Days) -> None:
    """Up to each place, as many documents as the classes before it have that day; lead days too."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE and series.company == 0:
            leaf = int(schedule.tree.leaf[at])
            key = schedule.tree.nodes.key[leaf]
            starts = schedule.starts[series.case_company, series.case]
            window = schedule.windows[schedule.series.window[at]]
            for day in SHOWN:
                with np.errstate(over="ignore"):
                    order = np.uint64(class_order(key, day))
                    counts = [
                        int(class_documents(day, class_at(order, place), starts, window))
                        for place in range(CLASSES)
                    ]
                classes = [place.number % CLASSES for place in days.listed(day, leaf)]
                listed = naive.class_order(int(key), day)

                assert [0, *accumulate(counts)] == [
                    sum(listed.index(number) < place for number in classes) for place in range(CLASSES + 1)
                ]
                for rank in range(0, len(classes) + 1, 3):
                    frontier = np.zeros(CLASSES, dtype=np.int64)
                    advance_classes(day, rank, key, starts, window, frontier)
                    assert Counter(classes[:rank]) == {
                        number: count for number, count in enumerate(frontier.tolist()) if count
                    }
