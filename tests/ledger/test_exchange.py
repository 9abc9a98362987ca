"""What currencies are worth, and who deals in them."""

from __future__ import annotations

import holidays
import pytest

from datasynth.ledger.currencies import CURRENCIES, decimals
from datasynth.ledger.exchange import (
    PARTS_OF_A_DOLLAR,
    _tables,
    base_value,
    countries_of,
    home_country,
    trading_currencies,
)


@pytest.mark.parametrize(
    ("currency", "lowest", "highest"),
    [("EUR", 1.0, 1.2), ("GBP", 1.2, 1.4), ("JPY", 0.006, 0.008), ("KWD", 3.2, 3.3), ("CHF", 1.05, 1.25)],
)
def test_values(currency: str, lowest: float, highest: float) -> None:
    """A unit of a currency is worth what it was in 2024."""
    assert lowest < base_value(currency) / PARTS_OF_A_DOLLAR < highest


def test_the_dollar_is_the_measure() -> None:
    """A US dollar is worth a US dollar."""
    assert PARTS_OF_A_DOLLAR == base_value("USD")


@pytest.mark.parametrize("currency", CURRENCIES)
def test_every_currency_has_a_value(currency: str) -> None:
    """Values are exact enough for a rate: at least four digits of a billionth."""
    assert 10_000 <= base_value(currency) <= 4 * PARTS_OF_A_DOLLAR


def test_unlisted_currencies_are_middling() -> None:
    """A currency without a value of its own has that of others with as many decimals."""
    tables = _tables()
    unlisted = set(CURRENCIES) - set(tables["value"])

    assert len(tables["value"]) >= 40
    assert "ERN" in unlisted
    for currency in unlisted:
        assert tables["by_decimals"][str(decimals(currency))] == base_value(currency)


def test_unknown_currencies_are_refused() -> None:
    """A code that nobody pays in has no value."""
    with pytest.raises(KeyError):
        base_value("XTS")


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ("USD", ("EUR", "GBP")),
        ("EUR", ("USD", "GBP")),
        ("JPY", ("USD", "EUR")),
        ("KWD", ("USD", "EUR")),
        ("SEK", ("EUR", "NOK")),
    ],
)
def test_neighbours_trade(currency: str, expected: tuple[str, str]) -> None:
    """A company deals in the currencies of its neighbours, or in the great ones."""
    assert expected == trading_currencies(currency)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_foreign_currencies_are_foreign(currency: str) -> None:
    """The two currencies differ from one another and from the company's own, and exist."""
    assert 3 == len({currency, *trading_currencies(currency)} & set(CURRENCIES))


def test_every_currency_has_a_home() -> None:
    """The countries of a currency are countries whose holidays are known."""
    known = set(holidays.list_supported_countries(include_aliases=False))

    assert all(set(countries_of(currency)) <= known for currency in CURRENCIES)


@pytest.mark.parametrize(
    ("currency", "expected"), [("EUR", "DE"), ("GBP", "GB"), ("USD", "US"), ("JPY", "JP"), ("XOF", "CI")]
)
def test_home(currency: str, expected: str) -> None:
    """A currency is at home where its code says, or in the largest country that uses it."""
    assert expected == home_country(currency)
    assert expected == countries_of(currency)[0]
