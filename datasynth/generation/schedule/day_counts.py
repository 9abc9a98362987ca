"""Noise in the counts of days: busy and quiet days, and documents that come by chance.

The number of documents of a company on a day has the variance μ + (cμ)², where μ is what the day
is due and c the configured dispersion.  The second part is a *day effect*, shared by all
documents of the company and day; the first is that of documents that come independently.
Totals stay exact: given its total, a count of independent documents is multinomial.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.draws import draws, uniform
from datasynth.generation.elementary import normal_quantile, quantile_tables
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.kernels.schedule.day_counts import deal_total

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_DISPERSED = 2.0**0.5
"""The largest dispersion of `day_effects`; beyond, the approximation would be off by more than 2 %."""

# Cube root of the smallest factor: even the quietest day has a chance.
_LEAST_ROOT = 0.1


def day_deviates(key: int, days: int) -> NDArray[np.float64]:
    """Draw a normal deviate (days,) for each day of a company: above 0 it is busier than usual."""
    return normal_quantile(uniform(draws(key, np.arange(days, dtype=np.int64), 0)))


def day_effects(
    deviates: NDArray[np.float64], dispersion: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the factor of each day: a gamma variable of mean 1.

    Parameters
    ----------
    deviates : (days,) float64
        From `day_deviates`.
    dispersion
        Standard deviation of the factor, 0 … `MOST_DISPERSED`, of all days or of each.

    Notes
    -----
    The cube root of a gamma variable of shape ``a`` is nearly normal (Wilson and Hilferty 1931,
    "The distribution of chi-square", PNAS 17): ``(1 - 1 / (9 a) + z / (3 sqrt a)) ** 3`` has the
    mean ``1 - (9 a) ** -3``.  Here ``a`` is one over the square of the dispersion.
    """
    root = np.maximum(1.0 - dispersion * dispersion / 9.0 + deviates * dispersion / 3.0, _LEAST_ROOT)
    return root * root * root


def deal_days(total: int, weights: NDArray[np.float64], key: int) -> NDArray[np.int64]:
    """Deal a number of documents over days by their weights, each document by itself.

    Parameters
    ----------
    total
        At least 0.
    weights : (days,) float64
        At least 0, not all 0.
    key
        Of the draws.

    Returns
    -------
    (days + 1,) int64
        Cumulative: ``result[d]`` come before day ``d``; the last is `total`.
    """
    size = 2 << max(len(weights) - 1, 1).bit_length()
    before = np.empty(len(weights) + 1, dtype=np.int64)
    sums, counts = np.empty(size), np.empty(size, dtype=np.int64)
    deal_total(np.uint64(key), total, weights, quantile_tables(), sums, counts, before)
    return before


class ExpectedDocuments(NamedTuple):
    """What a company's documents are expected to be, before they come by chance.

    Attributes
    ----------
    due : (days + 1,) float64
        Documents that are due before each day.
    taken : (days + 1,) float64
        Of them, those of closes and cases.
    started : (days,) float64
        Documents of each day that belong to cases started on it; they follow its effect.
    too_even : (days,) float64
        Variance that later steps of cases lack to be like independent documents.
    """

    due: NDArray[np.float64]
    taken: NDArray[np.float64]
    started: NDArray[np.float64]
    too_even: NDArray[np.float64]


def evenness(documents: NDArray[np.float64], lag: tuple[int, int, int]) -> NDArray[np.float64]:
    """Return the variance that a later step lacks to be like independent documents.

    Parameters
    ----------
    documents : (days,) float64
        Expected documents of the step on each day.
    lag
        Fewest, likeliest and most days from start to step.

    Notes
    -----
    Cases take turns in the classes, so each class has its share of them, more evenly than by
    chance; and a step evens out the starts of all days of its lag.  With ν documents a class
    and day and a lag of w days, about ``2 / w + (1 - 2 / w) / (1 + 8 ν)`` of the variance are
    left: our fit to schedules of 20,000 to 10 million entries, most steps within a quarter.
    """
    fewest, _, most = lag
    evened = max(1.0 - 2.0 / (most - fewest + 1), 0.0)
    crowd = documents * (8.0 / CLASSES)
    return documents * evened * crowd / (1.0 + crowd)


def single_weights(
    expected: ExpectedDocuments, deviates: NDArray[np.float64], dispersion: float
) -> NDArray[np.float64]:
    """Weigh the days of a company for its single documents, which fill up what a day is due.

    Documents of earlier starts neither follow the day's effect nor come quite by chance; single
    documents stray the more, so that the day has the variance that it should have.

    Parameters
    ----------
    deviates : (days,) float64
        From `day_deviates`.
    dispersion
        Of the company's days.

    Returns
    -------
    (days,) float64
        At least 0, not all 0; 0 for days that are due nothing.
    """
    due, taken, started, too_even = expected
    of_day = np.diff(due)
    most = max(float(due[-1] - taken[-1]), 0.0)
    missing = np.diff(np.minimum(np.maximum.accumulate(np.maximum(due - taken, 0.0)), most))
    if not missing.any():
        return of_day
    own = np.sqrt(np.square(dispersion * of_day) + too_even) - dispersion * started
    own = np.divide(np.maximum(own, 0.0), missing, out=np.zeros_like(missing), where=missing > 0.0)
    return missing * day_effects(deviates, np.minimum(own, MOST_DISPERSED))
