"""How much counts of days stray, against counts that are drawn by their chances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.evaluation.dispersion import Dispersion, compare_days, count_variance
from datasynth.evaluation.expected import days_of, horizon
from datasynth.evaluation.subjects.day_volumes import lowest_correlation
from datasynth.evaluation.subjects.dispersion import like_days
from datasynth.ledger.calendars import to_date
from tests.evaluation.shapes import chances, day_weights, good_config

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRIALS = 2_000
CASES = [(130, 200.0, 0.04), (130, 40.0, 0.04), (2_000, 1.5, 0.04), (130, 200.0, 0.5), (12, 3_000.0, 0.0)]


def chances_of(due: float, dispersion: float) -> NDArray[np.float64]:
    """Return the chances of at most 0, 1, 2, … documents: negative binomial, without dispersion Poisson's."""
    most = int(due + 12 * (due + (dispersion * due) ** 2) ** 0.5 + 20)
    number = np.arange(most)
    square = dispersion**2
    ratios = due * (1 + square * number) / ((1 + square * due) * (number + 1))
    logs = np.concatenate([[0.0], np.cumsum(np.log(ratios))])
    parts = np.exp(logs - logs.max())
    found: NDArray[np.float64] = np.cumsum(parts) / parts.sum()
    return found


def drawn(salt: int, due: NDArray[np.float64], dispersion: float) -> NDArray[np.int64]:
    """Draw counts (trials, days) by their chances."""
    uniform = chances(salt, TRIALS * due.size).reshape(TRIALS, due.size)
    found = np.empty(uniform.shape, dtype=np.int64)
    for wanted in np.unique(due):
        found[:, due == wanted] = np.searchsorted(chances_of(wanted, dispersion), uniform[:, due == wanted])
    return found


@pytest.mark.parametrize(("days", "due", "dispersion"), CASES)
def test_figures_have_the_stated_distribution(days: int, due: float, dispersion: float) -> None:
    """Of honest data, the figure has mean 1 and the variance of its degrees of freedom."""
    wanted = np.full(days, due)
    pairs = zip(drawn(20, wanted, dispersion), drawn(21, wanted, dispersion), strict=True)
    found = [compare_days(one, other, wanted, dispersion) for one, other in pairs]
    figures = np.array([one.figure for one in found if one])
    low, high = found[0].bounds() if found[0] else (0.0, 0.0)

    assert TRIALS == figures.size
    assert 1.0 == pytest.approx(figures.mean(), abs=0.02)
    assert 2.0 / found[0].freedom == pytest.approx(figures.var(), rel=0.15) if found[0] else False
    assert np.mean((figures < low) | (figures > high)) <= 0.0025


def test_days_with_little_to_do_do_not_drown_the_others() -> None:
    """Squares of rare documents say little, so they weigh little; the freedom says how much all say."""
    busy = compare_days(np.array([9]), np.array([4]), np.array([6.0]), 0.0)
    both = compare_days(np.array([9, 1]), np.array([4, 0]), np.array([6.0, 0.01]), 0.0)

    assert busy is not None
    assert both is not None
    assert 25 / 12 == pytest.approx(busy.figure)
    assert busy.freedom < both.freedom < busy.freedom * 1.1


def test_days_that_are_due_nothing_say_nothing() -> None:
    """Without any day that is due something, there is nothing to compare."""
    none = np.zeros(3, dtype=np.int64)

    assert compare_days(none, none, np.zeros(3), 0.04) is None


def test_bounds_are_quantiles_of_chi_square() -> None:
    """Those of 3.5 standard deviations, 0.00023 and 0.99977, here of 10 and of 132 degrees of freedom."""
    assert (0.992, 33.86) == pytest.approx([10 * bound for bound in Dispersion(1.0, 10.0).bounds()], rel=0.06)
    assert Dispersion(1.0, 132.0).bounds() == pytest.approx((0.6247, 1.4883), rel=0.002)
    assert Dispersion(1.0, 132.0).bounds(0.2) == pytest.approx((0.8 * 0.6247, 1.2 * 1.4883), rel=0.002)


def test_like_days_are_of_one_month_and_weekday() -> None:
    """Pairs are ordinary days that are due the same, in no two pairs, and more than a hundred a year."""
    config = good_config()
    pairs, weights = like_days(config, "US"), day_weights()
    dates = [[to_date(horizon(config)[0] + day) for day in pair] for pair in pairs.tolist()]

    assert 110 < len(pairs) < 150
    assert len(set(pairs.ravel().tolist())) == pairs.size
    assert all(one.weekday() == other.weekday() and one.month == other.month for one, other in dates)
    assert all(max(one.day, other.day) <= 26 for one, other in dates)
    assert weights[pairs[:, 0]] == pytest.approx(weights[pairs[:, 1]])


@pytest.mark.parametrize(
    ("entries", "dispersion"), [(20_000, 0.04), (100_000, 0.04), (100_000, 0.2), (100_000, 0.5)]
)
def test_correlations_of_honest_days_are_above_the_lowest(entries: int, dispersion: float) -> None:
    """Days that stray as is promised nearly always correlate better with what they are due."""
    weights = days_of(good_config(), "US").weight
    due = entries * weights / weights.sum()
    lowest = lowest_correlation(due, count_variance(due, dispersion))
    found = [float(np.corrcoef(counts, due)[0, 1]) for counts in drawn(22, due, dispersion)]

    assert np.mean(np.array(found) < lowest) <= 0.002
    assert lowest > np.mean(found) - 0.01 - 4 * np.std(found)
