"""Day by day sums of what settles documents in foreign currency, and what open ones are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS, of_class
from datasynth.generation.kernels.snapshots import chains_before
from datasynth.generation.kernels.valued import valued
from datasynth.generation.kernels.worths import take_cards
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from datasynth.generation.kernels.worths import Cards, DayRates, Leaves


@kernel
def sum_settled(
    daily: NDArray[np.int64],
    leaves: Leaves,
    windows: NDArray[np.int16],
    cards: Cards,
    rates: DayRates,
    worth: NDArray[np.int64],
    known: NDArray[np.int8],
    receives: int,
    start: NDArray[np.int64],
    opened: NDArray[np.int64],
    taken: NDArray[np.int64],
) -> None:
    """Sum what settles documents in foreign currency, day by day; one turn is one leaf, day and class.

    Parameters
    ----------
    daily : (leaves, days, 4) int64
        Output: both main lines, loss and gain; see `LeafBooks`. [minor units of the company's currency]
    leaves, windows, cards, rates
        See `sum_foreign`; rows and amounts are those of the documents that are settled.
    worth, known : (LEAD_DAYS + days + 1, cards)
        What documents are worth on each day, where it is known yet; shared by all leaves of the cards.
    receives
        1 if it settles what is owed to the company, else 0.
    start, opened
        Scratch: (CLASSES,) both.
    taken : (2, cards) int64
        Scratch: how often each card has been taken, and those of one class by a start's end.
    """
    # long: one argument for each array, and a loop that a call would slow down.
    booked_slot = 1 if receives > 0 else 0
    class_bits, gross = cards.class_bits, cards.gross
    rate, divisor = rates.rates, rates.divisor
    for leaf in range(len(leaves.key)):
        key = leaves.key[leaf]
        upto = leaves.upto[leaf]
        window = windows[leaves.table[leaf]]
        earlier = windows[leaves.settled[leaf]]
        moved = daily[leaf]
        mine, latest = taken[0], taken[1]
        for number in range(CLASSES):
            start[number] = window[LEAD_DAYS, number]
            opened[number] = 0
            chains = of_class(upto[start[number]], number)
            take_cards(key, number, chains, class_bits, mine[number << class_bits :])
        for day in range(len(moved)):
            posted = LEAD_DAYS + day
            for number in range(CLASSES):
                while start[number] < window[posted + 1, number]:
                    low = of_class(upto[start[number]], number)
                    high = of_class(upto[start[number] + 1], number)
                    at = opened[number]
                    while at + 2 < len(earlier) and earlier[at + 1, number] <= start[number]:
                        at += 1
                    opened[number] = at
                    start[number] += 1
                    if low >= high:
                        continue
                    take_cards(key, number, high, class_bits, latest)
                    for place in range(1 << class_bits):
                        card = (number << class_bits) + place
                        count = latest[place] - mine[card]
                        if count == 0:
                            continue
                        mine[card] = latest[place]
                        if known[at, card] == 0:
                            worth[at, card] = valued(gross[card], rate[at], divisor)
                            known[at, card] = 1
                        if known[posted, card] == 0:
                            worth[posted, card] = valued(gross[card], rate[posted], divisor)
                            known[posted, card] = 1
                        booked, paid = worth[at, card], worth[posted, card]
                        moved[day, booked_slot] += count * booked
                        moved[day, 1 - booked_slot] += count * paid
                        gained = paid - booked if receives > 0 else booked - paid
                        if gained < 0:
                            moved[day, 2] -= count * gained
                        else:
                            moved[day, 3] += count * gained


@kernel
def value_open(
    worths: NDArray[np.int64],
    days: NDArray[np.int64],
    key: np.uint64,
    upto: NDArray[np.int64],
    opening: NDArray[np.int16],
    settling: NDArray[np.int16],
    cards: Cards,
    rates: DayRates,
    taken: NDArray[np.int64],
) -> None:
    """Value what is open before each day at the rate of the day before; one turn is one day and class.

    Parameters
    ----------
    worths : (n,) int64
        Output. [minor units of the company's currency]
    days : (n,) int64
        [days from the start]
    key, upto
        Of the chains; see `Leaves`.
    opening, settling : (LEAD_DAYS + days + 1, CLASSES) int16
        Lag tables of the documents in foreign currency and of what settles them.
    cards, rates
        Of the documents.
    taken : (2, cards of a class) int64
        Scratch.
    """
    class_bits, gross = cards.class_bits, cards.gross
    for at in range(len(days)):
        rate = rates.rates[LEAD_DAYS + days[at] - 1]
        for number in range(CLASSES):
            low = chains_before(upto, settling, days[at], number)
            high = chains_before(upto, opening, days[at], number)
            if low >= high:
                continue
            take_cards(key, number, low, class_bits, taken[0])
            take_cards(key, number, high, class_bits, taken[1])
            for place in range(1 << class_bits):
                count = taken[1, place] - taken[0, place]
                if count != 0:
                    amount = gross[(number << class_bits) + place]
                    worths[at] += count * valued(amount, rate, rates.divisor)
