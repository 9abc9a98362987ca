"""Pairs, one by one."""

from __future__ import annotations

from itertools import combinations


def companions(group: list[int], value: list[int], low: int, high: int) -> list[int]:
    """Count the others of each row's group where the larger value is so many per cent of the smaller."""
    found = [0] * len(value)
    for one, other in combinations(range(len(value)), 2):
        smaller, larger = sorted((value[one], value[other]))
        if group[one] == group[other] and low * smaller <= 100 * larger <= high * smaller:
            found[one] += 1
            found[other] += 1
    return found
