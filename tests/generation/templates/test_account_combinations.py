"""Lists of accounts that documents are posted to."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.generation.draws import make_key
from datasynth.generation.templates.account_combinations import (
    LONGEST,
    choose_accounts,
    choose_combinations,
    combinations_of,
)

POOL = tuple(range(100, 160))
TEMPLATES = 20_000


@pytest.mark.parametrize(("widest", "combinations"), [(1, 24), (12, 24), (50, 100), (2_000, 512)])
def test_wider_pools_have_more_combinations(widest: int, combinations: int) -> None:
    """Twice as many as accounts, but neither very few nor very many."""
    chosen = choose_combinations(make_key(7), np.arange(300_000), combinations_of(widest), [])

    assert combinations - 1 == chosen.max()


def test_few_combinations_are_used_often() -> None:
    """A tenth of the account combinations has most of the documents."""
    counts = np.sort(
        np.bincount(choose_combinations(make_key(7), np.arange(TEMPLATES), combinations_of(100), []))
    )[::-1]

    assert counts[: len(counts) // 10].sum() > 0.6 * TEMPLATES
    assert np.count_nonzero(counts) > 150


def test_combinations_are_short_lists() -> None:
    """An account combination has one to four accounts of the pool; fewer are more frequent."""
    found = choose_accounts(make_key(9), POOL, 512)
    lengths = found.length.tolist()

    assert {1, 2, 3, LONGEST} == set(lengths)
    assert lengths.count(1) > lengths.count(LONGEST)
    assert set(found.account.ravel().tolist()) <= set(POOL)
    for length, accounts in zip(lengths, found.account.tolist(), strict=True):
        assert length == len(set(accounts[:length]))


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


def test_a_ring_begins_with_the_same_accounts() -> None:
    """What follows the first accounts differs, and combinations are used as often as without rings."""
    tables = [choose_accounts(make_key(place), POOL, 100) for place in (3, 4)]
    heads = [table.account[:, 0] for table in tables]
    rings = np.arange(TEMPLATES) // 4
    chosen = choose_combinations(make_key(7), rings, 100, heads)
    for head in heads:
        first = head[chosen].reshape(-1, 4)
        assert (first == first[:, :1]).all()
    alone = choose_combinations(make_key(8), np.arange(TEMPLATES), 100, [])
    used = [np.bincount(found, minlength=100) / TEMPLATES for found in (chosen, alone)]

    assert used[0].tolist() == pytest.approx(used[1].tolist(), abs=0.03)
    assert len(set(chosen[:400].tolist())) > 20
