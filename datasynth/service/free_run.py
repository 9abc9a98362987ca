"""Generation that nobody reads: blocks are computed for real, and the head follows them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from datasynth.service.block_pool import Lane
from datasynth.service.edition import BLOCK_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.block_pool import Order
    from datasynth.service.block_source import BlockSource
    from datasynth.service.edition import Edition


class FreeRun:
    """The few blocks that are being made ahead of a head that nobody holds; the caller's lock guards it.

    A bounded number of blocks per stream, in one lane that keeps its order, is
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
        self._orders: deque[tuple[int, Order]] = deque()

    @property
    def outstanding(self) -> int:
        """Blocks that are being made or wait for the head."""
        return len(self._orders)

    def harvest(self, position: int) -> tuple[int, bool]:
        """Return how far the blocks that are done carry a head at `position`, and if the next is broken."""
        while self._orders and self._orders[0][1].done:
            number, order = self._orders.popleft()
            if order.error is not None:
                return position, True
            if number == position // BLOCK_ENTRIES:
                position = (number + 1) * BLOCK_ENTRIES
        return position, False

    def pump(self, edition: Edition, position: int) -> None:
        """Order the blocks from `position` on, as many as may be under way."""
        number = position // BLOCK_ENTRIES
        if self._orders:
            if self._orders[0][0] != number:
                self.halt()
            else:
                number = self._orders[-1][0] + 1
        while len(self._orders) < self._depth and number * BLOCK_ENTRIES < edition.total:
            key = self._source.key(edition, number, None, "")
            order = self._source.order(key, edition, self, self._ready, Lane.FREE)
            self._orders.append((number, order))
            number += 1

    def halt(self) -> None:
        """Want none of the blocks under way; what was not begun will not be made."""
        while self._orders:
            self._source.pool.withdraw(self._orders.popleft()[1], self)
