"""Where blocks begin and end, which is of no consequence for what is in them.

Each block costs the interpreter some 0.15 ms whatever its size, during which no
socket is served, so blocks are large.  A reader's first blocks are small, so that
its first entry comes soon.  All are small where a rate is slow, since no more is
made than is soon wanted, and where memory is scarce.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from datasynth.generation.block import BLOCK_ENTRIES

SMALL_BLOCK_ENTRIES = 2_048
"""Entries in a small block; divides the other."""


@dataclass(frozen=True, slots=True)
class BlockLayout:
    """The blocks that a reader goes through.

    Attributes
    ----------
    small_below
        Blocks of entries below it are small; a multiple of `BLOCK_ENTRIES`, or infinity.
    """

    small_below: float

    @classmethod
    def starting_at(cls, first: int) -> Self:
        """Return the blocks for a reader that begins at an entry."""
        return cls((first // BLOCK_ENTRIES + 1) * BLOCK_ENTRIES)

    def block_at(self, position: int) -> range:
        """Return the entries of the block that an entry is in."""
        size = SMALL_BLOCK_ENTRIES if position < self.small_below else BLOCK_ENTRIES
        begin = position - position % size
        return range(begin, begin + size)

    def blocks(self, first: int, end: int) -> list[range]:
        """List the blocks that have a part of the entries ``first … end - 1``."""
        found = []
        while first < end:
            found.append(self.block_at(first))
            first = found[-1].stop
        return found
