"""The order of a journal, spelt out: every chain is listed, every day is merged by counting."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draw
from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from datasynth.generation.schedule.plan import Schedule

CLASSES = 64
LEAD_DAYS = 120
Place = tuple[int, int, int]
"""Day, leaf, and number of the chain or of the document within the leaf."""


def first_starts(window: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return, for days and classes, the first day of start whose step is not before the day."""
    return np.array([[day - int(back) for back in row] for day, row in enumerate(window)])


def step_days(schedule: Schedule, at: int) -> dict[int, int]:
    """Return when each chain of a leaf has the leaf's step, of those up to the last day.

    Days count from the start of the data set; lead days are below zero.
    """
    columns = first_starts(schedule.windows[schedule.leaf_window[at]]).T.tolist()
    found = {}
    for chain, start in start_days(schedule, at).items():
        # On a day come the starts from its own first one up to that of the next day.
        firsts = columns[chain % CLASSES]
        day = bisect_right(firsts, start + LEAD_DAYS) - 1
        if day < len(firsts) - 1:
            found[chain] = day - LEAD_DAYS
    return found


def start_days(schedule: Schedule, at: int) -> dict[int, int]:
    """Return when each chain of a leaf starts; see `step_days`."""
    leaf = schedule.leaves[at]
    starts = schedule.starts[leaf.origin, leaf.chain].tolist()
    return {
        chain: start - LEAD_DAYS
        for start in range(len(starts) - 1)
        for chain in range(starts[start], starts[start + 1])
    }


def chains_by_day(schedule: Schedule) -> dict[tuple[int, int], list[int]]:
    """List the chains of each chain leaf on each day, class by class."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is LeafKind.CHAIN:
            for chain, day in step_days(schedule, at).items():
                found[day, at].append(chain)
    for chains in found.values():
        chains.sort(key=lambda chain: (chain % CLASSES, chain))
    return found


def drawn_phase(key: int) -> Callable[[int, int, int], int]:
    """Return the first remainders of merges, drawn from a key; see `walk`."""
    return lambda day, node, count: (draw(key, day, node) >> 32) * count >> 32


def walk(schedule: Schedule, phase: Callable[[int, int, int], int]) -> Iterator[Place]:
    """Yield the places of all entries from the first to the last.

    `phase` gives the first remainder of a merge from day, node and number of documents.
    """
    chains = chains_by_day(schedule)
    tree = schedule.tree
    for day in range(schedule.horizon.days):

        def listed(node: int, day: int = day) -> list[Place]:
            at = int(tree.leaf[node])
            if at >= 0:
                if schedule.leaves[at].kind is LeafKind.CHAIN:
                    numbers = chains[day, at]
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
