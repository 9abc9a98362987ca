"""Lists of accounts that documents are posted to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import draws, make_key, uniform
from datasynth.generation.elementary import exp, log
from datasynth.generation.templates.account_combinations import (
    LONGEST,
    choose_accounts,
    choose_combinations,
    combinations_of,
    zipf_choice,
)

POOL = tuple(range(100, 160))
PAIRS = 20_000


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


@pytest.mark.parametrize(("widest", "combinations"), [(1, 24), (12, 24), (50, 100), (2_000, 512)])
def test_wider_pools_have_more_combinations(widest: int, combinations: int) -> None:
    """Twice as many as accounts, but neither very few nor very many."""
    chosen = choose_combinations(make_key(7), 300_000, combinations_of(widest))

    assert combinations - 1 == chosen.max()


def test_few_combinations_are_used_often() -> None:
    """A tenth of the account combinations has most of the documents."""
    counts = np.sort(np.bincount(choose_combinations(make_key(7), PAIRS, combinations_of(100))))[::-1]

    assert counts[: len(counts) // 10].sum() > 0.6 * PAIRS
    assert np.count_nonzero(counts) > 150


def test_combinations_are_short_lists() -> None:
    """A account combination has one to four accounts of the pool; fewer are more frequent."""
    found = choose_accounts(make_key(9), POOL, 512)
    lengths = found.length.tolist()

    assert {1, 2, 3, LONGEST} == set(lengths)
    assert lengths.count(1) > lengths.count(LONGEST)
    assert set(found.account.ravel().tolist()) <= set(POOL)


def test_a_combination_has_the_same_accounts_however_many_there_are() -> None:
    """Accounts follow from the account combination's number, not from the step that uses it."""
    few, many = choose_accounts(make_key(9), POOL, 24), choose_accounts(make_key(9), POOL, 512)

    assert few.length.tolist() == many.length[:24].tolist()
    assert few.account.tolist() == many.account[:24].tolist()


def test_busy_accounts_come_first() -> None:
    """The first accounts of a pool are chosen more often than the last ones."""
    accounts = choose_accounts(make_key(9), POOL, 5_000).account[:, 0]
    counts = np.bincount(accounts - POOL[0], minlength=len(POOL))

    assert counts[0] > 3 * counts[3] > 3 * counts[30:].max()


def test_a_pool_of_one_leaves_no_choice() -> None:
    """All lines stand on its account."""
    found = choose_accounts(make_key(9), (7,), 30)

    assert [1] * 30 == found.length.tolist()
    assert {7} == set(found.account.ravel().tolist())


@pytest.mark.parametrize("size", [1, 2, 32_768, 32_769, 100_000])
def test_parts_of_the_ranks_sum_like_the_whole(size: int) -> None:
    """Where ranks are weighed in parts, the same things are chosen as if all were at once."""
    bits = draws(make_key(8), np.arange(4_000), 0)
    reached = np.add.accumulate(exp(-0.9 * log(np.arange(1, size + 1, dtype=np.float64))))

    assert np.array_equal(np.searchsorted(reached / reached[-1], uniform(bits)), zipf_choice(size, bits, 0.9))
