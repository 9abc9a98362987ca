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
    return [pool[chosen(chances, draw(key, place, 1))] for place in places]


def parts_of(total: int, shares: Sequence[int], least: int = 1) -> list[int]:
    """Split a total into lines by shares, each of at least `least`."""
    if not shares:
        return []
    spare = total - least * len(shares)
    reached = [spare * sum(shares[:upto]) // sum(shares) for upto in range(len(shares) + 1)]
    return [after - before + least for before, after in pairwise(reached)]


def shares_of(key: int, counts: Sequence[int]) -> list[list[int]]:
    """Draw the shares of the lines of each template, the first one's larger."""
    found, drawn = [], 0
    for count in counts:
        drawn_here = [1 + ((draw(key, drawn + nth, 0) >> 32) * 1_000 >> 32) for nth in range(count)]
        found.append([share + 1_500 * (nth == 0) for nth, share in enumerate(drawn_here)])
        drawn += count
    return found
