"""Sums over any run of chains, from prefix sums over their deck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, of_class
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
    debits: NDArray[np.int32],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Fill the prefix sums of one step; one turn is one card.

    Parameters
    ----------
    offsets, debits, slot, amount
        Lines of all rows; `slot` is the account's place among the step's accounts.
    first_row
        Row of the step's first card.
    class_bits
        ``2 ** class_bits`` cards a class.
    prefix : (CLASSES, checkpoints + 1, accounts) int64
        Output, debit positive; the last checkpoint is the class's total. [minor units]
    """
    class_cards = 1 << class_bits
    accounts = prefix.shape[2]
    for number in range(CLASSES):
        for account in range(accounts):
            prefix[number, 0, account] = 0
        for nth in range(class_cards):
            at = (nth >> CHECKPOINT_BITS) + 1
            if nth & ((1 << CHECKPOINT_BITS) - 1) == 0:
                for account in range(accounts):
                    prefix[number, at, account] = prefix[number, at - 1, account]
            row = first_row + (number << class_bits) + nth
            for line in range(offsets[row], offsets[row + 1]):
                debit = line - offsets[row] < debits[row]
                prefix[number, at, slot[line]] += amount[line] if debit else -amount[line]


@kernel
def add_first(
    totals: NDArray[np.int64],
    sign: int,
    cards: int | np.int64,
    number: int,
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Add the first so many cards of a class to the totals, or take them away."""
    at = cards >> CHECKPOINT_BITS
    for account in range(prefix.shape[2]):
        totals[account] += sign * prefix[number, at, account]
    for nth in range(at << CHECKPOINT_BITS, cards):
        row = first_row + (number << class_bits) + nth
        for line in range(offsets[row], offsets[row + 1]):
            debit = line - offsets[row] < debits[row]
            totals[slot[line]] += sign * (amount[line] if debit else -amount[line])


@kernel
def add_chains(
    totals: NDArray[np.int64],
    sign: int,
    reach: NDArray[np.int64],
    key: np.uint64,
    varies: int,
    shifts: NDArray[np.int64],
    offsets: NDArray[np.int64],
    debits: NDArray[np.int32],
    slot: NDArray[np.int16],
    amount: NDArray[np.int64],
    first_row: int,
    class_bits: int,
    prefix: NDArray[np.int64],
) -> None:
    """Add a step's documents of the first chains of every class; one turn is one class.

    Parameters
    ----------
    totals : (accounts,) int64
        Added to, debit positive. [minor units]
    sign
        1 to add, -1 to take away.
    reach : (CLASSES,) int64
        How many chains of each class, from the first on.
    key
        Of the chains' draws.
    varies
        1 if the step's amounts are shifted, else 0.
    shifts : (cards,) int64
        Largest shift of each card. [minor units]
    offsets, debits, slot, amount, first_row, class_bits, prefix
        See `sum_cards`.
    """
    class_cards = 1 << class_bits
    last = prefix.shape[1] - 1
    for number in range(CLASSES):
        chains = reach[number]
        cycle = chains >> class_bits
        rest = chains & (class_cards - 1)
        for account in range(prefix.shape[2]):
            totals[account] += sign * cycle * prefix[number, last, account]
        if rest == 0:
            continue
        turn = rotation(key, number, cycle, class_cards)
        end = turn + rest
        if end >= class_cards:
            for account in range(prefix.shape[2]):
                totals[account] += sign * prefix[number, last, account]
            end -= class_cards
        add_first(totals, sign, end, number, offsets, debits, slot, amount, first_row, class_bits, prefix)
        add_first(totals, -sign, turn, number, offsets, debits, slot, amount, first_row, class_bits, prefix)
        if varies and rest & 1:
            card = (number << class_bits) + ((turn + rest - 1) & (class_cards - 1))
            shift = shift_of(key, ((chains - 1) << CLASS_BITS) + number, shifts[card])
            first = offsets[first_row + card]
            totals[slot[first]] += sign * shift
            totals[slot[first + debits[first_row + card]]] -= sign * shift


@kernel
def reach_before(
    starts: NDArray[np.int64], windows: NDArray[np.int16], day: int, reach: NDArray[np.int64]
) -> None:
    """Count, for each class, the chains whose step is before a day."""
    for number in range(CLASSES):
        reach[number] = of_class(starts[windows[day, number]], number)


@kernel
def reach_single(documents: int, reach: NDArray[np.int64]) -> None:
    """Count, for each class, the first so many single documents."""
    for number in range(CLASSES):
        reach[number] = of_class(documents, number)
