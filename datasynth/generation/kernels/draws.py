"""Counter-based draws: the value of a draw depends on its key and place alone.

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

# 2^64 divided by the golden ratio, odd: the increment of SplitMix64.
GAMMA = np.uint64(0x9E3779B97F4A7C15)
# Multipliers of variant 13.
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
FIELDS = np.uint64(64)
"""A thing has fewer fields than this."""


@kernel
def mix(value: np.uint64) -> np.uint64:
    """Scramble 64 bits; one-to-one."""
    value = (value ^ (value >> np.uint64(30))) * FIRST
    value = (value ^ (value >> np.uint64(27))) * SECOND
    return value ^ (value >> np.uint64(31))


@kernel
def draw(key: np.uint64, index: np.uint64, field: np.uint64) -> np.uint64:
    """Return the 64 bits of one field of the thing `index`."""
    return mix(key + GAMMA * (index * FIELDS + field + np.uint64(1)))


@kernel
def below(bits: np.uint64, bound: np.uint64) -> np.uint64:
    """Map 64 bits to 0 … bound - 1, for bounds below 2^32."""
    # Multiply and shift (Lemire 2019); uneven by less than bound / 2^32.
    return ((bits >> np.uint64(32)) * bound) >> np.uint64(32)


@kernel
def whole(bits: np.uint64) -> int:
    """Return 64 bits as a signed whole number, which an int is once compiled."""
    return np.int64(bits)  # type: ignore[return-value]


@kernel
def fill_draws(
    key: np.uint64, indexes: NDArray[np.int64], field: np.uint64, found: NDArray[np.uint64]
) -> None:
    """Draw one field of many things, whose numbers are `indexes`; one turn is one thing."""
    for place in range(len(indexes)):
        found[place] = draw(key, np.uint64(indexes[place]), field)
