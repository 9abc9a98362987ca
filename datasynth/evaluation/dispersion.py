"""How much counts of days stray: what is promised, and what two sets of like days show.

A day that is due μ documents has the variance μ + (cμ)²: documents come by chance, and days
are busier or quieter than their due by c, the configured dispersion, in each company by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from datasynth.evaluation.arrays import Floats, Ints

DEVIATIONS = 3.5
"""Standard deviations that chance is given; it exceeds them once in 2,000 times."""


class Dispersion(NamedTuple):
    """What pairs of like days show.

    Attributes
    ----------
    figure
        The variance of their differences, over what is promised.
    freedom
        Degrees of freedom: as promised, `figure` times `freedom` has about the chi-square
        distribution of so many.
    """

    figure: float
    freedom: float

    def bounds(self, tolerance: float = 0.0) -> tuple[float, float]:
        """Return what `figure` may be: the quantiles of 3.5 standard deviations, less and more a tolerance.

        The cube root of a chi-square variable is nearly normal (Wilson and Hilferty 1931).
        """
        part = 2.0 / (9.0 * self.freedom)
        low, high = (max(1.0 - part + z * float(np.sqrt(part)), 0.0) ** 3 for z in (-DEVIATIONS, DEVIATIONS))
        return low * (1.0 - tolerance), high * (1.0 + tolerance)


def count_variance(due: Floats, dispersion: float) -> Floats:
    """Return the variance of counts that are due so much."""
    return due + np.square(dispersion * due)


def compare_days(first: Ints, second: Ints, due: Floats, dispersion: float) -> Dispersion | None:
    """Compare two independent sets of like days, such as those of two seeds.

    Parameters
    ----------
    first, second : (n,) int64
        Documents of each day.
    due : (n,) float64
        Documents that both are due.
    dispersion
        As configured.

    Returns
    -------
    Dispersion or None
        None if no day is due anything.

    Notes
    -----
    A square of a difference is as good as the kurtosis lets it be.  That of a count (Poisson, mixed
    by a gamma variable: a negative binomial one) exceeds the normal one's by 6 c² + 1 / variance,
    that of a difference by half as much; squares are weighted by one over their own variances.
    """
    some = due > 0
    variance = count_variance(due[some], dispersion)
    excess = 6.0 * dispersion**2 + 1.0 / variance
    weight = 1.0 / (2.0 + excess / 2.0)
    whole = float(weight.sum())
    if not whole:
        return None
    squares = np.square((first - second)[some].astype(np.float64)) / (2.0 * variance)
    return Dispersion(float((weight * squares).sum()) / whole, 2.0 * whole)
