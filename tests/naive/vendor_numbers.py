"""Numbers of vendors' invoices, counted up one rank at a time."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw
from datasynth.ledger.references import VENDOR_STYLES

if TYPE_CHECKING:
    from datasynth.generation.kernels.columns.vendor_numbers import VendorStyles

BEFORE = (100, 1_000, 10_000, 10_000, 100_000, 100_000, 1_000_000, 5_000_000)


def one_of(bits: int, size: int) -> int:
    """Choose a number below `size` by 64 bits."""
    return (bits >> 32) * size >> 32


@lru_cache(maxsize=4_096)
def numbers(styles: VendorStyles, vendor: int, ranks: int) -> tuple[int, list[int]]:
    """Return the kind of reference and the numbers that a vendor would print at each rank from 1."""
    key = int(styles.key)
    kind = one_of(draw(key, vendor, 0), styles.size)
    pace = 2 + one_of(draw(key, vendor, 1), 49)
    reached = one_of(draw(key, vendor, 3), BEFORE[one_of(draw(key, vendor, 2), 8)])
    mine = draw(key, vendor, 4)
    found = []
    for place in range(ranks):
        given = range(reached + 1, reached + 1 + pace)
        found.append(given[one_of(draw(mine, place, 0), pace)])
        reached = given[-1]
    return kind, found


def printed(styles: VendorStyles, vendor: int, rank: int) -> str:
    """Return how a vendor prints the number of the invoice with a rank."""
    # More ranks than needed, so that counting up serves later ones as well.
    kind, found = numbers(styles, vendor, 1 << rank.bit_length())
    text, digits = VENDOR_STYLES[kind]
    return f"{text}{found[rank - 1]:0{digits}}"


def billing_age(styles: VendorStyles, vendor: int, day: int, most: int) -> int:
    """Return how many days before a day since 1970-01-01 a vendor last wrote invoices."""
    key = int(styles.key)
    cycle = 1 + one_of(draw(key, vendor, 5), most + 1)
    first = one_of(draw(key, vendor, 6), cycle)
    age = 0
    while (day - age + first) % cycle:
        age += 1
    return age
