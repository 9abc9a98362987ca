"""What the tests of books share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.schedule.document_series import SeriesKind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements


class WithoutCloses:
    """Lines of all entries that are no closes."""

    def __init__(self, plan: JournalPlan, placements: Placements, block: Block) -> None:
        self._block = block
        self._shape = (len(plan.config.companies), len(plan.chart.accounts), 2)
        closing = np.array([series.kind is SeriesKind.CLOSE for series in plan.schedule.document_series])
        self._counted = np.repeat(~closing[placements.series], np.diff(block.first_line))
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
def plain(plan: JournalPlan, placements: Placements, block: Block) -> WithoutCloses:
    """The small journal without its closes."""
    return WithoutCloses(plan, placements, block)
