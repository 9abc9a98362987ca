"""Columns that are read as indexes: unsigned, which spares each of them a test for being negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.kernel import inlined

if TYPE_CHECKING:
    from numpy.typing import NDArray


@inlined
def unsigned(column: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Return a column of numbers, none of which is negative, as indexes.

    Python counts negative indexes from the end, so a kernel would ask each time.
    """
    return column.view(np.uint32)
