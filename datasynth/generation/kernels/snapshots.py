"""Sums of a step's documents in company currency up to each of many days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.dealing import rotation, shift_of
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class CardLines(NamedTuple):
    """Lines of all rows, as sums read them.

    Attributes
    ----------
    offsets, amount, scale
        See `Rows`.
    slot : (lines,) int16
        Place of the line's account and side among those of the step.
    """

    offsets: NDArray[np.int64]
    slot: NDArray[np.int16]
    amount: NDArray[np.int64]
    scale: NDArray[np.int32]


@kernel
def chains_before(starts: NDArray[np.int64], window: NDArray[np.uint8], day: int, number: int) -> int:
    """Count the chains of a class whose step is before a day; single documents have no lag table."""
    if len(window) > 0:
        return of_class(starts[first_start(window, LEAD_DAYS + day, number)], number)
    return of_class(starts[day], number)


@kernel
def sum_deck(lines: CardLines, first_row: int, reached: NDArray[np.int64]) -> None:
    """Sum the cards of each class, one after the other.

    Parameters
    ----------
    lines
        Of all rows.
    first_row
        Row of the deck's first card.
    reached : (CLASSES, cards of a class + 1, slots) int64
        Output: sums over the first so many cards of a class. [minor units]
    """
    row = first_row
    for number in range(CLASSES):
        nothing = reached[number, 0]
        for place in range(len(nothing)):
            nothing[place] = 0
        for card in range(reached.shape[1] - 1):
            earlier, sums = reached[number, card], reached[number, card + 1]
            for place in range(len(sums)):
                sums[place] = earlier[place]
            for line in range(lines.offsets[row], lines.offsets[row + 1]):
                sums[lines.slot[line]] += lines.amount[line]
            row += 1


@kernel
def sum_days(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    key: np.uint64,
    shifts: NDArray[np.int64],
    lines: CardLines,
    first_row: int,
    class_bits: int,
    reached: NDArray[np.int64],
) -> None:
    """Sum a step's documents before each day; one turn is one class, over all days.

    Parameters
    ----------
    totals : (n, slots) int64
        Output: sums over the chains before each day, from the first chain on. [minor units]
    days : (n,) int64
        [days from the start]
    starts, windows
        See `Schedule`; of single documents, documents before each day and none.
    key, shifts, first_row, class_bits
        See `add_chains`.
    lines
        Of all rows.
    reached
        From `sum_deck`; leaves of one deck share it.
    """
    class_cards = 1 << class_bits
    for number in range(CLASSES):
        base = first_row + (number << class_bits)
        sums = reached[number]
        whole = sums[class_cards]
        for at in range(len(days)):
            chains = chains_before(starts, windows, days[at], number)
            cycle = chains >> class_bits
            rest = chains & (class_cards - 1)
            turn = np.int64(0)
            if rest > 0:
                turn = rotation(key, number, cycle, class_cards)
            end = turn + rest
            if end >= class_cards:
                cycle += 1
                end -= class_cards
            # Rows of their own, so that many slots are summed at once.
            found, more, less = totals[at], sums[end], sums[turn]
            for place in range(len(found)):
                found[place] += cycle * whole[place] + more[place] - less[place]
            if rest & 1:
                card = (turn + rest - 1) & (class_cards - 1)
                shift = shift_of(
                    key, ((chains - 1) << CLASS_BITS) + number, shifts[(number << class_bits) + card]
                )
                for line in range(lines.offsets[base + card], lines.offsets[base + card + 1]):
                    found[lines.slot[line]] += shift * lines.scale[line]


@kernel
def sum_account(
    totals: NDArray[np.int64],
    days: NDArray[np.int64],
    starts: NDArray[np.int64],
    windows: NDArray[np.uint8],
    key: np.uint64,
    shifts: NDArray[np.int64],
    reached: NDArray[np.int64],
    scale: NDArray[np.int64],
    class_bits: int,
) -> None:
    """Sum what a step's documents before each day post to one side of one account; a turn is a class.

    Parameters
    ----------
    totals : (n,) int64
        Added to. [minor units]
    days : (n,) int64
        [days from the start]
    starts, windows, key, shifts, class_bits
        See `sum_days`.
    reached : (cards + 1,) int64
        Sums of the account's amounts over the first so many cards. [minor units]
    scale : (cards,) int64
        What a step of variation adds to the account. [minor units]
    """
    class_cards = 1 << class_bits
    for number in range(CLASSES):
        base = number << class_bits
        whole = reached[base + class_cards] - reached[base]
        for at in range(len(days)):
            chains = chains_before(starts, windows, days[at], number)
            cycle = chains >> class_bits
            rest = chains & (class_cards - 1)
            totals[at] += cycle * whole
            if rest == 0:
                continue
            turn = rotation(key, number, cycle, class_cards)
            end = turn + rest
            if end >= class_cards:
                totals[at] += whole
                end -= class_cards
            totals[at] += reached[base + end] - reached[base + turn]
            if rest & 1:
                card = base + ((turn + rest - 1) & (class_cards - 1))
                shift = shift_of(key, ((chains - 1) << CLASS_BITS) + number, shifts[card])
                totals[at] += shift * scale[card]
