"""The order of a journal, spelt out: every case is listed, every day is merged by counting."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.merge_tree import merge_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.schedule.scheduling import Schedule

CLASSES = 64
LEAD_DAYS = 120
BLOCK = 64
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


def class_order(key: int, day: int) -> list[int]:
    """Return the classes in their order on a day; `key` is that of the series' node."""
    bits = draw(key, (LEAD_DAYS + day) << 32, 2)
    factor, summand, mask = bits | 1, bits >> 8, bits >> 16
    return [((place * factor + summand) ^ mask) % CLASSES for place in range(CLASSES)]


def cases_by_day(schedule: Schedule) -> dict[tuple[int, int], list[int]]:
    """List the cases of each case series on each day, lead days included, in the order of their classes."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE:
            for case, day in step_days(schedule, at).items():
                found[day, at].append(case)
    for (day, at), cases in found.items():
        order = class_order(int(schedule.tree.nodes.key[schedule.tree.leaf[at]]), day)
        cases.sort(key=lambda case: (order.index(case % CLASSES), case))
    return found


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


class Days:
    """What each node of the merge tree has on each day, listed."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._cases = cases_by_day(schedule)

    def listed(self, day: int, at: int) -> list[Place]:
        """List the documents of a day under a node, in order."""
        schedule, node = self.schedule, self.schedule.tree.nodes[at]
        if node.series >= 0:
            series = int(node.series)
            if schedule.document_series[series].kind is SeriesKind.CASE:
                numbers = self._cases.get((day, series), [])
            else:
                row = LEAD_DAYS + day
                numbers = list(range(*schedule.all_before[row : row + 2, series].tolist()))
            return [(day, series, number) for number in numbers]
        left, right = self.listed(day, int(node.left)), self.listed(day, int(node.right))
        takes_left, takes_right = iter(left), iter(right)
        pattern = merge_pattern(int(node.key), day, len(left) + len(right), len(left))
        return [next(takes_left if is_left else takes_right) for is_left in pattern]

    def walk(self) -> Iterator[Place]:
        """Yield the places of all entries from the first to the last."""
        for day in range(self.schedule.horizon.days):
            for root in self.schedule.tree.roots:
                if root >= 0:
                    yield from self.listed(day, int(root))


def own_numbers(days: Days) -> dict[tuple[int, int], tuple[int, int]]:
    """Return own number and number of the order, by series and number of the case or document.

    Documents are counted one by one, from the first lead day on.  Ranges that count on
    together are counted one after the other on each day.
    """
    schedule, found = days.schedule, {}
    ranges, peers = schedule.ranges, schedule.peers.tolist()
    together = [tuple(peers[one.first_peer : one.first_peer + one.peers]) for one in ranges]
    early = [-int(schedule.all_before[0, one.low : one.high].sum()) for one in ranges]
    reached = {of: int(ranges.start[of[0]]) - sum(early[peer] for peer in of) for of in together}
    orders = [int(one.order_start) - count for one, count in zip(ranges, early, strict=True)]
    for day in range(-LEAD_DAYS, schedule.horizon.days):
        for at, one in enumerate(ranges):
            for _, series, number in days.listed(day, int(one.top)):
                reached[together[at]] += 1
                orders[at] += 1
                found[series, number] = (reached[together[at]], orders[at])
    return found
