"""The currency table."""

from __future__ import annotations

import re

import pytest

from datasynth.ledger.currencies import CURRENCIES, decimals


@pytest.mark.parametrize(
    ("code", "expected"), [("USD", 2), ("EUR", 2), ("CNY", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)]
)
def test_decimals(code: str, expected: int) -> None:
    """A currency has the decimals of its minor unit."""
    assert expected == decimals(code)


def test_table_is_complete() -> None:
    """Every code is three capitals, listed once, with 0, 2 or 3 decimals."""
    assert all(re.fullmatch("[A-Z]{3}", code) for code in CURRENCIES)
    assert {0, 2, 3} == set(CURRENCIES.values())
    assert (16, 7) == tuple(sum(value == each for value in CURRENCIES.values()) for each in (0, 3))
    assert 150 < len(CURRENCIES) < 180


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "usd", "", "US"])
def test_unknown_code(code: str) -> None:
    """Metals, test codes and words in small letters are no currencies."""
    with pytest.raises(KeyError):
        decimals(code)


def test_table_cannot_be_changed() -> None:
    """Nobody adds a currency while the server runs."""
    with pytest.raises(TypeError):
        CURRENCIES["ABC"] = 2  # type: ignore[index]
