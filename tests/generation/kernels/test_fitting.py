"""Fitting of tables cell by cell, against whole columns of numpy: the same bits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.fitting import scale_table
from tests.naive.fitting import scaled

SIZES = st.tuples(st.integers(1, 7), st.integers(1, 7))


@given(SIZES, st.data())
def test_tables_have_the_twin_s_bits(size: tuple[int, int], data: st.DataObject) -> None:
    """Whatever is nil, and whether or not the margins can be met, round for round."""
    rows, columns = size
    cells = st.one_of(st.just(0.0), st.floats(1e-9, 20.0))

    def drawn(count: int) -> list[float]:
        return data.draw(st.lists(cells, min_size=count, max_size=count))

    prior = np.array(drawn(rows * columns)).reshape(rows, columns)
    of_rows, of_columns = np.array(drawn(rows)), np.array(drawn(columns))
    table = prior.copy()
    scale_table(table, of_rows, of_columns, 5, np.empty(columns))

    assert scaled(prior, of_rows, of_columns, 5).tobytes() == table.tobytes()
