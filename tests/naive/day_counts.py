"""Counts of days, dealt by halving a list of days again and again."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def binomial_quantile(uniform: float, trials: int, share: float) -> int:
    """Return the smallest number of successes that is not exceeded with a chance of `uniform`."""
    reached = 0.0
    for found in range(trials):
        reached += comb(trials, found) * share**found * (1.0 - share) ** (trials - found)
        if uniform <= reached:
            return found
    return trials


def dealt(
    key: int, total: int, weights: Sequence[float], binomial: Callable[[float, int, float], int]
) -> list[int]:
    """Return what each day gets; the halves of a node are twice its number and the next one."""
    size = 2
    while size < len(weights):
        size *= 2
    padded = [*weights, *[0.0] * (size - len(weights))]

    def weigh(part: Sequence[float]) -> float:
        if len(part) == 1:
            return part[0]
        middle = len(part) // 2
        return weigh(part[:middle]) + weigh(part[middle:])

    def deal(node: int, count: int, part: Sequence[float]) -> list[int]:
        if len(part) == 1:
            return [count]
        middle = len(part) // 2
        left = 0
        if count:
            uniform = ((draw(key, node, 0) >> 12) + 0.5) / 2**52
            left = binomial(uniform, count, weigh(part[:middle]) / weigh(part))
        return deal(2 * node, left, part[:middle]) + deal(2 * node + 1, count - left, part[middle:])

    return deal(1, total, padded)[: len(weights)]
