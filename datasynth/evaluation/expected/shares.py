"""Shares that a configuration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.config.model import Config


def process_shares(config: Config) -> dict[str, float]:
    """Return the share of each business process.

    Where there is nobody to deal with, the weight of intercompany is spread over the
    other processes in proportion.
    """
    weights = config.business_processes
    found = {
        "O2C": weights.o2c_weight,
        "P2P": weights.p2p_weight,
        "R2R": weights.r2r_weight,
        "H2R": weights.h2r_weight,
        "A2R": weights.a2r_weight,
        "TRE": weights.treasury_weight,
        "TAX": weights.tax_weight,
        "IC": weights.intercompany_weight,
    }
    if trading_companies(config) < 2 and any(share for name, share in found.items() if name != "IC"):  # noqa: PLR2004  # it takes two
        found["IC"] = 0.0
    return _normal(found)


def source_shares(config: Config) -> dict[str, float]:
    """Return the share of each source among the entries that reverse nothing."""
    sources = config.transactions.sources
    return _normal(
        {
            "manual": sources.manual,
            "automated": sources.automated,
            "recurring": sources.recurring,
            "adjustment": sources.adjustment,
        }
    )


def company_shares(config: Config) -> dict[str, float]:
    """Return the share of each company."""
    return _normal({company.code: company.volume_weight for company in config.companies})


def trading_companies(config: Config) -> int:
    """Count the companies that have entries."""
    return sum(company.volume_weight > 0 for company in config.companies)


def _normal(weights: dict[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}
