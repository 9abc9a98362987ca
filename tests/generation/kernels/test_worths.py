"""Daily sums of documents in foreign currency, against one document after the other."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.books.leaf_books import NO_WINDOWS
from datasynth.generation.draws import below, draws, make_key
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.dealing import card_of
from datasynth.generation.kernels.settlements import sum_settled
from datasynth.generation.kernels.worths import Cards, DayRates, Leaves, sum_foreign, take_cards
from datasynth.generation.making import ALONE
from datasynth.generation.schedule.lags import WindowKey
from tests.generation.kernels.test_valued import foreign_leaves, summed
from tests.generation.looked import look
from tests.naive.schedule import first_starts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.ground import Ground
    from tests.naive.headers import Headers

SPANS = ((0, 10), (10, 31), (31, 92), (92, 123))
DAYS = 12
SLOTS = 5
DIVISOR = 10**6
BUSY = (0.2, 2.0, 6.0)
"""Chains of a class a day: too few to value all its cards for, some, and many times all."""


def test_daily_sums_are_those_of_one_after_the_other(ground: Ground, headers: Headers) -> None:
    """Over each span of days, foreign documents and settlements come to what each is worth."""
    daily = dict(look(ground, [0]).foreign.daily(ALONE))

    assert foreign_leaves(ground) == sorted(daily)
    for at, moved in daily.items():
        sides = ground.chains.sums.books(at).sides.tolist()
        for first, last in SPANS:
            expected = summed(headers, at, first, last)
            found = Counter[int]()
            for slot, side in enumerate(sides):
                found[side] += int(moved[first:last, slot].sum())

            assert +expected == +found


@given(st.integers(0, 2**64 - 1), st.integers(0, 63), st.integers(0, 5), st.integers(0, 200))
def test_cards_are_counted_by_dealing_each(key: int, number: int, bits: int, chains: int) -> None:
    """The first chains of a class take the cards that they are dealt one after the other."""
    taken = np.full(1 << bits, -1, dtype=np.int64)
    take_cards(np.uint64(key), number, chains, bits, taken)
    dealt = Counter(int(card_of(np.uint64(key), (nth << 6) + number, bits)) for nth in range(chains))

    assert [dealt[(number << bits) + place] for place in range(1 << bits)] == taken.tolist()


def drawn(name: str, count: int, bound: int) -> NDArray[np.int64]:
    """Draw numbers below a bound."""
    return below(draws(make_key(17, "worths", name), np.arange(count), 0), bound)


def made_cards(bits: int) -> Cards:
    """Return documents of two to five lines, the first on the debit side, or all but the last."""
    count = CLASSES << bits
    lengths = 2 + drawn("lengths", count, 4)
    offsets = np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64)
    lines = int(offsets[-1])
    debits = np.where(drawn("debits", count, 2) > 0, 1, lengths - 1).astype(np.int32)
    return Cards(
        offsets,
        debits,
        1 + drawn("amounts", lines, 10**7),
        drawn("slots", lines, SLOTS).astype(np.int16),
        1 + drawn("gross", count, 10**8),
        bits,
    )


def made_leaves(chains: float, days: int) -> Leaves:
    """Return three leaves that have about so many chains of a class a day, or none."""
    busy = drawn("chains", 3 * days, int(2 * chains * CLASSES)) * drawn("closed", 3 * days, 2)
    upto = np.concatenate([np.zeros((1, 3), dtype=np.int64), np.add.accumulate(busy.reshape(days, 3))])
    return Leaves(draws(make_key(17), np.arange(3), 0), upto, np.zeros(3, dtype=np.int64))


def made_rates() -> DayRates:
    """Return rates around one."""
    return DayRates(9 * DIVISOR // 10 + drawn("rates", LEAD_DAYS + DAYS + 1, DIVISOR // 5), DIVISOR)


def made_window(lag: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return the lag table of a step, every day as busy as any other."""
    return WindowKey(
        np.ones(2 * LEAD_DAYS + DAYS, dtype=np.int64).tobytes(), lag, LEAD_DAYS + DAYS + 1
    ).window()


def half_up(amount: int, rate: int) -> int:
    """Convert an amount."""
    return (2 * amount * rate + DIVISOR) // (2 * DIVISOR)


