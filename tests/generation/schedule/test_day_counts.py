"""Noise of days: its mean, its variance, and totals that stay exact."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.schedule.day_counts import (
    MOST_DISPERSED,
    ExpectedDocuments,
    day_deviates,
    day_effects,
    deal_days,
    evenness,
    single_weights,
)

WEIGHTS = st.lists(st.integers(0, 9), min_size=1, max_size=50).filter(any)


def test_deviates_are_normal() -> None:
    """Deviates of many days have mean 0 and variance 1, and follow from the key alone."""
    deviates = day_deviates(7, 100_000)

    assert 0.0 == pytest.approx(deviates.mean(), abs=0.015)
    assert 1.0 == pytest.approx(deviates.var(), rel=0.02)
    assert deviates[:50].tolist() == day_deviates(7, 50).tolist()
    assert deviates[0] != day_deviates(8, 1)[0]


@pytest.mark.parametrize("dispersion", [0.01, 0.04, 0.2, 0.5, 1.0, MOST_DISPERSED])
def test_effects_are_those_of_a_gamma_distribution(dispersion: float) -> None:
    """Mean 1, standard deviation as asked for, and twice that as skewness, as a gamma variable has."""
    effects = day_effects(day_deviates(1, 1_000_000), dispersion)
    skewness = float(np.mean((effects - effects.mean()) ** 3) / effects.std() ** 3)

    assert effects.min() > 0
    assert 1.0 == pytest.approx(effects.mean(), rel=0.02 if dispersion > 1 else 0.005)
    assert dispersion == pytest.approx(effects.std(), rel=0.02)
    assert 2 * dispersion == pytest.approx(skewness, rel=0.08, abs=0.01)


def test_without_dispersion_all_days_are_alike() -> None:
    """A dispersion of 0 leaves every factor at 1."""
    assert [1.0] * 9 == day_effects(day_deviates(3, 9), 0.0).tolist()


@given(st.integers(0, 10**10), WEIGHTS, st.integers(0, 2**63 - 1))
def test_totals_are_exact_and_days_without_weight_stay_empty(
    total: int, weights: list[int], key: int
) -> None:
    """Cumulative counts never fall, end at the total, and rest on days of weight 0."""
    before = deal_days(total, np.array(weights, dtype=np.float64), key)
    added = np.diff(before)

    assert [0, total] == [before[0], before[-1]]
    assert added.min() >= 0
    assert not added[np.array(weights) == 0].any()


@pytest.mark.parametrize("total", [30, 3_000, 30_000_000])
def test_documents_are_independent_of_one_another(total: int) -> None:
    """Over many keys, a day has the mean and variance of a multinomial count."""
    weights = np.array([1.0, 5.0, 0.0, 2.0, 12.0, 10.0])
    counts = np.array([np.diff(deal_days(total, weights, key)) for key in range(8_000)])
    share = weights / weights.sum()
    open_days = share > 0

    assert total * share == pytest.approx(counts.mean(axis=0), rel=0.03)
    assert (total * share * (1 - share))[open_days] == pytest.approx(counts.var(axis=0)[open_days], rel=0.07)
    # With a total, what one day has more the others have less.
    assert -total * share[4] * share[5] == pytest.approx(np.cov(counts[:, 4], counts[:, 5])[0, 1], rel=0.15)


def _expected(due: list[float], taken: list[float]) -> ExpectedDocuments:
    none = np.zeros(len(due))
    due_upto, taken_upto = (np.concatenate([[0.0], np.cumsum(part)]) for part in (due, taken))
    return ExpectedDocuments(due_upto, taken_upto, none, none)


def test_single_documents_fill_days_up() -> None:
    """Without dispersion they weigh what is missing; what a day has too much the next ones get less."""
    deviates = day_deviates(5, 4)
    weights = single_weights(_expected([9.0, 0.0, 9.0, 9.0], [4.0, 1.0, 11.0, 2.0]), deviates, 0.0)

    assert [5.0, 0.0, 0.0, 4.0] == weights.tolist()


def test_where_nothing_is_missing_days_have_their_own_weights() -> None:
    """Single documents beyond what is expected fall on open days."""
    weights = single_weights(_expected([2.0, 0.0, 4.0], [3.0, 0.0, 5.0]), day_deviates(5, 3), 0.04)

    assert [2.0, 0.0, 4.0] == weights.tolist()


def test_single_documents_stray_for_the_whole_day() -> None:
    """Their standard deviation is that of all documents that are due, less what starts by the same effect."""
    days = 200_000
    upto = np.arange(days + 1, dtype=np.float64)
    expected = ExpectedDocuments(100.0 * upto, 60.0 * upto, np.full(days, 25.0), np.full(days, 20.0))
    deviates = day_deviates(2, days)
    weights = single_weights(expected, deviates, 0.04)
    whole = weights + 25.0 * day_effects(deviates, 0.04)

    assert 40.0 == pytest.approx(weights.mean(), rel=0.002)
    assert (0.04 * 100) ** 2 + 20 == pytest.approx(whole.var(), rel=0.03)


def test_later_steps_are_the_more_even_the_more_there_are() -> None:
    """Few documents come nearly by chance, many by turns of the classes; short lags even little out."""
    few, many, short = (
        float(evenness(np.array([documents]), lag)[0] / documents)
        for documents, lag in ((0.1, (15, 33, 75)), (10_000.0, (15, 33, 75)), (10_000.0, (1, 2, 3)))
    )

    assert few < 0.02
    assert many > 0.9
    assert short < 0.4
