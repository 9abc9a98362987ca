"""Lines of templates written one after the other, and accounts looked up one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw

if TYPE_CHECKING:
    from collections.abc import Sequence


def chosen(chances: Sequence[float], bits: int) -> int:
    """Return the first thing whose cumulated chance reaches what is drawn."""
    return bisect_left([Fraction(chance) for chance in chances], Fraction(2 * (bits >> 12) + 1, 1 << 53))


def accounts_of(
    key: int, pool: Sequence[int], chances: Sequence[float], bounds: Sequence[int], combination: int
) -> list[int]:
    """Return the accounts that an account combination goes through, from the first to the last."""
    if len(pool) == 1:
        return [pool[0]]
    length = 1 + bisect_right(bounds, (draw(key, combination, 0) >> 32) * 100 >> 32)
    places = range(combination * (len(bounds) + 1), combination * (len(bounds) + 1) + length)
    return list(dict.fromkeys(pool[chosen(chances, draw(key, place, 1))] for place in places))


def parts_of(total: int, shares: Sequence[int], floors: Sequence[int]) -> list[int]:
    """Split a total by shares, each part at least its floor."""
    if not shares:
        return []
    spare = total - sum(floors)
    reached = [spare * sum(shares[:upto]) // sum(shares) for upto in range(len(shares) + 1)]
    return [after - before + floor for (before, after), floor in zip(pairwise(reached), floors, strict=True)]


def shares_of(key: int, counts: Sequence[int], used: Sequence[int]) -> list[list[int]]:
    """Draw the shares of the lines of each template, the first one's larger, and sum them by account."""
    found, drawn = [], 0
    for count, accounts in zip(counts, used, strict=True):
        shares = [
            1 + ((draw(key, drawn + nth, 0) >> 32) * 1_000 >> 32) + 1_500 * (nth == 0) for nth in range(count)
        ]
        found.append([sum(shares[nth::accounts]) for nth in range(accounts)] if count else [])
        drawn += count
    return found
