"""Amounts of one scale."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.encoding.kernels.decimals import POWERS, scale_amounts

ENTRIES = st.lists(
    st.tuples(st.integers(0, len(POWERS) - 1), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=4)),
    max_size=5,
)


@given(entries=ENTRIES)
def test_products_are_exact(entries: list[tuple[int, list[int]]]) -> None:
    """Two halves of 64 bits are the product that Python finds, whatever its sign and size."""
    amounts = np.array([amount for _, some in entries for amount in some], dtype=np.int64)
    first = np.cumsum([0, *(len(some) for _, some in entries)], dtype=np.int64)
    missing = np.array([power for power, _ in entries], dtype=np.int64)
    halves = np.empty((len(amounts), 2), dtype=np.int64)
    scale_amounts(halves, amounts, missing, first)
    found = [(high << 64) | (low & (2**64 - 1)) for low, high in halves.tolist()]

    assert [amount * 10**power for power, some in entries for amount in some] == found
