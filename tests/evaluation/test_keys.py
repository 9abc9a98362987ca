"""Keys and groups."""

from __future__ import annotations

import numpy as np

from datasynth.evaluation.keys import groups, key_of, mix, running


def test_mix_is_splitmix() -> None:
    """The first numbers of SplitMix64 from the seed 0 come out."""
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    steps = np.arange(3, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)

    assert expected == mix(steps).tolist()


def test_keys_differ_where_columns_do() -> None:
    """Order of the columns and negative codes count."""
    one = np.array([0, 0, 1, -1, 1], dtype=np.int32)
    other = np.array([0, 1, 0, 0, 0], dtype=np.int64)

    keys = key_of(one, other)

    assert (4, keys[2]) == (np.unique(keys).size, keys[4])


def test_groups_and_running_sums() -> None:
    """Rows of a group stay in their order, and sums begin anew with each."""
    key = np.array([7, 3, 7, 3, 7], dtype=np.uint64)
    amount = np.array([1, 10, 2, 20, 4])

    order, starts = groups(key)

    assert [1, 3, 0, 2, 4] == order.tolist()
    assert [0, 2] == starts.tolist()
    assert [10, 30, 1, 3, 7] == running(amount[order], starts).tolist()


def test_nothing_to_group() -> None:
    """No rows, no groups."""
    order, starts = groups(np.zeros(0, dtype=np.uint64))

    assert ([], []) == (order.tolist(), running(np.zeros(0, dtype=np.int64), starts).tolist())
