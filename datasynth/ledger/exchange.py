"""Approximate values of currencies, and the currencies that companies trade in."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from datasynth.ledger.currencies import decimals
from datasynth.ledger.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

ANCHOR = "USD"
"""The currency in which usual amounts and limits are given."""

PARTS_OF_A_DOLLAR = 1_000_000_000
"""`base_value` counts in billionths of a US dollar."""

_USUAL_PARTNERS = (ANCHOR, "EUR")
_FEWEST_DIGITS = 2


def base_value(currency: str) -> int:
    """Return the value of one unit of a currency. [billionths of a US dollar]

    Raises
    ------
    KeyError
        If no books are kept in such a currency.
    """
    value: int = read_table("exchange")["value"][currency]
    return value


@cache
def minor_units(currency: str) -> Fraction:
    """Return the exact number of minor units of a currency that are worth a dollar."""
    return Fraction(10 ** decimals(currency) * PARTS_OF_A_DOLLAR, base_value(currency))


def dollars(currency: str) -> int:
    """Return the whole number of minor units that is worth about a dollar; at least 1."""
    return max(_nearest(minor_units(currency)), 1)


def round_amount(currency: str) -> int:
    """Return the power of ten of a currency that is nearest to a dollar, on a scale of ratios. [minor units]

    A dollar in USD, 100 yen in JPY, 10,000 rupiahs in IDR, 0.1 dinars in KWD.
    """
    squared = minor_units(currency) ** 2
    amount = 1
    while 10 * amount * amount < squared:
        amount *= 10
    return amount


def local_limits(limits: Sequence[int], currency: str) -> tuple[int, ...]:
    """Return limits in dollars as round figures of a currency, ascending if those are.

    They have two significant digits, or as many more as keep different limits different.
    If a unit of the currency is worth a dollar, the figures are the same.

    Parameters
    ----------
    limits
        At least 1 each. [US dollars]

    Returns
    -------
    tuple of int
        [minor units]
    """
    exact = [_nearest(minor_units(currency) * limit) for limit in limits]
    if base_value(currency) == PARTS_OF_A_DOLLAR:
        return tuple(exact)
    for digits in range(_FEWEST_DIGITS, len(str(max(exact)))):
        rounded = [_significant(amount, digits) for amount in exact]
        if len(set(rounded)) == len(set(limits)):
            return tuple(rounded)
    return tuple(exact)


def _nearest(amount: Fraction) -> int:
    return int(amount + Fraction(1, 2))


def _significant(amount: int, digits: int) -> int:
    step = 10 ** max(len(str(amount)) - digits, 0)
    rounded: int = (amount + step // 2) // step * step
    return rounded


def trading_currencies(currency: str) -> tuple[str, str]:
    """Return the two foreign currencies of companies with a currency, the more frequent first."""
    first, second = read_table("exchange")["trading"].get(currency, _USUAL_PARTNERS)
    return first, second


def countries_of(currency: str) -> tuple[str, ...]:
    """Return countries that use a currency, its home first, as ISO 3166 alpha-2 codes."""
    return tuple(read_table("exchange")["countries"].get(currency, (currency[:2],)))
