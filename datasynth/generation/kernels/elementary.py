"""Exponential, logarithm and normal quantile, value by value; see `datasynth.generation.elementary`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LN2 = 0.6931471805599453
# The first term left out is below 2e-26, far below half a bit of the sum.
_EXP_TERMS = 18
_LOG_TERMS = 14
# The square root of a half.
_HALF_ROOT = 0.7071067811865476
# Shares this close to a half have a quotient of their own (Wichura 1988, AS 241).
_CENTRAL_PART = 0.425


@kernel
def exp_of(value: float) -> float:
    """Exponential function: reduction by powers of two, then the Taylor series."""
    # exp(value) = 2^power * exp(rest) with |rest| <= ln 2 / 2; Horner's scheme for the series.
    power = math.floor(value / LN2 + 0.5)
    rest = value - power * LN2
    series = 1.0
    for term in range(_EXP_TERMS, 0, -1):
        series = series * rest / term + 1.0
    return math.ldexp(series, int(power))


@kernel
def log_of(value: float) -> float:
    """Natural logarithm: the mantissa by the series of the inverse hyperbolic tangent."""
    mantissa, power = math.frexp(value)
    # A mantissa between 1 / sqrt 2 and sqrt 2 keeps the ratio below 0.172, so 15 terms do.
    if mantissa < _HALF_ROOT:
        mantissa *= 2.0
        power -= 1
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    series = 0.0
    for term in range(_LOG_TERMS, -1, -1):
        series = series * square + 1.0 / (2 * term + 1)
    return 2.0 * ratio * series + power * LN2


@kernel
def ratio_of(above: NDArray[np.float64], below: NDArray[np.float64], value: float) -> float:
    """Return the quotient of two polynomials, constants first."""
    numerator = float(above[len(above) - 1])
    denominator = float(below[len(below) - 1])
    for place in range(len(above) - 2, -1, -1):
        numerator = numerator * value + above[place]
        denominator = denominator * value + below[place]
    return numerator / denominator


@kernel
def quantile_of(share: float, central: NDArray[np.float64], middle: NDArray[np.float64]) -> float:
    """Normal quantile of a share; both coefficient tables have numerators first."""
    centre = share - 0.5
    if abs(centre) <= _CENTRAL_PART:
        # 0.180625 is the square of 0.425, see AS 241.
        return ratio_of(central[0], central[1], 0.180625 - centre * centre) * centre
    tail = math.sqrt(-log_of(share if centre < 0.0 else 1.0 - share))
    # The tail is at most 5 for shares of 1e-10 and more; AS 241 has a third quotient beyond.
    outer = ratio_of(middle[0], middle[1], tail - 1.6)
    return -outer if centre < 0.0 else outer


@kernel
def fill_exp(values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Take the exponential of each value."""
    for place in range(len(values)):
        found[place] = exp_of(values[place])


@kernel
def fill_log(values: NDArray[np.float64], found: NDArray[np.float64]) -> None:
    """Take the logarithm of each value."""
    for place in range(len(values)):
        found[place] = log_of(values[place])


@kernel
def fill_quantile(
    shares: NDArray[np.float64],
    central: NDArray[np.float64],
    middle: NDArray[np.float64],
    found: NDArray[np.float64],
) -> None:
    """Take the normal quantile of each share; both coefficient tables have numerators first."""
    for place in range(len(shares)):
        found[place] = quantile_of(shares[place], central, middle)
