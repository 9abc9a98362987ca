"""Generation that nobody reads: blocks are computed for real, and the head follows them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from datasynth.service.blocks.block_pool import Priority
from datasynth.service.journals.version import BLOCK_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.blocks.block_pool import BlockJob
    from datasynth.service.blocks.block_source import BlockSource
    from datasynth.service.journals.version import JournalVersion


class UnattendedRun:
    """The few blocks that are being made ahead of a head that nobody holds; the caller's lock guards it.

    A bounded number of blocks per stream, all of one priority, which keeps their order, is
    what makes streams take turns.

    Parameters
    ----------
    source
        Where blocks come from.
    ready
        Called from another thread, with no lock held, when a block is done.
    """

    def __init__(self, source: BlockSource, ready: Callable[[], None]) -> None:
        self._source = source
        self._ready = ready
        self._depth = 2 * source.pool.threads
        self._jobs: deque[tuple[int, BlockJob]] = deque()

    @property
    def outstanding(self) -> int:
        """Blocks that are being made or wait for the head."""
        return len(self._jobs)

    def collect(self, position: int) -> tuple[int, bool]:
        """Return how far the blocks that are done carry a head at `position`, and if the next is broken."""
        while self._jobs and self._jobs[0][1].done:
            number, job = self._jobs.popleft()
            if job.error is not None:
                return position, True
            if number == position // BLOCK_ENTRIES:
                position = (number + 1) * BLOCK_ENTRIES
        return position, False

    def submit(self, version: JournalVersion, position: int) -> None:
        """Submit the blocks from `position` on, as many as may be under way."""
        number = position // BLOCK_ENTRIES
        if self._jobs:
            if self._jobs[0][0] != number:
                self.halt()
            else:
                number = self._jobs[-1][0] + 1
        while len(self._jobs) < self._depth and number * BLOCK_ENTRIES < version.total:
            key = self._source.key(version, number, None, "")
            job = self._source.submit(key, version, self, self._ready, Priority.UNATTENDED)
            self._jobs.append((number, job))
            number += 1

    def halt(self) -> None:
        """Want none of the blocks under way; what was not begun will not be made."""
        while self._jobs:
            self._source.pool.withdraw(self._jobs.popleft()[1], self)
