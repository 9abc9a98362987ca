"""Day by day sums of documents in foreign currency.

Companies of one currency deal cards of the same deck at the same rates, so a
card is valued once a day, however many companies, classes and cycles have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.dealing import rotation
from datasynth.generation.kernels.snapshots import chains_before
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
    upto : (leaves, days + 1) int64
        Chains, or single documents, before each day; see `LeafBooks`.
    table, settled : (leaves,) int64
        Lag tables of the step and of the one that it settles.
    """

    key: NDArray[np.uint64]
    upto: NDArray[np.int64]
    table: NDArray[np.int64]
    settled: NDArray[np.int64]


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
def value_card(cards: Cards, rates: DayRates, posted: int, card: int, worth: NDArray[np.int64]) -> None:
    """Value the lines of a card at a day's rate: differences of rounded sums, side by side."""
    begin = cards.offsets[card]
    nothing = valued(np.int64(0), rates.rates[posted], rates.divisor)
    reached = np.int64(0)
    before = nothing
    for line in range(begin, cards.offsets[card + 1]):
        if line == begin + cards.debits[card]:
            reached = np.int64(0)
            before = nothing
        reached += cards.amount[line]
        after = valued(reached, rates.rates[posted], rates.divisor)
        worth[line] = after - before
        before = after


@kernel
def sum_foreign(
    daily: NDArray[np.int64],
    leaves: Leaves,
    windows: NDArray[np.int16],
    cards: Cards,
    rates: DayRates,
    worth: NDArray[np.int64],
    known: NDArray[np.int8],
    taken: NDArray[np.int64],
) -> None:
    """Sum the documents in foreign currency of each day; one turn is one day, leaf and class.

    Parameters
    ----------
    daily : (leaves, days, slots) int64
        Output. [minor units of the company's currency]
    leaves, cards, rates
        Whose documents.
    windows : (tables, LEAD_DAYS + days + 1, CLASSES) int16
        See `Schedule`; none for single documents.
    worth : (lines of the cards,) int64
        Scratch: what the lines are worth on a day.
    known : (cards,) int8
        Scratch: whether a card has been valued on a day.
    taken : (leaves + 1, cards) int64
        Scratch: how often each leaf has taken each card, and those of one class by the day's end.
    """
    class_bits = cards.class_bits
    class_cards = 1 << class_bits
    latest = taken[len(leaves.key)]
    for leaf in range(len(leaves.key)):
        window = windows[leaves.table[leaf]]
        for number in range(CLASSES):
            chains = chains_before(leaves.upto[leaf], window, 0, number)
            row = taken[leaf, number << class_bits : (number + 1) << class_bits]
            take_cards(leaves.key[leaf], number, chains, class_bits, row)
    offsets, slot = cards.offsets, cards.slot
    for day in range(daily.shape[1]):
        for card in range(len(known)):
            known[card] = 0
        for leaf in range(len(leaves.key)):
            key = leaves.key[leaf]
            upto = leaves.upto[leaf]
            window = windows[leaves.table[leaf]]
            mine = taken[leaf]
            for number in range(CLASSES):
                low = chains_before(upto, window, day, number)
                high = chains_before(upto, window, day + 1, number)
                if low >= high:
                    continue
                take_cards(key, number, high, class_bits, latest)
                for place in range(class_cards):
                    card = (number << class_bits) + place
                    count = latest[place] - mine[card]
                    if count == 0:
                        continue
                    mine[card] = latest[place]
                    if known[card] == 0:
                        value_card(cards, rates, LEAD_DAYS + day, card, worth)
                        known[card] = 1
                    for line in range(offsets[card], offsets[card + 1]):
                        daily[leaf, day, slot[line]] += count * worth[line]
