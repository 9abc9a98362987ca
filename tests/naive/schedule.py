"""The order of a journal, spelt out: every chain is listed, every day is merged by counting."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.generation.schedule.plan import Schedule

CLASSES = 64
Place = tuple[int, int, int]
"""Day, leaf, and number of the chain or of the document within the leaf."""


def chains_by_day(schedule: Schedule) -> dict[tuple[int, int], list[int]]:
    """List the chains of each chain leaf on each day, class by class."""
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    days = schedule.horizon.days
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is not LeafKind.CHAIN:
            continue
        starts = schedule.starts[leaf.company, leaf.chain].tolist()
        window = schedule.windows[schedule.leaf_window[at]].tolist()
        for start in range(len(starts) - 1):
            for chain in range(starts[start], starts[start + 1]):
                number = chain % CLASSES
                for day in range(days):
                    if window[day][number] <= start < window[day + 1][number]:
                        found[day, at].append(chain)
    for chains in found.values():
        chains.sort(key=lambda chain: (chain % CLASSES, chain))
    return found


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
