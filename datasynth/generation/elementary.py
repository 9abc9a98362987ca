"""Exponential, logarithm and normal quantile from + - × ÷ and square root alone.

The library functions of numpy and libm differ in the last bit between processors, and a
last bit can change a cent.  The four operations and the square root are correctly rounded
everywhere, so functions of them give the same number on every machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.elementary import fill_exp, fill_log, fill_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Wichura (1988), "Algorithm AS 241: The Percentage Points of the Normal
# Distribution", Applied Statistics 37, routine PPND16.
# fmt: off
_CENTRAL = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3),
)
_MIDDLE = (
    (1.42343711074968357734e0, 4.6303378461565452959e0, 5.7694972214606914055e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4),
    (1.0, 2.05319162663775882187e0, 1.6763848301838038494e0, 6.8976733498510000455e-1,
     1.4810397642748007459e-1, 1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9),
)
# fmt: on


def exp(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exponential function of x (n,) between -700 and 700, with a relative error below 1e-14.

    Reduction by powers of two, then the Taylor series with 18 terms on ±ln 2 / 2.
    """
    values = np.empty(len(x))
    fill_exp(np.asarray(x, dtype=np.float64), values)
    return values


def log(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm of x (n,) above 0, with an absolute error below 1e-14.

    The mantissa by the series of the inverse hyperbolic tangent,
    ``ln m = 2 artanh((m - 1) / (m + 1))``.
    """
    values = np.empty(len(x))
    fill_log(np.asarray(x, dtype=np.float64), values)
    return values


def normal_quantile(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quantile of the standard normal distribution (Wichura 1988, AS 241).

    The relative error is below 1e-13 for probabilities p (n,) between 1e-10 and 1 - 1e-10.
    """
    values = np.empty(len(p))
    fill_quantile(np.asarray(p, dtype=np.float64), *quantile_tables(), values)
    return values


def quantile_tables() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the coefficients (2, 8) of the normal quantile's central and outer part, for kernels."""
    return np.array(_CENTRAL), np.array(_MIDDLE)


def ordered_sum(values: NDArray[np.float64]) -> float:
    """Sum values from the first to the last; the order of numpy's own sum depends on the processor."""
    return float(np.add.accumulate(values)[-1])
