"""Elementary functions value by value, against whole columns of numpy: the same bits."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation import elementary
from tests.naive import fitting


@given(st.lists(st.floats(-600, 600), min_size=1, max_size=50))
def test_exponentials_have_the_twin_s_bits(values: list[float]) -> None:
    """Powers of two and series in another order of loops, to the last bit."""
    given_ = np.array(values)

    assert fitting.exp(given_).tobytes() == elementary.exp(given_).tobytes()


@given(st.lists(st.floats(1e-300, 1e300), min_size=1, max_size=50))
def test_logarithms_have_the_twin_s_bits(values: list[float]) -> None:
    """Mantissa and power, whichever side of the root of a half the mantissa lies."""
    given_ = np.array(values)

    assert fitting.log(given_).tobytes() == elementary.log(given_).tobytes()


@given(st.lists(st.floats(1e-9, 1 - 1e-9), min_size=1, max_size=50))
def test_quantiles_have_the_twin_s_bits(values: list[float]) -> None:
    """The branch that is computed is the one that would have been chosen."""
    given_ = np.array(values)
    expected = fitting.normal_quantile(given_, elementary._CENTRAL, elementary._MIDDLE)

    assert expected.tobytes() == elementary.normal_quantile(given_).tobytes()


def test_whole_numbers_are_taken_for_what_they_are() -> None:
    """A column of integers has the same results as one of floats."""
    whole = np.array([1, 2, 50])

    assert elementary.log(whole.astype(np.float64)).tolist() == elementary.log(whole).tolist()
    assert elementary.exp(whole.astype(np.float64)).tolist() == elementary.exp(whole).tolist()
