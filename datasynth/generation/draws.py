"""Draws for whole columns, and the keys of independent sequences of draws.

Kernels call the scalar functions of `kernels.draws`, which give the same bits for the
same key, index and field.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import fill_draws

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    """Return the key, 0 … 2^64 - 1, of a sequence of draws; different paths have unrelated keys.

    The path says what the draws are for, from the general to the particular.
    """
    words = 0
    while words < len(path) and isinstance(path[words], str):
        words += 1
    return _extend(_named_key(seed, len(path), path[:words]), len(path), path[words:])


@lru_cache(maxsize=8_192)
def _named_key(seed: int, size: int, words: tuple[int | str, ...]) -> int:
    """Return the key of the leading words of a path; many paths differ only in what follows."""
    return _extend(_mix(seed + _GAMMA), size, words)


def _extend(key: int, size: int, parts: Sequence[int | str]) -> int:
    for part in parts:
        for number in (size, *part.encode()) if isinstance(part, str) else (size, part):
            key = _mix(key ^ ((number + 1) * _GAMMA))
    return key


def make_keys(seed: int, path: Sequence[int | str], rest: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return ``make_key(seed, *path, *rest[i])`` for each row of `rest` (n, numbers), at least 0."""
    count, numbers = rest.shape
    size = len(path) + numbers
    words = 0
    while words < len(path) and isinstance(path[words], str):
        words += 1
    start = _extend(_named_key(seed, size, tuple(path[:words])), size, path[words:])
    keys = np.full(count, start, dtype=np.uint64)
    for column in rest.T:
        keys = _mix_all(keys ^ np.uint64((size + 1) * _GAMMA & _MASK))
        keys = _mix_all(keys ^ ((column.astype(np.uint64) + np.uint64(1)) * np.uint64(_GAMMA)))
    return keys


def _mix_all(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    values = (values ^ (values >> np.uint64(30))) * np.uint64(_FIRST)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(_SECOND)
    return values ^ (values >> np.uint64(31))


def draw_each(keys: NDArray[np.uint64], index: int, field: int) -> NDArray[np.uint64]:
    """Return the 64 bits of one field of one thing for each of many keys; see `draw`."""
    return _mix_all(keys + np.uint64(_GAMMA * (index * _FIELDS + field + 1) & _MASK))


def draw(key: int, index: int, field: int) -> int:
    """Return the 64 bits of one field of one thing, where speed does not matter."""
    return _mix(key + _GAMMA * (index * _FIELDS + field + 1))


def draws(key: int, indexes: NDArray[np.int64], field: int) -> NDArray[np.uint64]:
    """Return the 64 bits (n,) of one field, 0 … 63, of the things with `indexes` (n,), from 0."""
    bits = np.empty(len(indexes), dtype=np.uint64)
    fill_draws(np.uint64(key), indexes, np.uint64(field), bits)
    return bits


def below(bits: NDArray[np.uint64], bound: int | NDArray[np.int64]) -> NDArray[np.int64]:
    """Map 64 bits each to 0 … bound - 1, for bounds below 2^32."""
    limit = np.asarray(bound, dtype=np.uint64)
    return (((bits >> np.uint64(32)) * limit) >> np.uint64(32)).astype(np.int64)


def uniform(bits: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Map 64 bits each to the middle of one of 2^52 equal parts of (0, 1)."""
    return ((bits >> np.uint64(12)).astype(np.float64) + 0.5) / float(1 << 52)
