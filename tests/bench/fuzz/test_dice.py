"""Dice."""

from __future__ import annotations

from collections import Counter

from bench.fuzz.dice import Dice


def test_the_same_number_draws_the_same() -> None:
    """Another number draws something else."""
    one, again, other = ([dice.below(10**9) for _ in range(20)] for dice in (Dice(7), Dice(7), Dice(8)))

    assert one == again
    assert not set(one) & set(other)


def test_draws_stay_within_their_bounds_and_reach_them() -> None:
    """Whole numbers, fractions and members of a list are what was asked for."""
    dice = Dice(1)

    assert {3, 4, 5} == {dice.whole(3, 5) for _ in range(200)}
    assert {"a", "b"} == {dice.one_of("ab") for _ in range(100)}
    assert all(0 <= dice.fraction() < 1 for _ in range(1_000))
    assert 600 < sum(dice.chance(0.7) for _ in range(1_000)) < 800
    assert 2**63 - 1 >= max(dice.whole(0, 2**63 - 1) for _ in range(100)) > 2**60


def test_some_are_drawn_once_each() -> None:
    """All of a few things come in every order."""
    dice = Dice(2)
    orders = Counter("".join(dice.some_of("abc", 3)) for _ in range(600))

    assert {"abc", "acb", "bac", "bca", "cab", "cba"} == set(orders)
    assert min(orders.values()) > 50
