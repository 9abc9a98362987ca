"""What currencies are worth, and who deals in them."""

from __future__ import annotations

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.ledger.currencies import CURRENCIES, decimals
from datasynth.ledger.exchange import (
    PARTS_OF_A_DOLLAR,
    base_value,
    countries_of,
    dollars,
    local_limits,
    minor_units,
    round_amount,
    trading_currencies,
)
from datasynth.ledger.tables import read_table


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
    assert 10_000 <= base_value(currency) <= 40 * PARTS_OF_A_DOLLAR


def test_every_value_is_its_own() -> None:
    """No currency has a value that was not looked up, and no value is of a code that is none."""
    assert set(CURRENCIES) == set(read_table("exchange")["value"])


@pytest.mark.parametrize(
    ("currency", "lowest", "highest"),
    [
        *(("IRR", 30_000, 700_000), ("SLE", 20, 25), ("STN", 21, 25), ("LBP", 80_000, 100_000)),
        *(("SYP", 10_000, 16_000), ("VES", 30, 55), ("CLF", 0.02, 0.03), ("UYW", 20, 30), ("XDR", 0.7, 0.8)),
    ],
)
def test_units_of_a_dollar(currency: str, lowest: float, highest: float) -> None:
    """So many units of a weak currency, and of units of account, are a dollar."""
    assert lowest < PARTS_OF_A_DOLLAR / base_value(currency) < highest


@pytest.mark.parametrize("currency", CURRENCIES)
def test_minor_units_of_a_dollar(currency: str) -> None:
    """They are exact, at least one, and a round amount lies within half a power of ten of them."""
    exact = minor_units(currency)

    assert exact * base_value(currency) == 10 ** decimals(currency) * PARTS_OF_A_DOLLAR
    assert dollars(currency) == max(1, round(float(exact)))
    assert 0.1 <= (round_amount(currency) / exact) ** 2 <= 10
    assert "1" == str(round_amount(currency)).rstrip("0")


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ("USD", (1_000_000, 5_000_000, 20_000_000)),
        ("EUR", (920_000, 4_600_000, 18_000_000)),
        ("IDR", (16_000_000_000, 79_000_000_000, 320_000_000_000)),
        ("JPY", (1_500_000, 7_600_000, 30_000_000)),
        ("KWD", (3_100_000, 15_000_000, 61_000_000)),
    ],
)
def test_limits_are_round_figures(currency: str, expected: tuple[int, ...]) -> None:
    """Two digits say what is near the limit in dollars."""
    assert expected == local_limits([10_000, 50_000, 200_000], currency)


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=3, unique=True), st.sampled_from(list(CURRENCIES))
)
def test_limits_keep_their_order(limits: list[int], currency: str) -> None:
    """Whatever is close together stays apart, and each limit is near what it is in dollars."""
    found = local_limits(sorted(limits), currency)

    assert sorted(set(found)) == list(found)
    for limit, local in zip(sorted(limits), found, strict=True):
        assert float(limit * minor_units(currency)) == pytest.approx(local, rel=0.06, abs=1)


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
    assert expected == countries_of(currency)[0]
