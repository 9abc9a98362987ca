"""Exchange rates of every day of a data set.

The value of each currency wanders around its usual one and is pulled back a little every
day (a discrete Ornstein-Uhlenbeck process).  It uses + - × ÷ alone, so a rate is the same
number on every machine.  A rate is the quotient of two values, so cross rates agree.  It
has seven significant digits, whatever the two currencies are worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draws, make_key, uniform
from datasynth.generation.elementary import normal_quantile
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import ANCHOR, base_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIGITS = 7
"""Significant digits of a rate."""

PRINTED_PLACES = 6
"""Fewest decimals that a rate is printed with."""

_PULL = 0.02
_DAILY = 0.0045
"""Standard deviation of a day's move; major currencies have .4 to .6 % a day."""


_LEAST = 10 ** (DIGITS - 1)
_WORD = 1 << 64


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rates between pairs of currencies, to seven significant digits; lead days come first.

    Attributes
    ----------
    pairs
        Foreign currency and the company's.
    rates : (pairs, days) int64
        Value of one unit of the first in the second, times a power of ten of the pair:
        seven digits, or eight of which the last is 0.
    divisor : (pairs,) int64
        Minor units times rate over the divisor are minor units of the second
        currency.  A divisor times a rate is below 2^64; see `kernels.valued`.
    printed : (pairs, days) int64
        The rates as whole numbers of their last printed decimal.
    places : (pairs, days) int8
        Printed decimals, six or more.
    """

    pairs: tuple[tuple[str, str], ...]
    rates: NDArray[np.int64]
    divisor: NDArray[np.int64]
    printed: NDArray[np.int64]
    places: NDArray[np.int8]

    def row(self, foreign: str, own: str) -> int:
        """Return the row of a pair, or -1 for a currency in itself."""
        return -1 if foreign == own else self.pairs.index((foreign, own))


def make_rates(pairs: Sequence[tuple[str, str]], days: int, seed: int) -> RateTable:
    """Compute the rates of different pairs of a foreign and a company's currency.

    Raises
    ------
    OverflowError
        The values of two currencies are further apart than those of any in circulation.
    """
    values = {code: _values(code, days, seed) for pair in pairs for code in pair}
    shape = max(len(pairs), 1), days
    rates, printed = np.ones(shape, dtype=np.int64), np.ones(shape, dtype=np.int64)
    places = np.zeros(shape, dtype=np.int8)
    divisor = np.ones(shape[0], dtype=np.int64)
    for row, (foreign, own) in enumerate(pairs):
        exact = values[foreign] / values[own]
        power = _power(exact.min(keepdims=True))
        rates[row] = _significant(exact, power)
        printed[row], places[row] = _printed(rates[row], power)
        scale = power + decimals(foreign) - decimals(own)
        if scale < 0 or (int(rates[row].max()) + 1) * 10**scale >= _WORD:
            message = f"rates from {foreign} to {own} are out of what kernels can multiply"
            raise OverflowError(message)
        divisor[row] = 10**scale
    return RateTable(tuple(pairs), rates, divisor, printed, places)


def _power(lowest: NDArray[np.float64]) -> int:
    """Return the power of ten that gives the lowest rate, the only item, seven digits."""
    power = 0
    while _shifted(lowest, power) < _LEAST:
        power += 1
    while _shifted(lowest, power - 1) >= _LEAST:
        power -= 1
    return power


def _shifted(exact: NDArray[np.float64], power: int) -> NDArray[np.float64]:
    """Move the decimal point by exact powers of ten."""
    return exact * float(10**power) if power >= 0 else exact / float(10**-power)


def _significant(exact: NDArray[np.float64], power: int) -> NDArray[np.int64]:
    """Round to seven significant digits; numbers of eight digits end in 0."""
    fine = np.floor(_shifted(exact, power) + 0.5).astype(np.int64)
    coarse = np.floor(_shifted(exact, power - 1) + 0.5).astype(np.int64) * 10
    digits: NDArray[np.int64] = np.where(fine < 10 * _LEAST, fine, coarse)
    return digits


def _printed(rates: NDArray[np.int64], power: int) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Return the printed rates and their decimals: all digits, and at least six decimals."""
    long = (rates >= 10 * _LEAST) & (power > PRINTED_PLACES)
    places = np.where(long, power - 1, max(power, PRINTED_PLACES)).astype(np.int8)
    return np.where(long, rates // 10, rates * 10 ** max(PRINTED_PLACES - power, 0)), places


def _values(currency: str, days: int, seed: int) -> NDArray[np.float64]:
    """Return the value of a currency on every day. [billionths of a US dollar]"""
    base = float(base_value(currency))
    if currency == ANCHOR:
        return np.full(days, base)
    key = make_key(seed, "rate", currency)
    moves = normal_quantile(uniform(draws(key, np.arange(days, dtype=np.int64), 0))) * _DAILY
    away = 0.0
    values = np.empty(days)
    for day, move in enumerate(moves.tolist()):
        away += move - _PULL * away
        values[day] = base * (1.0 + away)
    return values
