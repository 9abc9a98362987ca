"""The order of a journal, spelt out: every document is listed, every day is merged by counting."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from datasynth.generation.schedule.document_series import SeriesKind
from tests.naive.schedule import CLASSES, LEAD_DAYS, class_order, day_order, merge_pattern, step_days
from tests.naive.wrong_documents import wrong_documents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.generation.schedule.scheduling import Schedule


class Place(NamedTuple):
    """Where a document is.

    Attributes
    ----------
    day
        [days from the start]
    counted
        Series that counts it.
    series, number
        Series of the right document, and number of the case or of the document in the series.
    version
        0 for right documents, 1 for wrong ones, 2 for the reversals of these.
    """

    day: int
    counted: int
    series: int
    number: int
    version: int


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


def wrong_by_day(schedule: Schedule) -> dict[tuple[int, int], list[Place]]:
    """List the documents of each series of wrong documents or reversals, in the order of their cells."""
    found: dict[tuple[int, int], list[Place]] = {}
    cells = list(zip(schedule.wrong.cells.series.tolist(), schedule.wrong.cells.number.tolist(), strict=True))
    documents = list(wrong_documents(schedule))
    for at, series in enumerate(schedule.document_series):
        if series.kind not in {SeriesKind.WRONG, SeriesKind.REVERSAL}:
            continue
        mine = cells[slice(*schedule.wrong.of_series[at].tolist())]
        version = 1 if series.kind is SeriesKind.WRONG else 2
        of_days: dict[int, list[tuple[int, Place]]] = defaultdict(list)
        for one in documents:
            if (one.series, one.case % CLASSES) in mine:
                day = one.wrong if version == 1 else one.back
                cell = mine.index((one.series, one.case % CLASSES))
                of_days[day].append((cell, Place(day, at, one.series, one.case, version)))
        key = int(schedule.tree.nodes.key[schedule.tree.leaf[at]])
        for day, listed in of_days.items():
            order = day_order(key, day, 1 << (len(mine) - 1).bit_length())
            placed = sorted((order.index(cell), place.number, place) for cell, place in listed)
            found[day, at] = [place for _, _, place in placed]
    return found


class Days:
    """What each node of the merge tree has on each day, listed."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self._cases = cases_by_day(schedule)
        self._wrong = wrong_by_day(schedule)
        nodes = schedule.tree.nodes
        self._nodes = [getattr(nodes, name).tolist() for name in ("series", "left", "right", "key")]

    def listed(self, day: int, at: int) -> list[Place]:
        """List the documents of a day under a node, in order."""
        series, left_node, right_node, key = (column[at] for column in self._nodes)
        if series >= 0:
            return self._of_series(day, series)
        left, right = self.listed(day, left_node), self.listed(day, right_node)
        takes_left, takes_right = iter(left), iter(right)
        pattern = merge_pattern(key, day, len(left) + len(right), len(left))
        return [next(takes_left if is_left else takes_right) for is_left in pattern]

    def _of_series(self, day: int, at: int) -> list[Place]:
        kind = self.schedule.document_series[at].kind
        if kind in {SeriesKind.WRONG, SeriesKind.REVERSAL}:
            return self._wrong.get((day, at), [])
        if kind is SeriesKind.CASE:
            numbers = self._cases.get((day, at), [])
        else:
            row = LEAD_DAYS + day
            numbers = list(range(*self.schedule.all_before[row : row + 2, at].tolist()))
        return [Place(day, at, at, number, 0) for number in numbers]

    def walk(self) -> Iterator[Place]:
        """Yield the places of all entries from the first to the last."""
        for day in range(self.schedule.horizon.days):
            for root in self.schedule.tree.roots:
                if root >= 0:
                    yield from self.listed(day, int(root))


def own_numbers(days: Days) -> dict[tuple[int, int, int], tuple[int, int]]:
    """Return own number and number of the order of each document, by series, number and version.

    Documents are counted one by one, from the first lead day on; all but wrong ones begin an
    order.  Ranges that count on together are counted one after the other on each day.
    """
    schedule, found = days.schedule, {}
    ranges, peers = schedule.ranges, schedule.peers.tolist()
    together = [tuple(peers[one.first_peer : one.first_peer + one.peers]) for one in ranges]
    early = [-int(schedule.all_before[0, one.low : one.high].sum()) for one in ranges]
    reached = {of: int(ranges.start[of[0]]) - sum(early[peer] for peer in of) for of in together}
    orders = [int(one.order_start) - count for one, count in zip(ranges, early, strict=True)]
    for day in range(-LEAD_DAYS, schedule.horizon.days):
        for at, top in enumerate(ranges.top.tolist()):
            for place in days.listed(day, top):
                reached[together[at]] += 1
                orders[at] += place.version != 1
                found[place.series, place.number, place.version] = (reached[together[at]], orders[at])
    return found
