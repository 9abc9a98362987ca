"""The subscribers of a stream: readers of entries, and subscribers to its notices alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.service.threads.waker import WakerSet

if TYPE_CHECKING:
    from datasynth.service.blocks.reader import BlockReader
    from datasynth.service.threads.waker import Waker

RELEASED_AFTER = 1.0
"""A reader that has not polled for this time releases its blocks, so a stalled one costs little. [s]"""


@dataclass(slots=True, eq=False)
class EntryReader:
    """A reader of a stream's entries.

    Attributes
    ----------
    waker
        Woken whenever there may be more to read.
    holds_head
        Whether the head follows it; a reader that does not hold the head never passes it.
    touched
        When it last polled. [s]
    """

    blocks: BlockReader
    waker: Waker
    holds_head: bool
    touched: float = 0.0


class Subscribers:
    """The subscribers of one stream, guarded by its lock.

    A reader that takes nothing for `stall_seconds` no longer holds the head.
    """

    def __init__(self, stall_seconds: float) -> None:
        self._stall_seconds = stall_seconds
        self._readers: dict[EntryReader, None] = {}
        self._wakers = WakerSet()
        self._without_entries = 0

    @property
    def size(self) -> int:
        """Readers of entries, and subscribers without."""
        return len(self._readers) + self._without_entries

    def attach(self, waker: Waker, *, subscribes: bool) -> None:
        """Add a waker to wake at every change."""
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
        """Tell whether a reader holds the head: it has polled lately or waits for a block."""
        return any(
            reader.holds_head and (now - reader.touched <= self._stall_seconds or reader.blocks.waiting)
            for reader in self._readers
        )

    def touch(self, now: float) -> None:
        """Count the idle time of every reader from `now`."""
        for reader in self._readers:
            reader.touched = now

    def release_blocks(self, now: float, idle: float = RELEASED_AFTER) -> None:
        """Have readers that have not polled for `idle` seconds release their blocks."""
        for reader in self._readers:
            if now - reader.touched >= idle and not reader.blocks.waiting:
                reader.blocks.release()

    def wakers(self) -> tuple[Waker, ...]:
        """List the wakers of all subscribers."""
        return self._wakers.members()

    def follower_wakers(self) -> tuple[Waker, ...]:
        """List the wakers of readers that only follow the head."""
        return tuple(reader.waker for reader in self._readers if not reader.holds_head)
