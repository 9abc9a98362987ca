"""Numbers that vendors give their own invoices and credit memos."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

LEAST_PACE, MOST_PACE = 2, 50
"""How many numbers a vendor gives, at least and at most, while the company gets one invoice of any vendor."""

SCALES = np.array([100, 1_000, 10_000, 10_000, 100_000, 100_000, 1_000_000, 5_000_000], dtype=np.int64)
"""Bounds of what a vendor has numbered before, all equally frequent; our judgement."""

STYLE, PACE, SCALE, BASE, OWN_KEY = (np.uint64(field) for field in range(5))
"""Fields of a vendor's draws; see `draw`."""

PLACE = np.uint64(0)
"""Field of an invoice's draw, by the vendor's own key."""


class VendorStyles(NamedTuple):
    """What the numbers of all vendors depend on.

    Attributes
    ----------
    key
        Of the vendors' draws; follows from the seed.
    first
        Code of the first style among the reference kinds.
    size
        Number of styles.
    """

    key: np.uint64
    first: int
    size: int


@kernel
def vendor_number(styles: VendorStyles, vendor: int, rank: int, least: int) -> tuple[np.int64, np.int64]:
    """Return how a vendor prints the number of an invoice, and the number.

    A vendor counts up while the company gets invoices, this vendor's and all others.  Each
    rank has so many numbers as the vendor's *pace* says, and one of them is drawn.  So the
    numbers of a vendor increase, and no step between them repeats.

    Parameters
    ----------
    vendor
        Code of the partner; style, pace and what was numbered before follow from it.
    rank
        Place of the invoice among those that the company gets from all vendors, in their order.
    least
        Least rank that the company has; ranks may be below nought.

    Returns
    -------
    int
        Code of the reference kind.
    int
        Number, at least 1, below ``5_000_001 + (rank - least + 1) * MOST_PACE``.
    """
    code, place = np.uint64(vendor), np.int64(rank) - np.int64(least)
    style = np.int64(below(draw(styles.key, code, STYLE), np.uint64(styles.size)))
    pace = below(draw(styles.key, code, PACE), np.uint64(MOST_PACE - LEAST_PACE + 1)) + np.uint64(LEAST_PACE)
    scale = SCALES[np.int64(below(draw(styles.key, code, SCALE), np.uint64(len(SCALES))))]
    before = np.int64(below(draw(styles.key, code, BASE), np.uint64(scale)))
    # Draws of two vendors have nothing in common, since each vendor has a key.
    among = np.int64(below(draw(draw(styles.key, code, OWN_KEY), np.uint64(place), PLACE), pace))
    return styles.first + style, before + place * np.int64(pace) + among + 1
