"""Ranked choices, against the plain definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import draws, make_key, uniform
from datasynth.generation.elementary import exp, log
from datasynth.generation.zipf import zipf_choice


@pytest.mark.parametrize("exponent", [0.9, 1.0, 1.7])
def test_zipf_weights_fall_with_the_rank(exponent: float) -> None:
    """The k-th of n things is chosen in proportion to k to the minus exponent."""
    count = 100_000
    chosen = np.bincount(zipf_choice(5, draws(make_key(3), np.arange(count), 0), exponent))
    weights = [rank**-exponent for rank in range(1, 6)]

    for weight, seen in zip(weights, chosen.tolist(), strict=True):
        assert seen / count == pytest.approx(weight / sum(weights), abs=0.006)


@given(st.integers(1, 600), st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_choices_are_among_the_things(size: int, bits: list[int]) -> None:
    """Whatever is drawn, one of the things is chosen."""
    chosen = zipf_choice(size, np.array(bits, dtype=np.uint64), 1.15)

    assert 0 <= chosen.min() <= chosen.max() < size


@pytest.mark.parametrize("size", [1, 2, 32_768, 32_769, 100_000])
def test_parts_of_the_ranks_sum_like_the_whole(size: int) -> None:
    """Where ranks are weighed in parts, the same things are chosen as if all were at once."""
    bits = draws(make_key(8), np.arange(4_000), 0)
    reached = np.add.accumulate(exp(-0.9 * log(np.arange(1, size + 1, dtype=np.float64))))

    assert np.array_equal(np.searchsorted(reached / reached[-1], uniform(bits)), zipf_choice(size, bits, 0.9))
