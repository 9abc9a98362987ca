"""Counter-based draws: a number's value depends on its key and place alone.

Output ``n`` of the SplitMix64 generator with the seed ``key`` is computed
directly, without the ones before it (Steele, Lea, Flood 2014, "Fast Splittable
Pseudorandom Number Generators", OOPSLA; finaliser: Stafford's variant 13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

GAMMA = np.uint64(0x9E3779B97F4A7C15)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
FIELDS = np.uint64(64)


@kernel
def mix(value: np.uint64) -> np.uint64:
    """Scramble 64 bits; one-to-one."""
    value = (value ^ (value >> np.uint64(30))) * FIRST
    value = (value ^ (value >> np.uint64(27))) * SECOND
    return value ^ (value >> np.uint64(31))


@kernel
def draw(key: np.uint64, index: np.uint64, field: np.uint64) -> np.uint64:
    """Return the 64 bits of one field of one thing."""
    return mix(key + GAMMA * (index * FIELDS + field + np.uint64(1)))


@kernel
def below(bits: np.uint64, bound: np.uint64) -> np.uint64:
    """Map 64 bits to 0 … bound - 1, for bounds below 2^32."""
    return ((bits >> np.uint64(32)) * bound) >> np.uint64(32)


@kernel
def fill_draws(
    key: np.uint64, indexes: NDArray[np.int64], field: np.uint64, found: NDArray[np.uint64]
) -> None:
    """Draw one field of many things; one turn is one thing.

    Parameters
    ----------
    key, field
        See `draw`.
    indexes : (n,) int64
        Numbers of the things.
    found : (n,) uint64
        Output.
    """
    for place in range(len(indexes)):
        found[place] = draw(key, np.uint64(indexes[place]), field)
