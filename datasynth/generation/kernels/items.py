"""Numbers of the items that documents open and clear."""

from __future__ import annotations

import numpy as np

from datasynth.kernel import kernel

# Eight items of a case, and 127 kinds of case.
ITEM_BITS = 3
KIND_BITS = 7
"""An item's number holds the case, which of its items it is, and the kind of case."""


@kernel
def item_number(number: int, item: int, kind: int) -> np.int64:
    """Return the number that is printed for an item of a case."""
    return (((np.int64(number) << ITEM_BITS) + item) << KIND_BITS) + kind + 1
