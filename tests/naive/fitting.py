"""Proportional fitting and elementary functions in whole columns of numpy, in the order of the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def scaled(prior: Floats, rows: Floats, columns: Floats, rounds: int) -> Floats:
    """Scale columns, then rows, to their sums; sums run in order, so that bits can be compared."""
    table = prior.copy()
    for _ in range(rounds):
        table *= _ratio(columns, np.add.accumulate(table, axis=0)[-1])[None, :]
        table *= _ratio(rows, np.add.accumulate(table, axis=1)[:, -1])[:, None]
    return table


def _ratio(wanted: Floats, found: Floats) -> Floats:
    return np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0.0)


def tilted(wanted: Floats, shape: Floats, fewest: int, days: int, rounds: int, most: float) -> Floats:
    """Return day factors under which steps fall on days as wanted."""
    tilt = wanted.copy()
    for _ in range(rounds):
        mass = np.zeros(days)
        for step, chance in enumerate(shape):
            mass += chance * tilt[fewest + step : fewest + step + days]
        starts = _ratio(wanted[:days], mass)
        flow = np.zeros(len(wanted))
        for step, chance in enumerate(shape):
            flow[fewest + step : fewest + step + days] += chance * starts
        flow *= tilt
        ratio = np.divide(wanted, flow, out=np.ones(len(wanted)), where=flow > 0.0)
        tilt *= np.clip(ratio, 1.0 / most, most)
    return tilt


def chosen_days(
    tilt: Floats, shape: Floats, fewest: int, ranks: NDArray[np.int64], days: int
) -> list[list[int]]:
    """Return the day of the step of every day of start and class, each lag looked for by itself."""
    found: list[list[int]] = []
    for day in range(days):
        reached = np.add.accumulate(shape * tilt[fewest + day : fewest + day + len(shape)])
        if reached[-1] <= 0.0:
            reached = np.add.accumulate(shape)
        due = [float(reached[-1]) * ((rank + 0.5) / len(ranks)) for rank in ranks.tolist()]
        row = [day + fewest + sum(mass < quantile for mass in reached.tolist()) for quantile in due]
        found.append([max(pair) for pair in zip(row, found[-1], strict=True)] if found else row)
    return found


def exp(x: Floats) -> Floats:
    """Exponential function: powers of two and the Taylor series with 18 terms."""
    power = np.floor(x / 0.6931471805599453 + 0.5)
    rest = x - power * 0.6931471805599453
    series = np.ones_like(rest)
    for term in range(18, 0, -1):
        series = series * rest / term + 1.0
    return np.ldexp(series, power.astype(np.int32))


def log(x: Floats) -> Floats:
    """Natural logarithm: the mantissa by the series of the inverse hyperbolic tangent."""
    mantissa, power = np.frexp(x)
    small = mantissa < np.sqrt(0.5)
    mantissa = np.where(small, mantissa * 2.0, mantissa)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    square = ratio * ratio
    series = np.zeros_like(ratio)
    for term in range(14, -1, -1):
        series = series * square + 1.0 / (2 * term + 1)
    found: Floats = 2.0 * ratio * series + (power - small) * 0.6931471805599453
    return found


def polynomials(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Floats) -> Floats:
    """Return the quotient of two polynomials, constants first."""
    above, below = (np.zeros_like(x) + part[-1] for part in coefficients)
    for up, down in zip(coefficients[0][-2::-1], coefficients[1][-2::-1], strict=True):
        above = above * x + up
        below = below * x + down
    return above / below


def normal_quantile(
    p: Floats,
    central: tuple[tuple[float, ...], tuple[float, ...]],
    middle: tuple[tuple[float, ...], tuple[float, ...]],
) -> Floats:
    """Quantile of the standard normal distribution; both branches for all values, then a choice."""
    centre = p - 0.5
    inner = polynomials(central, 0.180625 - centre * centre) * centre
    tail = np.sqrt(-log(np.where(centre < 0.0, p, 1.0 - p)))
    outer = polynomials(middle, tail - 1.6)
    return np.where(np.abs(centre) <= 0.425, inner, np.where(centre < 0.0, -outer, outer))
