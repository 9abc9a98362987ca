"""A cache of the most recently used values, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class BlockCache(Generic[K, V]):
    """A map that forgets the least recently used values once they have too many bytes.

    `size` returns the bytes of a value; `bytes` is the sum, which is at most `capacity`.
    """

    def __init__(self, capacity: int, size: Callable[[V], int]) -> None:
        self.capacity = capacity
        self.bytes = 0
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        """Number of values."""
        return len(self._values)

    def get(self, key: K) -> V | None:
        """Return a value, which becomes the most recently used, or None."""
        with self._lock:
            item = self._values.get(key)
            if item is None:
                return None
            self._values.move_to_end(key)
            return item[0]

    def put(self, key: K, value: V) -> None:
        """Keep a value and forget others until all fit; one larger than the cache is not kept."""
        size = self._size(value)
        dropped: list[V] = []
        with self._lock:
            self._discard(key, dropped)
            if size <= self.capacity:
                self._values[key] = (value, size)
                self.bytes += size
            while self.bytes > self.capacity:
                self._discard(next(iter(self._values)), dropped)
        # Large arrays are freed here, outside the lock.
        dropped.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            values, self._values = self._values, OrderedDict()
            self.bytes = 0
        values.clear()

    def _discard(self, key: K, dropped: list[V]) -> None:
        item = self._values.pop(key, None)
        if item is not None:
            self.bytes -= item[1]
            dropped.append(item[0])
