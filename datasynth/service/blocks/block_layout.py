"""Where blocks begin and end; this does not affect the entries.

A block of any size holds the interpreter for a moment, and no socket is served meanwhile,
so blocks are large.  A reader's first blocks are small, so that its first entry comes soon.
All blocks are small if a rate is slow, so that few entries are made in advance, and if
memory is scarce.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from datasynth.generation.block import BLOCK_ENTRIES

SMALL_BLOCK_ENTRIES = 2_048
"""Entries in a small block; divides `BLOCK_ENTRIES`."""


@dataclass(frozen=True, slots=True)
class BlockLayout:
    """The blocks that a reader goes through.

    Blocks of entries below `small_below`, a multiple of `BLOCK_ENTRIES` or infinity, are small.
    """

    small_below: float

    @classmethod
    def starting_at(cls, first: int) -> Self:
        """Return the layout for a reader that begins at an entry."""
        return cls((first // BLOCK_ENTRIES + 1) * BLOCK_ENTRIES)

    def block_at(self, position: int) -> range:
        """Return the entries of the block of an entry."""
        size = SMALL_BLOCK_ENTRIES if position < self.small_below else BLOCK_ENTRIES
        begin = position - position % size
        return range(begin, begin + size)

    def blocks(self, first: int, end: int) -> list[range]:
        """List the blocks that have a part of the entries ``first … end - 1``."""
        blocks = []
        while first < end:
            blocks.append(self.block_at(first))
            first = blocks[-1].stop
        return blocks
