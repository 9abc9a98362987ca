"""Dealing of cards, against dealing by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.dealing import card_of, rotation, shift_of
from tests.naive.dealing import dealt, shifted

KEYS = st.integers(0, 2**64 - 1)


@given(KEYS, st.integers(0, 10**10), st.integers(4, 8))
def test_cards_are_those_dealt_by_hand(key: int, chain: int, class_bits: int) -> None:
    """A chain's card follows from its number alone."""
    assert dealt(key, chain, 1 << class_bits) == card_of(np.uint64(key), chain, class_bits)


@given(KEYS, st.integers(0, 10**10), st.integers(0, 10**6))
def test_shifts_are_those_made_by_hand(key: int, chain: int, largest: int) -> None:
    """A chain's shift follows from its number alone and stays within the card's largest."""
    found = int(shift_of(np.uint64(key), chain, largest))

    assert shifted(key, chain, largest) == found
    assert abs(found) <= largest


@given(KEYS, st.integers(0, CLASSES - 1), st.integers(0, 10**6), st.integers(4, 8))
def test_turns_are_even(key: int, number: int, cycle: int, class_bits: int) -> None:
    """Cards are turned by an even number of places, so that pairs stay pairs."""
    turn = int(rotation(np.uint64(key), number, cycle, 1 << class_bits))

    assert 0 <= turn < 1 << class_bits
    assert 0 == turn % 2


@given(KEYS, st.integers(0, 10**10), st.integers(4, 8))
def test_the_two_of_a_pair_take_the_two_cards_of_a_pair(key: int, chain: int, class_bits: int) -> None:
    """Chains 2q and 2q + 1 of a class get cards 2p and 2p + 1, whatever the turn."""
    first = chain - chain // CLASSES % 2 * CLASSES
    cards = [int(card_of(np.uint64(key), number, class_bits)) for number in (first, first + CLASSES)]

    assert 0 == cards[0] % 2
    assert cards[0] + 1 == cards[1]


@pytest.mark.parametrize("cycle", [0, 3])
def test_every_card_is_dealt_once_a_cycle(cycle: int) -> None:
    """As many chains as there are cards take every card once."""
    cards = CLASSES << 4
    chains = range(cycle * cards, (cycle + 1) * cards)
    taken = Counter(int(card_of(np.uint64(9), chain, 4)) for chain in chains)

    assert dict.fromkeys(range(cards), 1) == taken


def test_shifts_of_a_pair_cancel() -> None:
    """The first and the second chain of a pair of a class are shifted against one another."""
    key = np.uint64(5)
    pairs = [(int(shift_of(key, chain, 50)), int(shift_of(key, chain + CLASSES, 50))) for chain in range(64)]

    assert {0} == {first + second for first, second in pairs}
    assert len(set(pairs)) > 30
