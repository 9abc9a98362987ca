"""Ranks, scores and own numbers, one document after the other."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def centred_ranks(scores: Sequence[float], strata: Sequence[int]) -> list[float]:
    """How many of its stratum are below each, and half of its equals, as a share of all, less a half."""
    found = []
    for score, stratum in zip(scores, strata, strict=True):
        others = [one for one, other in zip(scores, strata, strict=True) if other == stratum]
        below = sum(one < score for one in others)
        equal = sum(one == score for one in others)
        found.append((below + equal / 2) / len(others) - 0.5)
    return found


def learned_scores(residue: Sequence[int], left: Sequence[float], learn: Sequence[bool]) -> list[float]:
    """The sum of what is left of the learned ones with a residue, divided by one more than their number."""
    taught = list(zip([one for one, mine in zip(residue, learn, strict=True) if mine], left, strict=True))
    found = []
    for one, mine in zip(residue, learn, strict=True):
        if not mine:
            values = [value for other, value in taught if other == one]
            found.append(sum(values) / (len(values) + 1))
    return found


def rank_link(one: Sequence[float], other: Sequence[float], strata: Sequence[int]) -> float:
    """Spearman's correlation of all strata together, in standard deviations."""
    first, second = centred_ranks(one, strata), centred_ranks(other, strata)
    whole = variance = 0.0
    for stratum in set(strata):
        mine = [place for place, at in enumerate(strata) if at == stratum]
        whole += sum(first[place] * second[place] for place in mine)
        if len(mine) > 1:
            squares = sum(first[place] ** 2 for place in mine) * sum(second[place] ** 2 for place in mine)
            variance += squares / (len(mine) - 1)
    return whole / sqrt(variance) if variance > 0 else 0.0


def out_of_step(series: Sequence[int], number: Sequence[int], issued: Sequence[bool]) -> list[bool]:
    """Follow each series number by number, from the lowest that is issued."""
    lowest: dict[int, int] = {}
    for one, value, new in zip(series, number, issued, strict=True):
        if new:
            lowest[one] = min(value, lowest.get(one, value))
    last: dict[int, int] = {}
    wrong = []
    for one, value in zip(series, number, strict=True):
        if one not in lowest or value < lowest[one]:
            wrong.append(False)
            continue
        expected = last[one] + 1 if one in last else lowest[one]
        wrong.append(value != expected)
        last[one] = value
    return wrong
