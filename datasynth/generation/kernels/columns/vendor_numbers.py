"""Numbers that vendors give their own invoices and credit memos."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_PACE, MOST_PACE = 2, 50
"""How many numbers a vendor gives, at least and at most, while the company gets one invoice of any vendor."""

SCALES = np.array([100, 1_000, 10_000, 10_000, 100_000, 100_000, 1_000_000, 5_000_000], dtype=np.int64)
"""Bounds of what a vendor has numbered before, all equally frequent; our judgement."""

STYLE, PACE, SCALE, BASE, OWN_KEY, CYCLE, FIRST_BILLED = (np.uint64(field) for field in range(7))
"""Fields of a vendor's draws; see `draw`."""

PLACE = np.uint64(0)
"""Field of an invoice's draw, by the vendor's own key."""


class VendorStyles(NamedTuple):
    """What the numbers of all vendors depend on.

    Attributes
    ----------
    key
        Of the vendors' draws; follows from the seed.
    size
        Number of styles; their codes come first among the reference kinds.
    """

    key: np.uint64
    size: int


@kernel
def vendor_number(styles: VendorStyles, vendor: int, rank: int) -> tuple[np.int64, np.int64]:
    """Return how a vendor prints the number of an invoice, and the number.

    A vendor counts up while the company gets invoices, this vendor's and all others.  Each
    rank has so many numbers as the vendor's *pace* says, and one of them is drawn.  So the
    numbers of a vendor increase, and no step between them repeats.

    Parameters
    ----------
    vendor
        Code of the partner; style, pace and what was numbered before follow from it.
    rank
        Place of the invoice, from 1, among those that the company gets from all vendors, in their order.

    Returns
    -------
    int
        Code of the reference kind.
    int
        Number, at least 1, at most ``5_000_000 + rank * MOST_PACE``.
    """
    code, place = np.uint64(vendor), np.int64(rank) - 1
    style = np.int64(below(draw(styles.key, code, STYLE), np.uint64(styles.size)))
    pace = below(draw(styles.key, code, PACE), np.uint64(MOST_PACE - LEAST_PACE + 1)) + np.uint64(LEAST_PACE)
    scale = SCALES[np.int64(below(draw(styles.key, code, SCALE), np.uint64(len(SCALES))))]
    before = np.int64(below(draw(styles.key, code, BASE), np.uint64(scale)))
    # Draws of two vendors have nothing in common, since each vendor has a key.
    among = np.int64(below(draw(draw(styles.key, code, OWN_KEY), np.uint64(place), PLACE), pace))
    return style, before + place * np.int64(pace) + among + 1


@kernel
def billing_age(styles: VendorStyles, vendor: int, day: int, most: int) -> np.int64:
    """Return how old a vendor's invoice is when it is posted: 0 to `most`. [days]

    A vendor writes invoices every so many days, on all of which the company posts the last
    ones.  So what is posted later is not dated earlier, as its number says.
    """
    code = np.uint64(vendor)
    cycle = below(draw(styles.key, code, CYCLE), np.uint64(most) + np.uint64(1)) + np.uint64(1)
    first = below(draw(styles.key, code, FIRST_BILLED), cycle)
    return np.int64((np.uint64(day) + first) % cycle)


@kernel
def printed_number(styles: VendorStyles, kind: int, partner: int, rank: int) -> tuple[np.int64, np.int64]:
    """Return kind and number of a reference, from the company's rank of the document that it names.

    A kind below the number of styles stands for all of them: the vendor's own style and number follow.
    """
    if kind >= styles.size:
        return np.int64(kind), np.int64(rank)
    return vendor_number(styles, partner, rank)


@kernel
def fill_vendor_numbers(
    styles: VendorStyles,
    vendor: NDArray[np.int64],
    rank: NDArray[np.int64],
    kind: NDArray[np.int64],
    number: NDArray[np.int64],
) -> None:
    """Find kind and number of many invoices of vendors; see `vendor_number`; one turn is one invoice."""
    for place in range(len(rank)):
        kind[place], number[place] = vendor_number(styles, vendor[place], rank[place])
