"""Taxes on sales: the rates of countries, and the tax codes of lines.

A country has one rate, today's standard one, also in earlier periods.  ``taxes.toml``
gives the source of each rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from datasynth.ledger.tables import read_table

OUTPUT, INPUT = "A1", "V1"

_DEFAULT_RATE = 150
_DEFAULT_DIGITS = "#########"


@dataclass(frozen=True, slots=True)
class TaxRegime:
    """How a country taxes sales, and its standard rate. [permille]

    The kind is ``vat``, which is charged to customers and refunded on purchases; ``sales_tax``,
    which is charged to customers only; or ``none``, with a rate of nil.
    """

    country: str
    kind: str
    permille: int

    @property
    def sales_taxed(self) -> bool:
        """Whether invoices to customers can carry tax."""
        return self.permille > 0

    @property
    def purchases_taxed(self) -> bool:
        """Whether tax on purchases is a claim against the tax office."""
        return self.kind == "vat" and self.sales_taxed


@cache
def tax_regime(country: str) -> TaxRegime:
    """Return how a country taxes sales; unlisted countries have a value added tax of 15 %."""
    tables = read_table("taxes")
    if country in tables["sales"]:
        return TaxRegime(country, "sales_tax", tables["sales"][country])
    if country in tables["untaxed"]:
        return TaxRegime(country, "none", 0)
    return TaxRegime(country, "vat", tables["value_added"].get(country, _DEFAULT_RATE))


def registration_pattern(country: str) -> str:
    """Return the pattern of a firm's tax number; each ``#`` stands for a digit."""
    pattern: str = read_table("taxes")["registrations"].get(country, f"{country}{_DEFAULT_DIGITS}")
    return pattern
