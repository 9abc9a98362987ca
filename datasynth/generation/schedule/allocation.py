"""Whole numbers of entries and cases for companies, processes and series."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MILLION = 1_000_000
_PHASE_BITS = 63
_INT64_MOST = (1 << _PHASE_BITS) - 1


def exact(share: float) -> Fraction:
    """Return the decimal number that a share is written as: 0.1 is a tenth, whatever its binary value."""
    return Fraction(repr(share))


def integer_weights(weights: Sequence[float]) -> list[int]:
    """Turn weights into whole numbers in the same proportion, so that what follows is exact.

    They are millionths, or finer parts where some weight has more than six decimals;
    what is above 0 stays above 0.
    """
    shares = [exact(weight) for weight in weights]
    unit = lcm(_MILLION, *(share.denominator for share in shares))
    return [int(share * unit) for share in shares]


def apportion(total: int, weights: Sequence[int], phase: int) -> list[int]:
    """Divide a whole number by weights, by systematic rounding of one cumulative list.

    Rounding each part by itself would lose small ones altogether; with one
    cumulative list and one phase every part comes out within one of its due.
    Weights are at least 0, and not all 0; the phase, 0 … 2^63 - 1, is where the
    first boundary falls.
    """
    size = sum(weights)
    offset = phase % size if size <= _INT64_MOST else phase * size >> _PHASE_BITS
    bounds = [0, *((total * upto + offset) // size for upto in accumulate(weights))]
    bounds[-1] = total
    return [max(high - low, 0) for low, high in pairwise(bounds)]
