"""The most recently used blocks, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class BlockCache(Generic[K, V]):
    """A map that forgets the least recently used values once it holds too many bytes.

    Parameters
    ----------
    capacity
        What it may hold. [bytes]
    size
        Tells how many bytes a value takes.

    Attributes
    ----------
    bytes
        What it holds. [bytes]
    """

    def __init__(self, capacity: int, size: Callable[[V], int]) -> None:
        self.capacity = capacity
        self.bytes = 0
        self._size = size
        self._lock = threading.Lock()
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        """Tell how many values it holds."""
        return len(self._held)

    def get(self, key: K) -> V | None:
        """Return the value under `key`, which becomes the most recently used, or None."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V) -> None:
        """Keep a value and forget others until all fit; one larger than the cache is not kept."""
        size = self._size(value)
        dropped: list[V] = []
        with self._lock:
            self._discard(key, dropped)
            if size <= self.capacity:
                self._held[key] = (value, size)
                self.bytes += size
            while self.bytes > self.capacity:
                self._discard(next(iter(self._held)), dropped)
        # Large arrays are given back to the system here, outside the lock.
        dropped.clear()

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            held, self._held = self._held, OrderedDict()
            self.bytes = 0
        held.clear()

    def _discard(self, key: K, dropped: list[V]) -> None:
        found = self._held.pop(key, None)
        if found is not None:
            self.bytes -= found[1]
            dropped.append(found[0])
