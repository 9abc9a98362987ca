"""Counts of days by a tree of binomial draws, against sums of chances and lists cut in halves."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from datasynth.generation.elementary import quantile_tables
from datasynth.generation.kernels.schedule.day_counts import binomial_of, deal_total, power_of
from tests.naive.day_counts import binomial_quantile, dealt

TABLES = quantile_tables()
UNIFORM = st.floats(1e-9, 1 - 1e-9)
EVEN = (np.arange(20_000) + 0.5) / 20_000


@given(st.floats(0, 1), st.integers(0, 10_000))
def test_powers_are_those_of_the_library(base: float, exponent: int) -> None:
    """Squaring multiplies no less often than needed."""
    assert base**exponent == pytest.approx(power_of(base, exponent), rel=1e-11, abs=1e-300)


@given(UNIFORM, st.integers(0, 100), st.floats(0, 0.5))
def test_small_counts_are_exact(uniform: float, trials: int, share: float) -> None:
    """Below a mean of 12, the quantile is that of a table of chances."""
    if trials * share < 12:
        # Sums of chances are only so exact.
        near = {binomial_quantile(uniform + small, trials, share) for small in (-1e-12, 0.0, 1e-12)}

        assert binomial_of(uniform, trials, share, *TABLES) in near


@given(UNIFORM, st.integers(0, 10**6), st.floats(0.0, 0.5, exclude_max=True))
def test_the_rarer_outcome_is_counted(uniform: float, trials: int, share: float) -> None:
    """What succeeds with one chance fails with the other; at one half neither is the rarer."""
    assume(1.0 - share > 0.5)
    turned = binomial_of(uniform, trials, 1.0 - (1.0 - share), *TABLES)

    assert trials == turned + binomial_of(uniform, trials, 1.0 - share, *TABLES)


@pytest.mark.parametrize(("trials", "share"), [(24, 0.5), (60, 0.21), (400, 0.97), (900, 0.5), (1_000, 0.02)])
def test_large_counts_are_nearly_exact(trials: int, share: float) -> None:
    """From a mean of 12 on, quantiles are at most one off, and mean and variance are right."""
    found = np.array([binomial_of(float(uniform), trials, share, *TABLES) for uniform in EVEN])
    rarer = min(share, 1 - share)
    exact = [binomial_quantile(float(uniform), trials, rarer) for uniform in EVEN[::100]]
    turned = found if share == rarer else trials - found

    assert np.abs(turned[::100] - exact).max() <= 1
    assert trials * share == pytest.approx(found.mean(), abs=0.01)
    assert trials * share * (1 - share) == pytest.approx(found.var(), rel=0.01)


def test_counts_of_ten_digits() -> None:
    """Half of ten billion strays by fifty thousand."""
    high, low = (binomial_of(NormalDist().cdf(z), 10**10, 0.5, *TABLES) for z in (2.0, -2.0))

    assert (5_000_100_000, 4_999_900_000) == (high, low)


@pytest.mark.parametrize("trials", [1, 30, 10**10])
def test_what_is_certain_always_happens(trials: int) -> None:
    """A share of 1 takes all, a share of 0 nothing."""
    assert [0, trials] == [binomial_of(0.999, trials, share, *TABLES) for share in (0.0, 1.0)]


@given(st.integers(0, 2**64 - 1), st.integers(0, 10**10), st.lists(st.floats(0, 9), min_size=1, max_size=40))
def test_days_are_dealt_as_halves_of_lists(key: int, total: int, weights: list[float]) -> None:
    """The tree in arrays gives what cutting the list of days in halves gives."""
    if not sum(weights) > 1e-9:
        return
    leaves = max(2, 1 << (len(weights) - 1).bit_length())
    before = np.empty(len(weights) + 1, dtype=np.int64)
    sums, counts = np.full(2 * leaves, np.nan), np.full(2 * leaves, -1, dtype=np.int64)
    deal_total(np.uint64(key), total, np.array(weights), TABLES, sums, counts, before)
    expected = dealt(
        key, total, weights, lambda uniform, trials, share: int(binomial_of(uniform, trials, share, *TABLES))
    )

    assert [0, *np.cumsum(expected).tolist()] == before.tolist()
