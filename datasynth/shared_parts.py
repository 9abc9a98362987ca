"""Parts that are made once and used by many: a bounded cache that threads share."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

Part = TypeVar("Part")

OF_ENTRY = 512
"""What a kept part takes besides its arrays and its key's bytes. [bytes]"""


class SharedParts:
    """Parts of journals that depend on less than a whole configuration.

    Safe to use from many threads.  A part is made outside the lock, so two
    builds that want the same one at once may both make it; they get the same.

    Parameters
    ----------
    kept_bytes
        How much is kept at most; 0 keeps nothing. [bytes]

    Notes
    -----
    A key is a frozen record of *everything* that `make` reads: parts of equal
    keys are equal, whatever journal they were made for.  Parts are immutable.
    """

    def __init__(self, kept_bytes: int) -> None:
        self._kept_bytes = kept_bytes
        self._lock = threading.Lock()
        self._parts: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._nbytes = 0

    @property
    def nbytes(self) -> int:
        """What the kept parts take. [bytes]"""
        return self._nbytes

    def take(self, key: Hashable, make: Callable[[], Part], size: Callable[[Part], int]) -> Part:
        """Return the part of a key, made if need be.

        Parameters
        ----------
        key
            Frozen record of what the part depends on.
        make
            Makes it from that alone; what it raises is passed on, and nothing is kept.
        size
            Tells what a part takes, its key included. [bytes]
        """
        with self._lock:
            found = self._parts.get(key)
            if found is not None:
                self._parts.move_to_end(key)
                return cast("Part", found[0])
        part = make()
        taken = size(part) + OF_ENTRY
        dropped: list[object] = []
        with self._lock:
            found = self._parts.get(key)
            if found is not None:
                return cast("Part", found[0])
            if taken <= self._kept_bytes:
                self._parts[key] = (part, taken)
                self._nbytes += taken
            while self._nbytes > self._kept_bytes:
                _, oldest = self._parts.popitem(last=False)
                self._nbytes -= oldest[1]
                dropped.append(oldest)
        # Memory is given back outside the lock.
        dropped.clear()
        return part

    def clear(self) -> None:
        """Let go of all parts."""
        with self._lock:
            dropped, self._parts = self._parts, OrderedDict()
            self._nbytes = 0
        dropped.clear()
