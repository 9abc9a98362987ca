"""Configurations to generate from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config import config_from_mapping

if TYPE_CHECKING:
    from datasynth.config import Config

COMPANIES = [
    {"code": "1000", "name": "Alpha Inc.", "currency": "USD", "country": "US"},
    {"code": "2000", "name": "Beta GmbH", "currency": "EUR", "country": "DE"},
    {"code": "2100", "name": "Gamma SAS", "currency": "EUR", "country": "FR"},
    {"code": "3000", "name": "Delta KK", "currency": "JPY", "country": "JP"},
    {"code": "4000", "name": "Epsilon WLL", "currency": "KWD", "country": "KW"},
]
"""Two of one currency; none, two and three decimals; different weekends and holidays."""

PROCESS_KEYS = ("o2c", "p2p", "r2r", "h2r", "a2r", "treasury", "tax", "intercompany")
"""Keys of the weights of processes, without ending, in the order of `ledger.processes.PROCESSES`."""


def make_config(
    count: int = 5_000,
    *,
    months: int = 12,
    companies: int = 1,
    weights: dict[str, float] | None = None,
    **general: object,
) -> Config:
    """Return a configuration of so many entries, months and companies."""
    document: dict[str, object] = {
        "global": {"period_months": months, **general},
        "companies": COMPANIES[:companies],
        "transactions": {"target_count": count},
    }
    if weights is not None:
        document["business_processes"] = {f"{name}_weight": weights.get(name, 0.0) for name in PROCESS_KEYS}
    return config_from_mapping(document)