def worth_of(cards: Cards, card: int, rate: int) -> Counter[int]:
    """Value the lines of a document by slot: differences of rounded sums, side by side."""
    found = Counter[int]()
    begin, end = int(cards.offsets[card]), int(cards.offsets[card + 1])
    middle = begin + int(cards.debits[card])
    for first, last in ((begin, middle), (middle, end)):
        sums = np.concatenate([[0], np.add.accumulate(cards.amount[first:last])]).tolist()
        for line, (before, after) in zip(range(first, last), pairwise(sums), strict=True):
            found[int(cards.slot[line])] += half_up(after, rate) - half_up(before, rate)
    return found


def day_of(firsts: NDArray[np.int64], start: int, number: int) -> int:
    """Return the day, lead days first, on which chains of a start and class have their step."""
    return int(np.searchsorted(firsts[:, number], start, side="right")) - 1


def documents(leaves: Leaves) -> Iterator[tuple[int, int, int]]:
    """Yield leaf, day of start and number of every chain."""
    for leaf in range(leaves.upto.shape[1]):
        for start, (low, high) in enumerate(pairwise(leaves.upto[:, leaf].tolist())):
            yield from ((leaf, start, chain) for chain in range(low, high))


@pytest.mark.parametrize("bits", [0, 2])
@pytest.mark.parametrize("chains", BUSY)
@pytest.mark.parametrize("chained", [False, True])
def test_each_day_is_the_sum_of_its_documents(chained: bool, chains: float, bits: int) -> None:
    """However many documents a class has on a day, they come to what they are worth one by one."""
    cards, rates = made_cards(bits), made_rates()
    leaves = made_leaves(chains, LEAD_DAYS + DAYS if chained else DAYS)
    window = made_window((1, 3, 9))
    found = np.zeros((3, DAYS, SLOTS), dtype=np.int64)
    expected = np.zeros_like(found)
    windows = window[None] if chained else NO_WINDOWS[None]
    reached = np.zeros(((2 << bits) + 1, SLOTS), dtype=np.int64)
    for first, last in ((0, 5), (5, DAYS)):
        scratch = np.empty((2, 3), dtype=np.int64)
        sum_foreign(found, first, last, leaves, windows, cards, rates, scratch, reached)
    firsts = first_starts(window)
    for leaf, start, chain in documents(leaves):
        day = day_of(firsts, start, chain % CLASSES) - LEAD_DAYS if chained else start
        if 0 <= day < DAYS:
            card = int(card_of(leaves.key[leaf], chain, bits))
            for slot, amount in worth_of(cards, card, int(rates.rates[LEAD_DAYS + day])).items():
                expected[leaf, day, slot] += amount

    assert expected.any()
    assert np.array_equal(expected, found)


@pytest.mark.parametrize("bits", [0, 2])
@pytest.mark.parametrize("chains", BUSY)
@pytest.mark.parametrize("receives", [0, 1])
def test_each_day_is_the_sum_of_what_it_settles(receives: int, chains: float, bits: int) -> None:
    """However many documents start on a day, each is cleared at its own rate and paid at that of the day."""
    cards, rates = made_cards(bits), made_rates()
    leaves = made_leaves(chains, LEAD_DAYS + DAYS)
    opening, settling = made_window((1, 2, 5)), made_window((5, 9, 20))
    found = np.zeros((DAYS, 3, 4), dtype=np.int64)
    expected = np.zeros_like(found)
    scratch = np.zeros((2, (2 << bits) + 1), dtype=np.int64)
    for first, last in ((0, 40), (40, CLASSES)):
        sum_settled(found, first, last, leaves, opening, settling, cards, rates, receives, scratch)
    opened_at, settled_at = first_starts(opening), first_starts(settling)
    for leaf, start, chain in documents(leaves):
        posted = day_of(settled_at, start, chain % CLASSES)
        opened = min(day_of(opened_at, start, chain % CLASSES), LEAD_DAYS + DAYS - 1)
        if LEAD_DAYS <= posted < LEAD_DAYS + DAYS:
            amount = int(cards.gross[int(card_of(leaves.key[leaf], chain, bits))])
            booked, paid = (half_up(amount, int(rates.rates[day])) for day in (opened, posted))
            moved = expected[posted - LEAD_DAYS, leaf]
            moved[1 if receives else 0] += booked
            moved[0 if receives else 1] += paid
            gained = paid - booked if receives else booked - paid
            moved[3 if gained > 0 else 2] += abs(gained)

    assert expected[:, :, 2].any()
    assert expected[:, :, 3].any()
    assert np.array_equal(expected, found)
