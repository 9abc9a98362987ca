"""Amounts that are cut for lines, against the twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.columns.splits import NEXT, amount_of, begin_split, left_after
from tests.naive.templates import split_by_hand


def split(key: int, case: int, number: int, amount: int, parts: int) -> list[int]:
    """Share an amount as `fill_lines` does."""
    rest = spare = amount - parts
    state, left = begin_split(np.uint64(key), case, number, parts)
    found = []
    for to_come in range(parts, 0, -1):
        after = 0
        if to_come > 1:
            with np.errstate(over="ignore"):
                state = np.uint64(state) + NEXT
            left = left_after(state, np.uint64(left), to_come)
            after = int(amount_of(np.uint64(left), np.uint64(spare)))
        found.append(rest - after + 1)
        rest = after
    return found


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 10**10),
    st.integers(0, 2**15 - 1),
    st.integers(1, 400),
    st.integers(0, 10**17),
)
def test_parts_are_those_made_by_hand(key: int, case: int, number: int, parts: int, more: int) -> None:
    """They sum to the amount, however large, and none is nil."""
    found = split(key, case, number, parts + more, parts)

    assert split_by_hand(key, case, number, parts + more, parts) == found
    assert parts + more == sum(found)
    assert min(found) > 0


def test_cases_cut_each_in_their_own_way() -> None:
    """No two of many cases have the same parts, nor have two accounts of one case."""
    cases = {tuple(split(9, case, 3, 100_000, 4)) for case in range(2_000)}
    accounts = {tuple(split(9, 5, number, 100_000, 4)) for number in range(1, 2_000)}

    assert 2_000 == len(cases)
    assert 1_999 == len(accounts)


def test_the_first_line_of_a_posting_is_larger() -> None:
    """Of a posting's first account, the first line has four parts; of others all have one."""
    first = np.mean([split(9, case, 32, 100_000, 4) for case in range(5_000)], axis=0)
    other = np.mean([split(9, case, 33, 100_000, 4) for case in range(5_000)], axis=0)

    assert 4.0 == np.round(first[0] / first[1:].mean(), 0)
    assert 0.95 < other[0] / other[1:].mean() < 1.05


@pytest.mark.parametrize("parts", [2, 3, 4, 5, 12, 90])
def test_no_place_is_better_than_another(parts: int) -> None:
    """Of accounts after the first, each line has the same amount on average."""
    means = np.mean([split(9, case, 33, 100_000 * parts, parts) for case in range(3_000)], axis=0)

    np.testing.assert_allclose(means, 100_000, rtol=0.08)


def test_lines_are_unlike_but_not_in_clusters() -> None:
    """The sizes of many lines of one posting spread as widely as if it was cut at random, about one peak."""
    logs = np.log2([split(9, case, 33, 90 * 2**20, 90) for case in range(300)]).ravel() - 20

    heights, _ = np.histogram(logs, bins=np.arange(-6.0, 3.0, 0.5))
    peak = int(np.argmax(heights))

    assert 1.05 < np.std(logs) * np.log(2) < 1.25
    assert peak in {11, 12, 13}
    assert (np.diff(heights[: peak + 1]) > 0).all()
    assert (np.diff(heights[peak:]) < 0).all()
    assert max(heights) < 0.18 * logs.size
