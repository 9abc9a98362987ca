"""What currencies are worth, roughly, and who deals in them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from datasynth.ledger.currencies import decimals

PARTS_OF_A_DOLLAR = 1_000_000_000
"""What `base_value` counts in: billionths of a US dollar."""

_USUAL_PARTNERS = ("USD", "EUR")


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("exchange.toml").read_text("utf-8"))


def base_value(currency: str) -> int:
    """Return what one unit of a currency is worth. [billionths of a US dollar]

    A currency without an entry of its own has the value of a middling one of
    as many decimals.

    Raises
    ------
    KeyError
        If no such currency circulates.
    """
    tables = _tables()
    places = str(decimals(currency))
    value: int = tables["value"].get(currency, tables["by_decimals"][places])
    return value


def trading_currencies(currency: str) -> tuple[str, str]:
    """Return the two foreign currencies in which companies of a currency deal, the commoner first."""
    first, second = _tables()["trading"].get(currency, _USUAL_PARTNERS)
    return first, second


def countries_of(currency: str) -> tuple[str, ...]:
    """Return countries that use a currency, its home first, as ISO 3166 alpha-2 codes."""
    return tuple(_tables()["countries"].get(currency, (currency[:2],)))


def home_country(currency: str) -> str:
    """Return the country that a currency makes one think of first."""
    return countries_of(currency)[0]
