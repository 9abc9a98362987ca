"""Counter-based draws."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.draws import below, draw, draw_each, draws, make_key, make_keys, uniform
from datasynth.generation.kernels import draws as compiled

SEEDS = st.integers(0, 2**63 - 1)


def test_draws_are_those_of_splitmix64() -> None:
    """With key 0 and one field in 64, draw n is output n * 64 + 1 of the published generator."""
    published_first_output_of_seed_0 = 0xE220A8397B1DCDAF

    assert published_first_output_of_seed_0 == draw(0, 0, 0)


@given(SEEDS, st.integers(0, 2**40), st.integers(0, 63))
def test_scalar_column_and_kernel_agree(seed: int, index: int, field: int) -> None:
    """The three ways to draw give the same bits."""
    key = make_key(seed, "test")
    column = draws(key, np.array([index]), field)
    kernel = compiled.draw(np.uint64(key), np.uint64(index), np.uint64(field))

    assert draw(key, index, field) == int(column[0]) == int(kernel)


@given(SEEDS, SEEDS)
def test_keys_of_other_paths_differ(seed: int, other: int) -> None:
    """A key depends on the seed, on every part of its path and on their order."""
    keys = {
        make_key(seed, "a", 1),
        make_key(seed, "a", 2),
        make_key(seed, "b", 1),
        make_key(seed, 1, 2),
        make_key(seed, 2, 1),
        make_key(seed, "a"),
    }

    assert len(keys) == 6
    if seed != other:
        assert make_key(seed, "a") != make_key(other, "a")


@given(st.integers(1, 2**32 - 1), SEEDS)
def test_below_stays_below(bound: int, seed: int) -> None:
    """Whole numbers are drawn from 0 up to, not including, the bound."""
    bits = draws(make_key(seed), np.arange(100), 0)
    drawn = below(bits, bound)

    assert drawn.min() >= 0
    assert drawn.max() < bound
    assert int(compiled.below(bits[0], np.uint64(bound))) == drawn[0]


def test_uniform_fills_the_unit_interval_evenly() -> None:
    """A tenth of the draws falls into each tenth, within four standard deviations."""
    count = 100_000
    tenths = np.bincount((uniform(draws(make_key(1), np.arange(count), 3)) * 10).astype(int))

    assert len(tenths) == 10
    assert np.abs(tenths - count / 10).max() < 4 * (count * 0.1 * 0.9) ** 0.5


@given(
    st.integers(0, 2**63),
    st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 99)), min_size=1, max_size=5),
    st.integers(0, 99),
)
def test_many_keys_are_those_of_one_after_the_other(
    seed: int, rest: list[tuple[int, int]], index: int
) -> None:
    """Keys of paths that end in different numbers, and a draw for each, are those made one by one."""
    path = ("test", "of keys", 7)
    keys = make_keys(seed, path, np.array(rest, dtype=np.int64))
    expected = [make_key(seed, *path, *numbers) for numbers in rest]

    assert expected == keys.tolist()
    assert [draw(key, index, 3) for key in expected] == draw_each(keys, index, 3).tolist()
