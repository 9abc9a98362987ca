"""What the tests of books share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.schedule.leaves import LeafKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located


class WithoutCloses:
    """Lines of all entries that are no closes."""

    def __init__(self, ground: Ground, located: Located, block: Block) -> None:
        self._block = block
        self._shape = (len(ground.config.companies), len(ground.chart.accounts), 2)
        closing = np.array([leaf.kind is LeafKind.CLOSE for leaf in ground.schedule.leaves])
        self._counted = np.repeat(~closing[located.leaf], np.diff(block.first_line))
        self._company = np.repeat(block.company, np.diff(block.first_line))

    def upto(self, position: int) -> NDArray[np.int64]:
        """Add up debits and credits of companies and accounts before a position. [minor units]"""
        lines = np.flatnonzero(self._counted[: self._block.first_line[position]])
        sums = np.zeros(self._shape, dtype=np.int64)
        side = (self._block.credit[lines] > 0).astype(np.int64)
        place = (self._company[lines], self._block.account[lines].astype(np.int64), side)
        np.add.at(sums, place, np.abs(self._block.local_amount[lines]))
        return sums


@pytest.fixture(scope="package")
def plain(ground: Ground, located: Located, block: Block) -> WithoutCloses:
    """The small journal without its closes."""
    return WithoutCloses(ground, located, block)
