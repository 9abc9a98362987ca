"""A simulation of many nodes that make the parts of one journal, some of which fail."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from itertools import count
from statistics import NormalDist

from datasynth.generation.draws import draw


@dataclass(frozen=True, slots=True)
class Cluster:
    """What is simulated.

    Attributes
    ----------
    nodes, parts
        How many; a node that is free takes the next part.
    part_seconds
        What a part takes on a usual node, its start aside. [s]
    start_seconds
        From the start of a program to its first entry; each part has a program of its own. [s]
    spread
        Standard deviation of the logarithm of how slow nodes are.
    between_failures
        Mean time from the start of a node to its failure. [s]
    repair_seconds
        Until a node that failed is back. [s]
    seed
        Of all that happens by chance.
    """

    nodes: int = 1_000
    parts: int = 1_000
    part_seconds: float = 3_600.0
    start_seconds: float = 10.0
    spread: float = 0.1
    between_failures: float = 30 * 86_400.0
    repair_seconds: float = 600.0
    seed: int = 42


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it.

    Attributes
    ----------
    seconds
        Until the last part is there. [s]
    ideal
        What equal nodes without starts and failures would take. [s]
    failures
        Nodes that failed at work, each of which lost a part.
    redone
        Share of the work that was done for nothing.
    starting
        Share of the work that was starts.
    """

    seconds: float
    ideal: float
    failures: int
    redone: float
    starting: float


def simulate(cluster: Cluster) -> Outcome:
    """Let nodes take parts until all are made; a part of a node that fails is made again, from its beginning.

    Parts are taken in order, those that were lost last.  Nothing is shared but the list of parts.
    """
    numbers = count()
    slowness = [
        math.exp(cluster.spread * NormalDist().inv_cdf(_uniform(cluster, numbers)))
        for _ in range(cluster.nodes)
    ]
    free = [(0.0, node) for node in range(cluster.nodes)]
    fails = [_until_failure(cluster, numbers) for _ in range(cluster.nodes)]
    left, finished, failures = cluster.parts, 0.0, 0
    lost = busy = 0.0
    # When a part that was lost can be taken again.
    again: list[float] = []
    while left or again:
        now, node = heapq.heappop(free)
        if left:
            left -= 1
        else:
            now = max(now, heapq.heappop(again))
        took = (cluster.start_seconds + cluster.part_seconds) * slowness[node]
        while fails[node] <= now:
            # It failed while it waited, and is back.
            fails[node] += cluster.repair_seconds + _until_failure(cluster, numbers)
        if fails[node] < now + took:
            failures += 1
            lost += fails[node] - now
            busy += fails[node] - now
            heapq.heappush(again, fails[node])
            heapq.heappush(free, (fails[node] + cluster.repair_seconds, node))
            continue
        busy += took
        finished = max(finished, now + took)
        heapq.heappush(free, (now + took, node))
    starts = cluster.start_seconds * (cluster.parts + failures)
    return Outcome(
        finished, cluster.part_seconds * cluster.parts / cluster.nodes, failures, lost / busy, starts / busy
    )


def _until_failure(cluster: Cluster, numbers: count[int]) -> float:
    """Draw after what time a node fails. [s]"""
    return -cluster.between_failures * math.log(_uniform(cluster, numbers))


def _uniform(cluster: Cluster, numbers: count[int]) -> float:
    """Draw a number above 0 and below 1."""
    return ((draw(cluster.seed, next(numbers), 0) >> 12) + 0.5) / (1 << 52)
