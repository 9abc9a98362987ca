"""Numbers of lines."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.generation.draws import make_key
from datasynth.generation.line_shapes import draw_line_counts

COUNT = 200_000


@pytest.fixture(scope="module")
def lines() -> np.ndarray:
    """Line counts of many documents of at most 100 lines."""
    debits, credited = draw_line_counts(make_key(7), np.arange(COUNT), 100)
    assert debits.min() >= 1
    assert credited.min() >= 1
    total: np.ndarray = debits + credited
    return total


@pytest.mark.parametrize(("count", "percent"), [(2, 60.68), (3, 5.77), (4, 16.63), (9, 0.42)])
def test_shares_are_those_of_the_published_table(lines: np.ndarray, count: int, percent: float) -> None:
    """Each small count has its share, within half a point."""
    assert 100 * np.mean(lines == count) == pytest.approx(percent, abs=0.5)


def test_as_many_debits_as_credits_in_four_of_five() -> None:
    """82 percent of documents have as many debits as credits."""
    debits, credited = draw_line_counts(make_key(8), np.arange(COUNT), 100)

    assert 100 * np.mean(debits == credited) == pytest.approx(82, abs=1.5)


@pytest.mark.parametrize("most", [10, 20, 100])
def test_nothing_piles_up_at_the_bound(most: int) -> None:
    """What the table has above the bound spreads over the upper half below it."""
    debits, credited = draw_line_counts(make_key(9), np.arange(COUNT), most)
    lines = debits + credited

    assert lines.max() <= most
    assert np.mean(lines == most) < 0.03
