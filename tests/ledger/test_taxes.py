"""Taxes on sales."""

from __future__ import annotations

import re

import holidays
import pytest

from datasynth.ledger.tables import read_table
from datasynth.ledger.taxes import registration_pattern, tax_regime


@pytest.mark.parametrize(
    ("country", "permille"),
    [("DE", 190), ("FR", 200), ("GB", 200), ("FI", 255), ("CH", 81), ("JP", 100), ("CA", 50), ("SA", 150)],
)
def test_value_added_tax(country: str, permille: int) -> None:
    """A country with value added tax has its standard rate, on sales and purchases."""
    regime = tax_regime(country)

    assert ("vat", permille) == (regime.kind, regime.permille)
    assert regime.sales_taxed
    assert regime.purchases_taxed


def test_sales_tax() -> None:
    """In the United States customers pay tax; what a company pays itself is no claim."""
    regime = tax_regime("US")

    assert ("sales_tax", 70) == (regime.kind, regime.permille)
    assert regime.sales_taxed
    assert not regime.purchases_taxed


def test_countries_without_tax() -> None:
    """Kuwait taxes neither sales nor purchases."""
    regime = tax_regime("KW")

    assert ("none", 0) == (regime.kind, regime.permille)
    assert not regime.sales_taxed
    assert not regime.purchases_taxed


def test_unlisted_countries_have_a_usual_tax() -> None:
    """Where nobody looked the rate up, it is 15 %."""
    assert ("vat", 150) == (tax_regime("TV").kind, tax_regime("TV").permille)


def test_the_tables_are_sound() -> None:
    """At least forty countries are listed, each once and known, with a rate between 5 and 27 %."""
    tables = read_table("taxes")
    taxed = tables["value_added"] | tables["sales"]
    everywhere = [country for name in ("value_added", "sales", "untaxed") for country in tables[name]]

    assert len(everywhere) == len(set(everywhere)) >= 40
    assert all(50 <= permille <= 270 for permille in taxed.values())
    assert set(everywhere) | set(tables["registrations"]) <= set(
        holidays.list_supported_countries(include_aliases=False)
    )


@pytest.mark.parametrize("country", [*read_table("taxes")["registrations"], "TV"])
def test_registrations(country: str) -> None:
    """A tax number has at least four digits to fill in, and nothing but digits, capitals and marks."""
    pattern = registration_pattern(country)

    assert re.fullmatch(r"[A-Z0-9#./ -]+", pattern)
    assert 4 <= pattern.count("#") <= 13
