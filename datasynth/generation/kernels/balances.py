"""Sums over any run of chains, from prefix sums over their deck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.dealing import rotation, shift_of
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CHECKPOINT_BITS = 4
"""Prefix sums are kept at every ``2 ** CHECKPOINT_BITS``-th card of a class."""


@kernel
def sum_cards(
    offsets: NDArray[np.int64],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Fill the prefix sums of one step; one turn is one card.

    Parameters
    ----------
    offsets, slot, amount
        Lines of all rows; `slot` is the place of the line's account and side
        among those of the step.
    first_row
        Row of the step's first card.
    class_bits
        ``2 ** class_bits`` cards a class.
    prefix : (CLASSES, checkpoints + 1, slots) int64
        Output; the last checkpoint is the class's total. [minor units]
    """
    class_cards = 1 << class_bits
    slots = prefix.shape[2]
    for number in range(CLASSES):
        for place in range(slots):
            prefix[number, 0, place] = 0
        for nth in range(class_cards):
            at = (nth >> CHECKPOINT_BITS) + 1
            if nth & ((1 << CHECKPOINT_BITS) - 1) == 0:
                for place in range(slots):
                    prefix[number, at, place] = prefix[number, at - 1, place]
            row = first_row + (number << class_bits) + nth
            for line in range(offsets[row], offsets[row + 1]):
                prefix[number, at, slot[line]] += amount[line]


@kernel
def add_first(
    totals: NDArray[np.int64],
    sign: int,
    cards: int | np.int64,
    number: int,
    offsets: NDArray[np.int64],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Add the first so many cards of a class to the totals, or take them away."""
    at = cards >> CHECKPOINT_BITS
    for place in range(prefix.shape[2]):
        totals[place] += sign * prefix[number, at, place]
    for nth in range(at << CHECKPOINT_BITS, cards):
        row = first_row + (number << class_bits) + nth
        for line in range(offsets[row], offsets[row + 1]):
            totals[slot[line]] += sign * amount[line]


@kernel
def add_chains(
    totals: NDArray[np.int64],
    sign: int,
    reach: NDArray[np.int64],
    key: np.uint64,
    shifts: NDArray[np.int64],
    offsets: NDArray[np.int64],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    scale: NDArray[np.int32],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Add a step's documents of the first chains of every class; one turn is one class.

    Parameters
    ----------
    totals : (slots,) int64
        Added to. [minor units]
    sign
        1 to add, -1 to take away.
    reach : (CLASSES,) int64
        How many chains of each class, from the first on.
    key
        Of the chains' draws.
    shifts : (cards,) int64
        Most steps of variation of each card.
    offsets, slot, amount, scale, first_row, class_bits, prefix
        See `sum_cards`; `scale` is what a step of variation adds to a line.
    """
    class_cards = 1 << class_bits
    last = prefix.shape[1] - 1
    for number in range(CLASSES):
        chains = reach[number]
        cycle = chains >> class_bits
        rest = chains & (class_cards - 1)
        for place in range(prefix.shape[2]):
            totals[place] += sign * cycle * prefix[number, last, place]
        if rest == 0:
            continue
        turn = rotation(key, number, cycle, class_cards)
        end = turn + rest
        if end >= class_cards:
            for place in range(prefix.shape[2]):
                totals[place] += sign * prefix[number, last, place]
            end -= class_cards
        add_first(totals, sign, end, number, offsets, slot, amount, first_row, class_bits, prefix)
        add_first(totals, -sign, turn, number, offsets, slot, amount, first_row, class_bits, prefix)
        if rest & 1:
            card = (number << class_bits) + ((turn + rest - 1) & (class_cards - 1))
            shift = shift_of(key, ((chains - 1) << CLASS_BITS) + number, shifts[card])
            row = first_row + card
            for line in range(offsets[row], offsets[row + 1]):
                totals[slot[line]] += sign * shift * scale[line]


@kernel
def reach_before(
    starts: NDArray[np.int64], window: NDArray[np.uint8], day: int, reach: NDArray[np.int64]
) -> None:
    """Count, for each class, the chains whose step is before a day. [days from the start]"""
    for number in range(CLASSES):
        reach[number] = of_class(starts[first_start(window, LEAD_DAYS + day, number)], number)


@kernel
def reach_single(documents: int, reach: NDArray[np.int64]) -> None:
    """Count, for each class, the first so many single documents."""
    for number in range(CLASSES):
        reach[number] = of_class(documents, number)
