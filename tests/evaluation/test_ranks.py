"""Ranks and what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.evaluation.ranks import (
    UNIFORM,
    allowed_deviations,
    centred_ranks,
    chosen_deviations,
    compact,
    learned_scores,
    left_over,
    linked_deviations,
    rank_links,
)
from tests.evaluation.shapes import chances
from tests.naive import ranks as naive

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), st.booleans()), max_size=30)


@given(ROWS)
def test_centred_ranks(rows: list[tuple[int, int, bool]]) -> None:
    """They are those of counting who is below and who is equal."""
    scores, strata = [row[0] for row in rows], [row[1] for row in rows]

    found = centred_ranks(np.array(scores, dtype=np.int64), np.array(strata, dtype=np.int64))

    assert naive.centred_ranks(scores, strata) == pytest.approx(found.tolist())


@given(ROWS)
def test_learned_scores(rows: list[tuple[int, int, bool]]) -> None:
    """They are those of asking everybody with the same residue."""
    residue, learn = [row[0] for row in rows], [row[2] for row in rows]
    left = [row[1] - 1.5 for row in rows if row[2]]

    found = learned_scores(
        np.array(residue, dtype=np.int64),
        5,
        np.array(left, dtype=np.float64),
        np.array(learn, dtype=np.bool_),
    )

    assert naive.learned_scores(residue, left, learn) == pytest.approx(found.tolist())


@given(ROWS)
def test_rank_links(rows: list[tuple[int, int, bool]]) -> None:
    """Spearman's correlations of several strata add up."""
    one, strata = [row[0] for row in rows], [int(row[2]) for row in rows]
    other = [row[1] for row in rows]
    columns = (np.array(column, dtype=np.int64) for column in (one, other, strata))

    assert naive.rank_link(one, other, strata) == pytest.approx(rank_links(*columns).pooled)


def test_sorted_ids() -> None:
    """What is sorted by another thing has a correlation of one: the root of n - 1."""
    order = np.arange(26)

    links = rank_links(order, order[::-1] ** 2, np.zeros(26, dtype=np.int64))

    assert [pytest.approx(-5.0)] == links.each.tolist()


def test_left_over() -> None:
    """Sums of means by several groupings leave nothing; what is in none of them stays."""
    days, partners = compact(np.arange(4_000) // 40), compact((chances(3, 4_000) * 50).astype(np.int64))
    known = chances(1, 100)[days] + chances(2, 50)[partners]
    noise = chances(4, 4_000)

    assert np.abs(left_over(known, [days, partners])).max() < 1e-4
    assert np.corrcoef(left_over(known + noise, [days, partners]), noise)[0, 1] > 0.95


def test_chosen_at_random() -> None:
    """Means of several tests that depend on one another still have a standard normal deviation."""
    strata = (chances(1, 3_000) * 3).astype(np.int64)
    one = centred_ranks(chances(2, 3_000), strata)
    other = centred_ranks(one + 0.1 * chances(3, 3_000), strata)
    found = [chosen_deviations(one + other, chances(salt, 3_000) < 0.1, strata) for salt in range(10, 210)]

    assert abs(np.mean(found)) < 0.3
    assert 0.85 < np.std(found) < 1.15


def test_linked_at_random() -> None:
    """So does the correlation with what is left when many means are taken off."""
    partners = (chances(1, 2_000) * 300).astype(np.int64)
    ranks = centred_ranks(chances(2, 2_000), np.zeros(2_000, dtype=np.int64))
    found = [linked_deviations(ranks, left_over(chances(salt, 2_000), [partners])) for salt in range(10, 210)]

    assert abs(np.mean(found)) < 0.3
    assert 0.85 < np.std(found) < 1.15


def test_chosen_from_above() -> None:
    """The upper tenth of uniform ranks has the mean .45, in units of 1/√12 and of the root of its size."""
    ranks = centred_ranks(np.arange(1_000), np.zeros(1_000, dtype=np.int64))
    chosen = ranks >= 0.4

    assert 0.45 / UNIFORM * 10.0 == pytest.approx(
        chosen_deviations(ranks, chosen, np.zeros(1_000, dtype=np.int64)), rel=1e-3
    )


def test_allowed_deviations() -> None:
    """A chance of .00047 is what 3.5 standard deviations have to both sides; several tests share it."""
    assert pytest.approx(3.5, abs=0.01) == allowed_deviations(0.00047, 1)
    assert allowed_deviations(0.00047, 1) < allowed_deviations(0.00047, 500) < 5.5
