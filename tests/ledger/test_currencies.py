"""The currency table."""

from __future__ import annotations

import re

import iso4217
import pytest

from datasynth.ledger.currencies import CURRENCIES, decimals


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("USD", 2),
        ("EUR", 2),
        ("CNY", 2),
        ("JPY", 0),
        ("KRW", 0),
        ("KWD", 3),
        ("TND", 3),
        ("CLF", 4),
        ("XDR", 2),
    ],
)
def test_decimals(code: str, expected: int) -> None:
    """A currency has the decimals of its minor unit."""
    assert expected == decimals(code)


def test_table_is_complete() -> None:
    """Every code is three capitals, listed once, with none, two, three or four decimals."""
    assert all(re.fullmatch("[A-Z]{3}", code) for code in CURRENCIES)
    assert {0, 2, 3, 4} == set(CURRENCIES.values())
    assert (16, 7, 2) == tuple(sum(value == each for value in CURRENCIES.values()) for each in (0, 3, 4))
    assert 150 < len(CURRENCIES) < 180


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "MXV", "CHE", "usd", "", "US"])
def test_unknown_code(code: str) -> None:
    """Metals, test codes, funds codes and words in small letters are no currencies."""
    with pytest.raises(KeyError):
        decimals(code)


WITHDRAWN = {"ANG", "BGN", "ZWL"}
LEFT_OUT = {
    *("XAG", "XAU", "XPD", "XPT"),
    *("XTS", "XXX"),
    *("XAD", "XBA", "XBB", "XBC", "XBD", "XSU", "XUA"),
    *("BOV", "CHE", "CHW", "COU", "MXV", "USN", "UYI"),
}
"""Metals; codes for tests and for nothing; bond market and accounting units; funds codes."""


def test_codes_and_decimals_are_those_of_the_standard() -> None:
    """The package ``iso4217`` carries its list: what it has and we have not is named above, and why."""
    listed = {currency.code: currency.exponent for currency in iso4217.Currency}

    assert set(listed) - set(CURRENCIES) == LEFT_OUT
    assert set(CURRENCIES) - set(listed) == WITHDRAWN
    assert {code for code in set(listed) & set(CURRENCIES) if listed[code] is None} == {"XDR"}
    assert {code: listed[code] for code in set(listed) - LEFT_OUT - {"XDR"}} == {
        code: CURRENCIES[code] for code in set(CURRENCIES) - WITHDRAWN - {"XDR"}
    }


def test_table_cannot_be_changed() -> None:
    """Nobody adds a currency while the server runs."""
    with pytest.raises(TypeError):
        CURRENCIES["ABC"] = 2  # type: ignore[index]
