"""Numbers of the items that documents open and clear."""

from __future__ import annotations

import numpy as np

from datasynth.kernel import kernel

# Eight items of a case, and 127 kinds of case.
ITEM_BITS = 3
KIND_BITS = 7
"""An item's number holds the case, which of its items it is, and the kind of case."""


@kernel
def item_number(number: int, slot: int, kind: int) -> np.int64:
    """Return the number that an item of a case is printed with."""
    return (((np.int64(number) << ITEM_BITS) + slot) << KIND_BITS) + kind + 1
