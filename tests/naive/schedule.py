"""The order of a journal, spelt out: every case is listed, every day is merged by counting."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw
from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from datasynth.generation.schedule.scheduling import Schedule

CLASSES = 64
LEAD_DAYS = 120
Place = tuple[int, int, int]
"""Day, series, and number of the case or of the document within the series."""


def first_starts(window: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return, for days and classes, the first day of start whose step is not before the day."""
    return np.array([[day - int(back) for back in row] for day, row in enumerate(window)])


def step_days(schedule: Schedule, at: int) -> dict[int, int]:
    """Return when each case of a series has the series' step, of those up to the last day.

    Days count from the start of the data set; lead days are below zero.
    """
    columns = first_starts(schedule.windows[schedule.series.window[at]]).T.tolist()
    found = {}
    for case, start in start_days(schedule, at).items():
        # On a day come the starts from its own first one up to that of the next day.
        firsts = columns[case % CLASSES]
        day = bisect_right(firsts, start + LEAD_DAYS) - 1
        if day < len(firsts) - 1:
            found[case] = day - LEAD_DAYS
    return found


def start_days(schedule: Schedule, at: int) -> dict[int, int]:
    """Return when each case of a series starts; see `step_days`."""
    series = schedule.document_series[at]
    starts = schedule.starts[series.case_company, series.case].tolist()
    return {
        case: start - LEAD_DAYS
        for start in range(len(starts) - 1)
        for case in range(starts[start], starts[start + 1])
    }


def cases_by_day(schedule: Schedule) -> dict[tuple[int, int], list[int]]:
    """List the cases of each case series on each day, class by class."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE:
            for case, day in step_days(schedule, at).items():
                found[day, at].append(case)
    for cases in found.values():
        cases.sort(key=lambda case: (case % CLASSES, case))
    return found


def drawn_phase(key: int) -> Callable[[int, int, int], int]:
    """Return the first remainders of merges, drawn from a key; see `walk`."""
    return lambda day, node, count: (draw(key, day, node) >> 32) * count >> 32


def walk(schedule: Schedule, phase: Callable[[int, int, int], int]) -> Iterator[Place]:
    """Yield the places of all entries from the first to the last.

    `phase` gives the first remainder of a merge from day, node and number of documents.
    """
    cases = cases_by_day(schedule)
    tree = schedule.tree
    for day in range(schedule.horizon.days):

        def listed(node: int, day: int = day) -> list[Place]:
            at = int(tree.series[node])
            if at >= 0:
                if schedule.document_series[at].kind is SeriesKind.CASE:
                    numbers = cases[day, at]
                else:
                    numbers = list(range(schedule.before[day, at], schedule.before[day + 1, at]))
                return [(day, at, number) for number in numbers]
            left, right = listed(int(tree.left[node])), listed(int(tree.right[node]))
            return _merge(left, right, phase(day, node, len(left) + len(right)))

        for root in tree.roots:
            if root >= 0:
                yield from listed(int(root))


def _merge(left: list[Place], right: list[Place], remainder: int) -> list[Place]:
    merged = []
    whole = len(left) + len(right)
    share = len(left)
    takes_left, takes_right = iter(left), iter(right)
    for _ in range(whole):
        remainder += share
        if remainder >= whole:
            remainder -= whole
            merged.append(next(takes_left))
        else:
            merged.append(next(takes_right))
    return merged
