"""What amounts are usual in an industry."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class AmountProfile:
    """A log-normal distribution of a transaction's amount.

    Attributes
    ----------
    mean, deviation
        Of the natural logarithm of the amount in currency units.
    """

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Industry:
    """Amounts of an industry's transactions.

    Attributes
    ----------
    profiles
        By the name that kinds of case refer to.
    cost
        Cost of sales as a share of the sale, lowest and highest. [permille]
    """

    profiles: dict[str, AmountProfile] = field(hash=False)
    cost: tuple[int, int]


# Kinds that are much alike everywhere; the reference gives no figures for them.
_EVERYWHERE = {
    "charge": AmountProfile(3.2, 1.4),
    "interest": AmountProfile(4.4, 1.5),
    "travel": AmountProfile(5.0, 1.3),
    "low_value": AmountProfile(5.4, 1.1),
    "small": AmountProfile(4.6, 1.5),
    "levy": AmountProfile(6.0, 1.5),
    "loan": AmountProfile(8.0, 1.4),
}
_FROM = {
    "sale": "sale",
    "purchase": "purchase",
    "payroll": "payroll",
    "asset": "asset",
    "expense": "expense",
    "journal": "expense",
    "intercompany": "purchase",
}


@cache
def industry(name: str) -> Industry:
    """Look an industry up by its configuration name."""
    text = resources.files(__package__).joinpath("industries.toml").read_text("utf-8")
    found = tomllib.loads(text)[name]
    profiles = {kind: AmountProfile(*found[key]) for kind, key in _FROM.items()}
    lowest, highest = found["cost"]
    return Industry(profiles | _EVERYWHERE, (lowest, highest))
