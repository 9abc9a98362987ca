"""Numbers of the items that documents open and clear."""

from __future__ import annotations

import numpy as np

from datasynth.kernel import kernel

SLOT_BITS = 3
KIND_BITS = 7
"""An item's number holds the chain, which of its items it is, and the kind of chain."""


@kernel
def item_number(number: int, slot: int, kind: int) -> np.int64:
    """Return the number that an item of a chain is printed with."""
    return (((np.int64(number) << SLOT_BITS) + slot) << KIND_BITS) + kind + 1
