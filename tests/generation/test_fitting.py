"""Tables that meet their margins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.fitting import fit_table

SIZES = st.tuples(st.integers(1, 6), st.integers(1, 6))
POSITIVE = st.floats(0.05, 20.0)


@given(SIZES, st.data())
def test_rows_and_columns_sum_to_what_is_wanted(size: tuple[int, int], data: st.DataObject) -> None:
    """Where everything is possible, both margins are met."""
    rows, columns = size
    prior = np.array(data.draw(st.lists(POSITIVE, min_size=rows * columns, max_size=rows * columns)))
    wanted_rows = np.array(data.draw(st.lists(POSITIVE, min_size=rows, max_size=rows)))
    wanted_columns = np.array(data.draw(st.lists(POSITIVE, min_size=columns, max_size=columns)))
    wanted_columns *= wanted_rows.sum() / wanted_columns.sum()
    fitted = fit_table(prior.reshape(rows, columns), wanted_rows, wanted_columns)

    assert wanted_rows == pytest.approx(fitted.sum(axis=1))
    assert wanted_columns == pytest.approx(fitted.sum(axis=0), rel=1e-3)
    assert fitted.min() >= 0


def test_ratios_of_the_prior_stay() -> None:
    """Rows and columns are scaled, nothing else: cross ratios are those of the prior."""
    prior = np.array([[1.0, 2.0], [3.0, 5.0]])
    fitted = fit_table(prior, np.array([0.3, 0.7]), np.array([0.6, 0.4]))

    assert 5.0 / 6.0 == pytest.approx(fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]))


def test_what_is_nil_stays_nil() -> None:
    """A group that cannot have a shape has none of it, the others make up for it."""
    prior = np.array([[1.0, 0.0], [1.0, 1.0]])
    fitted = fit_table(prior, np.array([0.5, 0.5]), np.array([0.6, 0.4]))

    assert [[0.5, 0.0], [0.1, 0.4]] == pytest.approx(fitted, abs=1e-6)


def test_rows_win_where_both_cannot_be_met() -> None:
    """More is wanted of a column than its only row has: the row keeps its sum."""
    prior = np.array([[1.0, 0.0], [0.0, 1.0]])
    fitted = fit_table(prior, np.array([0.3, 0.7]), np.array([0.9, 0.1]))

    assert [0.3, 0.7] == pytest.approx(fitted.sum(axis=1))


def test_columns_that_nobody_wants_are_almost_empty() -> None:
    """A wanted sum of nil is as good as met, unless a row has nothing else."""
    fitted = fit_table(np.ones((2, 2)), np.array([0.5, 0.5]), np.array([1.0, 0.0]))
    only = fit_table(np.array([[0.0, 1.0]]), np.array([1.0]), np.array([1.0, 0.0]))

    assert fitted[:, 1] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert [[0.0, 1.0]] == pytest.approx(only)


def test_the_prior_is_left_as_it_was() -> None:
    """Fitting makes a table of its own."""
    prior = np.ones((2, 2))
    fit_table(prior, np.array([1.0, 3.0]), np.array([2.0, 2.0]))

    assert 4.0 == prior.sum()
