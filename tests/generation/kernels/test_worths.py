"""Daily sums of documents in foreign currency, against one document after the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.dealing import card_of
from datasynth.generation.kernels.worths import take_cards
from datasynth.generation.making import ALONE
from tests.generation.kernels.test_valued import foreign_leaves, summed
from tests.generation.looked import look

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from tests.naive.headers import Headers

SPANS = ((0, 10), (10, 31), (31, 92), (92, 123))


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
