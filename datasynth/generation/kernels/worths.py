"""Day by day sums of documents in foreign currency.

Companies of one currency deal cards of the same deck at the same rates.  Where a
class has many documents on a day, its cards are valued once and added up in
order; what any company has of them is a difference of such sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASS_BITS, CLASSES, LEAD_DAYS, first_start, of_class
from datasynth.generation.kernels.dealing import card_of, rotation
from datasynth.generation.kernels.valued import valued
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Leaves(NamedTuple):
    """Leaves whose chains take the same cards.

    Attributes
    ----------
    key : (leaves,) uint64
        Keys of the chains' draws.
    upto : (days + 1, leaves) int64
        Chains, or single documents, before each day; see `LeafBooks`.
    table : (leaves,) int64
        Lag table of the step.
    """

    key: NDArray[np.uint64]
    upto: NDArray[np.int64]
    table: NDArray[np.int64]


class Cards(NamedTuple):
    """Rows of the documents in foreign currency, a card each.

    Attributes
    ----------
    offsets, debits, amount, slot
        See `Rows` and `Sheet`; of these cards' rows and lines alone.
    gross : (cards,) int64
        Total of each document. [minor units of its currency]
    class_bits
        ``2 ** class_bits`` cards a class.
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    amount: NDArray[np.int64]
    slot: NDArray[np.int16]
    gross: NDArray[np.int64]
    class_bits: int


class DayRates(NamedTuple):
    """Rates of a pair of currencies, lead days first; see `RateTable`."""

    rates: NDArray[np.int64]
    divisor: int


@kernel
def take_cards(key: np.uint64, number: int, chains: int, class_bits: int, taken: NDArray[np.int64]) -> None:
    """Count how often the first chains of a class take each card of the class.

    Parameters
    ----------
    key
        Of the chains' draws.
    number
        The class.
    chains
        How many, from the first on.
    class_bits
        ``2 ** class_bits`` cards a class.
    taken : (cards of a class,) int64
        Output.
    """
    class_cards = 1 << class_bits
    cycle = chains >> class_bits
    for place in range(class_cards):
        taken[place] = cycle
    rest = chains & (class_cards - 1)
    if rest > 0:
        turn = rotation(key, number, cycle, class_cards)
        for nth in range(rest):
            taken[(turn + nth) & (class_cards - 1)] += 1


@kernel
def add_card(
    totals: NDArray[np.int64], cards: Cards, rate: np.int64, divisor: int, card: int | np.int64
) -> None:
    """Add the lines of a card at a day's rate, by slot: differences of rounded sums, side by side."""
    begin = cards.offsets[card]
    middle = begin + cards.debits[card]
    reached = np.int64(0)
    before = np.int64(0)
    for line in range(begin, cards.offsets[card + 1]):
        if line == middle:
            reached = np.int64(0)
            before = np.int64(0)
        reached += cards.amount[line]
        after = valued(reached, rate, divisor)
        totals[cards.slot[line]] += after - before
        before = after


@kernel
def value_class(reached: NDArray[np.int64], cards: Cards, rate: np.int64, divisor: int, number: int) -> None:
    """Add up the cards of a class at a day's rate, in order and twice over, as runs may go past the last.

    Parameters
    ----------
    reached : (2 * cards of a class + 1, slots) int64
        Output: sums over the first so many; the first row must be nil.
        [minor units of the company's currency]
    cards, rate, divisor
        See `Cards` and `DayRates`.
    number
        The class.
    """
    class_cards = 1 << cards.class_bits
    for nth in range(class_cards):
        row, earlier = reached[nth + 1], reached[nth]
        for place in range(len(row)):
            row[place] = earlier[place]
        add_card(row, cards, rate, divisor, (number << cards.class_bits) + nth)
    whole = reached[class_cards]
    for nth in range(class_cards):
        row, earlier = reached[class_cards + nth + 1], reached[nth + 1]
        for place in range(len(row)):
            row[place] = earlier[place] + whole[place]


@kernel
def add_run(
    totals: NDArray[np.int64],
    reached: NDArray[np.int64],
    key: np.uint64,
    number: int,
    low: int,
    high: int,
    class_bits: int,
) -> None:
    """Add a run of a class's chains from the sums over its cards.

    Parameters
    ----------
    totals : (slots,) int64
        Added to. [minor units of the company's currency]
    reached
        From `value_class`.
    key
        Of the chains' draws.
    number
        The class.
    low, high
        First chain, and the one after the last.
    class_bits
        ``2 ** class_bits`` cards a class.
    """
    class_cards = 1 << class_bits
    cycle = low >> class_bits
    cycles = (high >> class_bits) - cycle
    turn = rotation(key, number, cycle, class_cards)
    less = reached[turn + (low & (class_cards - 1))]
    if cycles == 0:
        more = reached[turn + (high & (class_cards - 1))]
        for place in range(len(totals)):
            totals[place] += more[place] - less[place]
        return
    last = rotation(key, number, cycle + cycles, class_cards)
    more = reached[last + (high & (class_cards - 1))]
    before, begun, whole = reached[last], reached[turn], reached[class_cards]
    for place in range(len(totals)):
        totals[place] += more[place] - before[place] + begun[place] - less[place] + cycles * whole[place]


@kernel
def sum_foreign(
    daily: NDArray[np.int64],
    first: int,
    last: int,
    leaves: Leaves,
    windows: NDArray[np.uint8],
    cards: Cards,
    rates: DayRates,
    begun: NDArray[np.int64],
    reached: NDArray[np.int64],
) -> None:
    """Sum the documents in foreign currency of each day; one turn is one day and class.

    Parameters
    ----------
    daily : (leaves, days, slots) int64
        Added to. [minor units of the company's currency]
    first, last
        The first day, and the one after the last. [days from the start]
    leaves, cards, rates
        Whose documents.
    windows : (tables, LEAD_DAYS + days + 1, CLASSES) uint8
        See `Schedule`; empty for single documents.
    begun : (2, leaves) int64
        Scratch: chains of a class before the day, and before the next.
    reached : (2 * cards of a class + 1, slots) int64
        Scratch of `value_class`.
    """
    class_bits = cards.class_bits
    for day in range(first, last):
        rate = rates.rates[LEAD_DAYS + day]
        for number in range(CLASSES):
            chains = 0
            for leaf in range(len(leaves.key)):
                for end in range(2):
                    if windows.shape[1] > 0:
                        start = first_start(windows[leaves.table[leaf]], LEAD_DAYS + day + end, number)
                        begun[end, leaf] = of_class(leaves.upto[start, leaf], number)
                    else:
                        begun[end, leaf] = of_class(leaves.upto[day + end, leaf], number)
                chains += begun[1, leaf] - begun[0, leaf]
            dense = chains >= 1 << class_bits
            if dense:
                value_class(reached, cards, rate, rates.divisor, number)
            for leaf in range(len(leaves.key)):
                if chains == 0 or begun[0, leaf] == begun[1, leaf]:
                    continue
                key = leaves.key[leaf]
                if dense:
                    moved = daily[leaf, day]
                    add_run(moved, reached, key, number, begun[0, leaf], begun[1, leaf], class_bits)
                    continue
                for nth in range(begun[0, leaf], begun[1, leaf]):
                    card = card_of(key, (nth << CLASS_BITS) + number, class_bits)
                    add_card(daily[leaf, day], cards, rate, rates.divisor, card)
