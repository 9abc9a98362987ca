"""Columns that grow while a data set is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIRST_ROWS = 1 << 16


class Growing:
    """A column to which rows are added at the end.

    Its room doubles when it is full.  Room that no row has touched costs no memory, and what
    parts are copied from can be used again at once; a list of parts, joined at the end, would
    take twice as much.
    """

    def __init__(self) -> None:
        self._rows: NDArray[Any] | None = None
        self._size = 0

    def add(self, rows: NDArray[Any]) -> None:
        """Put rows at the end; the first ones decide about the type."""
        if self._rows is None:
            self._rows = np.empty(max(FIRST_ROWS, rows.size), dtype=rows.dtype)
        end = self._size + rows.size
        if end > self._rows.size:
            self._rows.resize(max(end, 2 * self._rows.size), refcheck=False)
        self._rows[self._size : end] = rows
        self._size = end

    def take(self) -> NDArray[Any]:
        """Return all rows; the column is empty afterwards."""
        rows, size = self._rows, self._size
        self._rows, self._size = None, 0
        if rows is None:
            return np.empty(0, dtype=np.int64)
        rows.resize(size, refcheck=False)
        return rows
