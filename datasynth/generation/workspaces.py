"""Memory in which entries are placed: one workspace for each thread that places some."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.document_lines import Workspace
from datasynth.generation.kernels.reading_ahead import empty_records
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.schedule.issued_days import ISSUED_DAY, LEVEL, MOST_LEVELS, IssuedDays
from datasynth.generation.kernels.schedule.placements import OPEN_CELL, DayState

if TYPE_CHECKING:
    from datasynth.generation.kernels.schedule.placements import ScheduleTables

_DAYS_KEPT = 96
_FEWEST_ROWS, _MOST_ROWS = 1 << 10, 1 << 13
"""Days of issuing series that are kept: some for each series, within 10 MB."""


class WorkspacePool:
    """Memory for placing entries, taken by one thread at a time and used again.

    Threads need no lock, since a deque adds and removes an element in one step.
    """

    def __init__(self, tables: ScheduleTables) -> None:
        self._tables = tables
        self._free: deque[Workspace] = deque()

    def take(self) -> Workspace:
        """Return memory that nobody uses."""
        try:
            return self._free.pop()
        except IndexError:
            return _workspace(self._tables)

    def give_back(self, workspace: Workspace) -> None:
        """Keep memory for the next one."""
        self._free.append(workspace)


def _workspace(tables: ScheduleTables) -> Workspace:
    nodes, ranges, groups = len(tables.tree.nodes), len(tables.ranges), len(tables.tree.numbered)
    series = len(tables.tree.leaf)
    state = DayState(
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.int64),
        np.empty(nodes, dtype=np.uint64),
        np.empty(ranges, dtype=np.int64),
        np.empty(ranges, dtype=np.int64),
        np.empty(groups, dtype=np.int64),
        np.empty(groups, dtype=np.int64),
        np.empty(series, dtype=OPEN_CELL).view(np.recarray),
    )
    rows = min(max(1 << (series * _DAYS_KEPT - 1).bit_length(), _FEWEST_ROWS), _MOST_ROWS)
    return Workspace(state, no_days_kept(rows))


def no_days_kept(rows: int) -> IssuedDays:
    """Return room for so many days of issuing series, a power of two, of which none is kept yet."""
    days = empty_records(rows, ISSUED_DAY)
    days.tag = -1
    levels = empty_records(rows * MOST_LEVELS, LEVEL).reshape(rows, MOST_LEVELS)
    return IssuedDays(days, np.empty((rows, CLASSES), dtype=np.int64), levels.view(np.recarray))
