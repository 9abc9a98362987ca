"""Pairs in proportion."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.evaluation.pairs import Band, companions
from tests.naive import pairs as naive

BANDS = (Band(100, 110), Band(130, 140), Band(100, 100))

values = st.one_of(st.integers(1, 60), st.integers(1, 2**54))
rows = st.lists(st.tuples(st.integers(-2, 2), values), max_size=60)


@given(rows)
def test_companions(rows: list[tuple[int, int]]) -> None:
    """Each row has the companions that going through all pairs finds, equal values included."""
    group, value = [one for one, _ in rows], [one for _, one in rows]

    found = companions(np.array(group, dtype=np.int64), np.array(value, dtype=np.int64), BANDS)

    assert [naive.companions(group, value, *band) for band in BANDS] == found.tolist()


def test_ends_are_included() -> None:
    """A pair at either end of a band is in it, and one just outside is not."""
    value = np.array([1_000, 1_100, 1_101, 1_299, 1_300, 1_400, 1_401])

    near, far, _ = companions(np.zeros(value.size, dtype=np.uint64), value, BANDS)

    assert (1, 2) == (near[0], far[0])


def test_width() -> None:
    """A band is as wide as the logarithm of its ends' quotient."""
    assert Band(130, 140).width == pytest.approx(math.log(1.4) - math.log(1.3))
