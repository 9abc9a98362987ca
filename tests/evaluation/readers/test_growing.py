"""Columns that grow."""

from __future__ import annotations

import numpy as np

from datasynth.evaluation.readers.growing import FIRST_ROWS, Growing


def test_rows_stay_in_order() -> None:
    """Small and large parts come out as they went in, beyond the first room too."""
    parts = [np.arange(3), np.arange(FIRST_ROWS), np.arange(0), np.arange(5 * FIRST_ROWS)]
    column = Growing()

    for part in parts:
        column.add(part)

    assert np.array_equal(np.concatenate(parts), column.take())


def test_type_of_the_first_rows() -> None:
    """Codes stay codes."""
    column = Growing()
    column.add(np.array([1, -1], dtype=np.int32))

    taken = column.take()

    assert ([1, -1], "int32") == (taken.tolist(), str(taken.dtype))


def test_nothing_was_added() -> None:
    """A column without rows is empty, also after it has been taken."""
    column = Growing()
    column.add(np.array([1]))
    column.take()

    assert [] == column.take().tolist()
