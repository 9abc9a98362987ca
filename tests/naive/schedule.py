"""Days of cases and the order of a day, spelt out: every case is listed, every pattern is counted."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw
from datasynth.generation.schedule.merge_tree import merge_patterns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.schedule.scheduling import Schedule

CLASSES = 64
LEAD_DAYS = 120
BLOCK = 64


def first_starts(window: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return, for days and classes, the first day of start whose step is not before the day."""
    return np.array([[day - back for back in row] for day, row in enumerate(window.tolist())])


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


def class_order(key: int, day: int) -> list[int]:
    """Return the classes in their order on a day; `key` is that of the series' node."""
    return day_order(key, day, CLASSES)


def day_order(key: int, day: int, size: int) -> list[int]:
    """Return the numbers below a power of two in the order of a series on a day."""
    bits = draw(key, (LEAD_DAYS + day) << 32, 2)
    factor, summand, mask = bits | 1, bits >> 8, bits >> 16
    return [((place * factor + summand) ^ mask) % size for place in range(size)]


def merge_pattern(key: int, day: int, count: int, left: int) -> list[bool]:
    """Tell which of a node's documents of a day are from its left, slot by slot.

    Each block of slots has the ones that are due, in a random pattern that is rotated by chance.
    """
    phase = (draw(key, (LEAD_DAYS + day) << 32, 1) >> 32) * count >> 32
    found: list[bool] = []
    for block in range((count + BLOCK - 1) // BLOCK):
        first, last = BLOCK * block, min(BLOCK * block + BLOCK, count)
        due = left if last == count else (last * left + phase) // count
        length, ones = last - first, due - sum(found)
        bits = draw(key, ((LEAD_DAYS + day) << 32) + block, 0)
        pattern = int(merge_patterns()[length * (length + 1) // 2 + ones, bits % 32])
        turn = (bits >> 32) * length >> 32
        found += [bool(pattern >> (slot + turn) % length & 1) for slot in range(length)]
    return found
