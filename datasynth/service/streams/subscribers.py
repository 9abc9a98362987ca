"""Everybody who follows a stream: entry readers with their cursors, and mere subscribers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.service.threads.waker import WakerSet

if TYPE_CHECKING:
    from datasynth.service.streams.cursor import Cursor
    from datasynth.service.threads.waker import Waker

RELEASED_AFTER = 1.0
"""A reader that has not come for so long lets go of its blocks; a stalled one costs next to nothing. [s]"""


class Subscribers:
    """Who follows one stream; the stream's lock guards it.

    Parameters
    ----------
    patience
        How long a reader that takes nothing holds the head. [s]
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._cursors: dict[Cursor, None] = {}
        self._wakers = WakerSet()
        self._progress_readers = 0

    @property
    def size(self) -> int:
        """Cursors and subscribers."""
        return len(self._cursors) + self._progress_readers

    def attach(self, waker: Waker, *, subscribes: bool) -> None:
        """Wake this one at every change."""
        self._wakers.attach(waker)
        self._progress_readers += subscribes

    def detach(self, waker: Waker, *, subscribes: bool) -> None:
        """Undo one `attach`."""
        self._wakers.detach(waker)
        self._progress_readers -= subscribes

    def add(self, cursor: Cursor, now: float) -> None:
        """Take a reader in."""
        cursor.touched = now
        self._cursors[cursor] = None
        self._wakers.attach(cursor.waker)

    def remove(self, cursor: Cursor) -> bool:
        """Let a reader go; tell whether it was here."""
        if cursor not in self._cursors:
            return False
        del self._cursors[cursor]
        self._wakers.detach(cursor.waker)
        cursor.reader.close()
        return True

    def holds(self, now: float) -> bool:
        """Tell whether some reader holds the head: it took something lately or waits for a block."""
        return any(
            cursor.holds_head and (now - cursor.touched <= self._patience or cursor.reader.waiting)
            for cursor in self._cursors
        )

    def touch(self, now: float) -> None:
        """Count no one's idleness from before `now`."""
        for cursor in self._cursors:
            cursor.touched = now

    def release_blocks(self, now: float, idle: float = RELEASED_AFTER) -> None:
        """Have readers that have not come for `idle` seconds let go of their blocks."""
        for cursor in self._cursors:
            if now - cursor.touched >= idle and not cursor.reader.waiting:
                cursor.reader.release_blocks()

    def wakers(self) -> tuple[Waker, ...]:
        """List everybody to be woken."""
        return self._wakers.members()

    def follower_wakers(self) -> tuple[Waker, ...]:
        """List the wakers of readers that only follow the head."""
        return tuple(cursor.waker for cursor in self._cursors if not cursor.holds_head)
