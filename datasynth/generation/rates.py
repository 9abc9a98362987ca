"""Exchange rates of every day of a data set.

The value of each currency wanders around its usual one, pulled back a little
every day (a discrete Ornstein-Uhlenbeck process), from + - × ÷ alone, so that a
rate is the same number on every machine.  Rates between two currencies come
from their values, so a way round through a third one is worth the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draws, make_key, uniform
from datasynth.generation.elementary import normal_quantile
from datasynth.ledger.currencies import decimals
from datasynth.ledger.exchange import base_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MILLION = 1_000_000

_PULL = 0.02
_DAILY = 0.0045
"""Standard deviation of a day's move; major currencies have .4 to .6 % a day."""

_ANCHOR = "USD"


@dataclass(frozen=True, slots=True)
class RateTable:
    """Rates between pairs of currencies.

    Attributes
    ----------
    pairs
        Foreign currency and the company's.
    rates : (pairs, days) int64
        What one unit of the first is worth in the second, lead days first. [millionths]
    multiplier, divisor : (pairs,) int64
        Minor units times rate, times the multiplier, over the divisor are minor
        units of the second currency.
    """

    pairs: tuple[tuple[str, str], ...]
    rates: NDArray[np.int64]
    multiplier: NDArray[np.int64]
    divisor: NDArray[np.int64]

    def row(self, foreign: str, own: str) -> int:
        """Return the row of a pair, or -1 for a currency in itself."""
        return -1 if foreign == own else self.pairs.index((foreign, own))


def make_rates(pairs: Sequence[tuple[str, str]], days: int, seed: int) -> RateTable:
    """Let the rates of some pairs wander.

    Parameters
    ----------
    pairs
        Foreign currency and a company's, no two alike.
    days
        Number of days, lead days included.
    seed
        Of the configuration.
    """
    values = {code: _values(code, days, seed) for pair in pairs for code in pair}
    rates = np.ones((max(len(pairs), 1), days), dtype=np.int64)
    for row, (foreign, own) in enumerate(pairs):
        exact = values[foreign] / values[own] * float(MILLION)
        rates[row] = np.maximum(np.floor(exact + 0.5).astype(np.int64), 1)
    steps = [decimals(own) - decimals(foreign) for foreign, own in pairs] or [0]
    return RateTable(
        tuple(pairs),
        rates,
        np.array([10 ** max(step, 0) for step in steps], dtype=np.int64),
        np.array([MILLION * 10 ** max(-step, 0) for step in steps], dtype=np.int64),
    )


def _values(currency: str, days: int, seed: int) -> NDArray[np.float64]:
    """Return what a currency is worth on every day. [billionths of a US dollar]"""
    base = float(base_value(currency))
    if currency == _ANCHOR:
        return np.full(days, base)
    key = make_key(seed, "rate", currency)
    moves = normal_quantile(uniform(draws(key, np.arange(days, dtype=np.int64), 0))) * _DAILY
    away = 0.0
    values = np.empty(days)
    for day, move in enumerate(moves.tolist()):
        away += move - _PULL * away
        values[day] = base * (1.0 + away)
    return values
