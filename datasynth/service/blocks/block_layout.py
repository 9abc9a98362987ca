"""Where blocks begin and end; this does not affect the entries.

A block of any size holds the interpreter for a moment, and no socket is served meanwhile,
so blocks are large.  A reader's first blocks are small, so that its first entry comes soon.
All blocks are small if a rate is slow, so that few entries are made in advance, and if
memory is scarce.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

from datasynth.generation.block import BLOCK_ENTRIES

SMALL_BLOCK_ENTRIES = 2_048
"""Entries in a small block; divides `BLOCK_ENTRIES`."""


class Layout(Protocol):
    """Where blocks begin and end."""

    def block_at(self, position: int) -> range:
        """Return the entries of the block of an entry."""
        ...

    def blocks(self, first: int, end: int) -> list[range]:
        """List the blocks that have a part of the entries ``first … end - 1``."""
        ...


@dataclass(frozen=True, slots=True)
class FileLayout:
    """The blocks of a file of the entries ``first … end - 1``, which cannot be cut.

    They end at multiples of a size, the last at the end of the file.  The size is that of the
    format, whatever the server's memory is, since the bytes depend on it.
    """

    first: int
    end: int
    entries: int

    def block_at(self, position: int) -> range:
        """Return the entries of the block of an entry."""
        begin = position - position % self.entries
        return range(max(begin, self.first), min(begin + self.entries, max(self.end, position + 1)))

    def blocks(self, first: int, end: int) -> list[range]:
        """List the blocks that have a part of the entries ``first … end - 1``."""
        return _blocks(self, first, end)


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
        return _blocks(self, first, end)


def _blocks(layout: Layout, first: int, end: int) -> list[range]:
    blocks = []
    while first < end:
        blocks.append(layout.block_at(first))
        first = blocks[-1].stop
    return blocks
