"""Draws for whole columns, and the keys that tell one stream of draws from another.

The scalar twins that kernels call live in `kernels.draws`; both give the same
bits for the same key, index and field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MASK = (1 << 64) - 1
_GAMMA = 0x9E3779B97F4A7C15
_FIRST = 0xBF58476D1CE4E5B9
_SECOND = 0x94D049BB133111EB
_FIELDS = 64


def _mix(value: int) -> int:
    value &= _MASK
    value = ((value ^ (value >> 30)) * _FIRST) & _MASK
    value = ((value ^ (value >> 27)) * _SECOND) & _MASK
    return value ^ (value >> 31)


def make_key(seed: int, *path: int | str) -> int:
    """Return the key of a stream of draws.

    Parameters
    ----------
    seed
        The configuration's seed.
    path
        What the draws are for, from the general to the particular.

    Returns
    -------
    int
        0 … 2^64 - 1; keys of different paths are unrelated.
    """
    key = _mix(seed + _GAMMA)
    for part in path:
        numbers = part.encode() if isinstance(part, str) else (part,)
        for number in (len(path), *numbers):
            key = _mix(key ^ ((number + 1) * _GAMMA))
    return key


def draw(key: int, index: int, field: int) -> int:
    """Return the 64 bits of one field of one thing, for places that are not hot."""
    return _mix(key + _GAMMA * (index * _FIELDS + field + 1))


def draws(key: int, indexes: NDArray[np.int64], field: int) -> NDArray[np.uint64]:
    """Return the 64 bits of one field of many things.

    Parameters
    ----------
    key
        From `make_key`.
    indexes : (n,) int64
        Numbers of the things, from 0.
    field
        Which of a thing's draws; 0 … 63.

    Returns
    -------
    (n,) uint64
    """
    place: NDArray[np.uint64] = indexes.astype(np.uint64) * np.uint64(_FIELDS) + np.uint64(field + 1)
    value: NDArray[np.uint64] = np.full(1, key, dtype=np.uint64) + np.uint64(_GAMMA) * place
    value = (value ^ (value >> np.uint64(30))) * np.uint64(_FIRST)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(_SECOND)
    return value ^ (value >> np.uint64(31))


def below(bits: NDArray[np.uint64], bound: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """Map 64 bits each to 0 … bound - 1, for bounds below 2^32."""
    limit = np.asarray(bound, dtype=np.uint64)
    return (((bits >> np.uint64(32)) * limit) >> np.uint64(32)).astype(np.int64)


def uniform(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Map 64 bits each to the middle of one of 2^52 equal parts of (0, 1)."""
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) / float(1 << 52)
