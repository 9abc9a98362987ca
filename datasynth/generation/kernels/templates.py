"""Which template a case takes, and the jitter of its amounts.

The cases of a class take its templates in *passes*: each pass goes once through all of
them, in an order of its own.  Templates stand in units.  A pass goes through the units
in a drawn order, and through the templates of a unit in another one.  So the first
cases of a class come to whole passes, whole units and the beginning of one unit.

Within a unit, templates of like size form rings.  In each pass every template draws a
number, and its jitter is its own number less that of the next one of the ring.  So the
jitters of a ring sum to nil, and those of a unit do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import GAMMA, SECOND, below, draw
from datasynth.generation.kernels.schedule.counts import CLASS_BITS, CLASSES
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from datasynth.kernel import Records

ORDER = np.uint64(0)
JITTER = np.uint64(1)

UNIT_BITS = 5
"""A unit has ``2 ** UNIT_BITS`` templates, or all templates of a class that has fewer."""

RING = np.dtype([("most", np.int32), ("next", np.int32)])
"""A template's place in its ring.

most
    Most jitter steps of the templates of the ring.
next
    Number of the next template of the ring, or, without jitter, of the next such one of
    the unit.
"""

_ROUNDS = 4
_ROUND_BITS = np.uint64(10)
_ODD = np.uint64(1)
_ADDED = np.uint64(5)
_UPPER = np.uint64(24)


@kernel
def unit_bits(class_bits: int) -> int:
    """Return the binary digits of the templates of a unit."""
    return min(class_bits, UNIT_BITS)


@kernel
def permuted(bits: np.uint64, place: int, size_bits: int) -> np.int64:
    """Return what stands at a place of a drawn order of 0 … ``2 ** size_bits`` - 1, of up to 6 bits.

    A round multiplies by an odd number, adds another, and mixes high digits into low
    ones; each of these is one-to-one.  After four rounds any two neighbours are about
    equally frequent.
    """
    mask = (np.uint64(1) << np.uint64(size_bits)) - np.uint64(1)
    shift = np.uint64((size_bits + 1) >> 1)
    found = np.uint64(place)
    for _ in range(_ROUNDS):
        found = (found * (bits | _ODD) + (bits >> _ADDED)) & mask
        found ^= found >> shift
        bits >>= _ROUND_BITS
    return np.int64(found)


@kernel
def pass_order(key: np.uint64, number: int, nth_pass: int) -> np.uint64:
    """Draw the order of a class's units in a pass."""
    return draw(key, np.uint64(nth_pass * CLASSES + number), ORDER)


@kernel
def unit_order(order: np.uint64, unit: int | np.int64) -> np.uint64:
    """Draw the order of the templates of a unit; `order` is from `pass_order`."""
    # The upper 40 bits of a product serve four rounds.
    return ((order ^ (GAMMA * np.uint64(unit + 1))) * SECOND) >> _UPPER


@kernel
def template_of(key: np.uint64, case: int, class_bits: int) -> np.int64:
    """Return the template of a case; ``2 ** class_bits`` is the number of templates of a class."""
    number = case & (CLASSES - 1)
    # A field of a record has 32 bits, which are too few for a case.
    nth, bits = case >> CLASS_BITS, int(class_bits)
    inner = unit_bits(bits)
    order = pass_order(key, number, nth >> bits)
    place = nth & ((1 << bits) - 1)
    unit = permuted(order, place >> inner, bits - inner)
    member = permuted(unit_order(order, unit), place & ((1 << inner) - 1), inner)
    return (((number << (bits - inner)) + unit) << inner) + member


@kernel
def jitter_in(
    key: np.uint64, nth_pass: int, class_bits: int, template: int | np.int64, most: int, following: int
) -> np.int64:
    """Return the jitter steps of a template in a pass; `most` and `following` are of its `RING`."""
    first = nth_pass << (class_bits + CLASS_BITS)
    bound = np.uint64(most + 1)
    own = below(draw(key, np.uint64(first + template), JITTER), bound)
    other = below(draw(key, np.uint64(first + following), JITTER), bound)
    return np.int64(own) - np.int64(other)


@kernel
def jitter_of(
    key: np.uint64, case: int, class_bits: int, template: int | np.int64, rings: Records, first_ring: int
) -> np.int64:
    """Return the jitter steps of the amounts of a case that takes a template.

    `rings` has a `RING` for each template, that of the first one at `first_ring`.
    """
    ring = rings[first_ring + template]
    # A template without room for jitter needs no draws.
    if ring.most == 0:
        return np.int64(0)
    # A field of a record has 32 bits, which are too few for a case.
    bits = int(class_bits)
    return jitter_in(key, case >> (CLASS_BITS + bits), bits, template, ring.most, ring.next)
