"""Amounts that are cut for lines, against the twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.columns.splits import NEXT, PART, begin_split, cut_at
from tests.naive.templates import split_by_hand


def split(key: int, case: int, number: int, amount: int, parts: int) -> list[int]:
    """Cut an amount as `fill_lines` does."""
    spare = amount - parts
    state, cut, worth, places = begin_split(np.uint64(key), case, number, np.int64(spare), parts)
    found, before = [], 0
    for line in range(parts):
        upto = spare
        if line + 1 < parts:
            with np.errstate(over="ignore"):
                state, cut = np.uint64(state) + NEXT, np.int64(cut) + PART
            upto = int(cut_at(state, cut, np.int64(worth), np.int64(places)))
        found.append(upto - before + 1)
        before = upto
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
    first = np.mean([split(9, case, 32, 100_000, 4) for case in range(500)], axis=0)
    other = np.mean([split(9, case, 33, 100_000, 4) for case in range(500)], axis=0)

    assert 4.0 == np.round(first[0] / first[1:].mean(), 0)
    assert 0.95 < other[0] / other[1:].mean() < 1.05
