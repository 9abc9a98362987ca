"""Everybody who follows a stream: readers of entries, and subscribers to its notices alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.service.threads.waker import WakerSet

if TYPE_CHECKING:
    from datasynth.service.blocks.reader import BlockReader
    from datasynth.service.threads.waker import Waker

RELEASED_AFTER = 1.0
"""A reader that has not polled for so long releases its blocks; a stalled one costs next to nothing. [s]"""


@dataclass(slots=True, eq=False)
class EntryReader:
    """A reader of entries, as its stream knows it.

    Attributes
    ----------
    blocks
        Its place among the blocks.
    waker
        Woken whenever there may be more to read.
    holds_head
        Whether the head follows it; one that does not hold the head never passes it either.
    touched
        When it last polled. [s]
    """

    blocks: BlockReader
    waker: Waker
    holds_head: bool
    touched: float = 0.0


class Subscribers:
    """Who follows one stream; the stream's lock guards it.

    Parameters
    ----------
    patience
        How long a reader that takes nothing holds the head. [s]
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._readers: dict[EntryReader, None] = {}
        self._wakers = WakerSet()
        self._without_entries = 0

    @property
    def size(self) -> int:
        """Readers of entries, and subscribers without."""
        return len(self._readers) + self._without_entries

    def attach(self, waker: Waker, *, subscribes: bool) -> None:
        """Wake this one at every change."""
        self._wakers.attach(waker)
        self._without_entries += subscribes

    def detach(self, waker: Waker, *, subscribes: bool) -> None:
        """Undo one `attach`."""
        self._wakers.detach(waker)
        self._without_entries -= subscribes

    def add(self, reader: EntryReader, now: float) -> None:
        """Add a reader of entries."""
        reader.touched = now
        self._readers[reader] = None
        self._wakers.attach(reader.waker)

    def remove(self, reader: EntryReader) -> None:
        """Remove a reader, unless it was removed before."""
        if reader not in self._readers:
            return
        del self._readers[reader]
        self._wakers.detach(reader.waker)
        reader.blocks.close()

    def hold_head(self, now: float) -> bool:
        """Tell whether some reader holds the head: it took something lately or waits for a block."""
        return any(
            reader.holds_head and (now - reader.touched <= self._patience or reader.blocks.waiting)
            for reader in self._readers
        )

    def touch(self, now: float) -> None:
        """Count every reader's idleness from `now`."""
        for reader in self._readers:
            reader.touched = now

    def release_blocks(self, now: float, idle: float = RELEASED_AFTER) -> None:
        """Have readers that have not polled for `idle` seconds release their blocks."""
        for reader in self._readers:
            if now - reader.touched >= idle and not reader.blocks.waiting:
                reader.blocks.release()

    def wakers(self) -> tuple[Waker, ...]:
        """List everybody to be woken."""
        return self._wakers.members()

    def follower_wakers(self) -> tuple[Waker, ...]:
        """List the wakers of readers that only follow the head."""
        return tuple(reader.waker for reader in self._readers if not reader.holds_head)
