"""Dice: draws one after the other, from a number that tells one run of them from another."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from datasynth.generation.draws import draw, make_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    T = TypeVar("T")

_BITS = 64
_FRACTION = 1 << 53


class Dice:
    """Draws whole numbers, fractions and members of lists; the same ones for the same number.

    Parameters
    ----------
    seed
        Which run.
    """

    def __init__(self, seed: int) -> None:
        self._key = make_key(seed, "dice")
        self._drawn = 0

    def below(self, size: int) -> int:
        """Draw a whole number from 0 to below `size`."""
        self._drawn += 1
        return draw(self._key, self._drawn, 0) * size >> _BITS

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def fraction(self) -> float:
        """Draw a number from 0 to below 1."""
        return self.below(_FRACTION) / _FRACTION

    def chance(self, part: float) -> bool:
        """Say yes in so many of all cases."""
        return self.fraction() < part

    def one_of(self, things: Sequence[T]) -> T:
        """Draw one of some things."""
        return things[self.below(len(things))]

    def some_of(self, things: Sequence[T], count: int) -> list[T]:
        """Draw so many different ones, in any order."""
        left = list(things)
        return [left.pop(self.below(len(left))) for _ in range(count)]
