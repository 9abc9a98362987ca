"""Taxes on sales: what a country charges, and the codes that lines carry for it.

One rate per country, the standard one of today; a data set that begins earlier
has it too.  Where the rates come from stands beside them, in ``taxes.toml``.
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
    """How a country taxes sales.

    Attributes
    ----------
    country
        ISO 3166 alpha-2 code.
    kind
        ``vat``: charged to customers, and got back on purchases; ``sales_tax``:
        charged to customers only; ``none``: neither, with a rate of nil.
    permille
        Standard rate. [permille]
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
    """Return how a country taxes sales; a value added tax of 15 % where it is not listed.

    Parameters
    ----------
    country
        ISO 3166 alpha-2 code.
    """
    tables = read_table("taxes")
    if country in tables["sales"]:
        return TaxRegime(country, "sales_tax", tables["sales"][country])
    if country in tables["untaxed"]:
        return TaxRegime(country, "none", 0)
    return TaxRegime(country, "vat", tables["value_added"].get(country, _DEFAULT_RATE))


def registration_pattern(country: str) -> str:
    """Return how a firm's tax number looks; each ``#`` stands for a digit."""
    pattern: str = read_table("taxes")["registrations"].get(country, f"{country}{_DEFAULT_DIGITS}")
    return pattern
