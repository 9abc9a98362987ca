"""Division into whole numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.schedule.allocation import apportion, deal, spread

SHARES = st.lists(st.integers(0, 10**6), min_size=1, max_size=60).filter(any)


@given(st.integers(0, 10**10), SHARES, st.data())
def test_parts_are_within_one_of_their_due_and_sum_up(
    total: int, shares: list[int], data: st.DataObject
) -> None:
    """Systematic rounding keeps every share within one, and the whole exact."""
    whole = sum(shares)
    parts = apportion(total, shares, data.draw(st.integers(0, whole - 1)))

    assert total == sum(parts)
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * whole - total * share) < whole * (2 if share else 1)


@given(
    st.integers(0, 10**9),
    st.lists(st.integers(0, 40_000), min_size=1, max_size=400).filter(any),
    st.integers(0, 2**63 - 1),
)
def test_days_without_weight_get_nothing(total: int, weights: list[int], phase: int) -> None:
    """Cumulative counts never fall, end at the total, and rest on days of weight 0."""
    upto = spread(total, np.array(weights), phase)

    assert 0 == upto[0]
    assert total == upto[-1]
    for weight, added in zip(weights, np.diff(upto).tolist(), strict=True):
        assert added >= 0
        assert weight or not added


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=9).filter(any),
    st.lists(st.integers(0, 2**63 - 1), min_size=9, max_size=9),
)
def test_dealing_is_even_and_complete(totals: list[int], phases: list[int]) -> None:
    """Rows sum to what was dealt, nobody's share ever falls, and all get their totals."""
    whole = sum(totals)
    dealt = deal(np.arange(whole + 1), totals, phases)

    assert np.array_equal(dealt.sum(axis=1), np.arange(whole + 1))
    assert np.diff(dealt, axis=0).min(initial=0) >= 0
    assert totals == dealt[-1].tolist()


def test_dealing_is_exact_beyond_64_bits() -> None:
    """Products that do not fit 64 bits are computed in wide integers."""
    totals = [6_000_000_000, 4_000_000_000]
    dealt = deal(np.array([0, 5_000_000_000, 10_000_000_000]), totals, [1])

    assert [[0, 0], [3_000_000_000, 2_000_000_000], totals] == dealt.tolist()
