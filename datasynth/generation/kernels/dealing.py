"""Which card a chain takes, and by how much its amounts are shifted."""

from __future__ import annotations

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES
from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

ROTATION = np.uint64(0)
SHIFT = np.uint64(1)


@kernel
def rotation(key: np.uint64, number: int, cycle: int, class_cards: int) -> np.int64:
    """Return by how much a class's cards are turned in a cycle; even, so that pairs stay pairs."""
    place = np.uint64(cycle * CLASSES + number)
    return 2 * np.int64(below(draw(key, place, ROTATION), np.uint64(class_cards >> 1)))


@kernel
def card_of(key: np.uint64, chain: int, class_bits: int) -> np.int64:
    """Return the card of a chain; ``2 ** class_bits`` is the number of cards of a class."""
    number = chain & (CLASSES - 1)
    nth = chain >> CLASS_BITS
    class_cards = 1 << class_bits
    turned = nth + rotation(key, number, nth >> class_bits, class_cards)
    return (number << class_bits) + (turned & (class_cards - 1))


@kernel
def shift_of(key: np.uint64, chain: int, largest: int) -> np.int64:
    """Return the shift of a chain's amounts: +δ and -δ for the two of a pair. [minor units]"""
    number = chain & (CLASSES - 1)
    nth = chain >> CLASS_BITS
    place = np.uint64((nth >> 1) * CLASSES + number)
    shift = np.int64(below(draw(key, place, SHIFT), np.uint64(2 * largest + 1))) - largest
    return -shift if nth & 1 else shift
