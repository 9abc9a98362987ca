"""What amounts are usual in an industry."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from datasynth.ledger.tables import read_table


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
    amount_profiles
        By the name that kinds of case refer to.
    cost
        Cost of sales as a share of the sale, lowest and highest. [permille]
    """

    amount_profiles: dict[str, AmountProfile] = field(hash=False)
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
_LIKE = {"journal": "expense", "intercompany": "purchase"}


@cache
def industry(name: str) -> Industry:
    """Look an industry up by its configuration name."""
    found = read_table("industries")[name]
    own = {name: AmountProfile(*found[name]) for name in found if name != "cost"}
    alike = {name: own[other] for name, other in _LIKE.items()}
    return Industry(own | alike | _EVERYWHERE, tuple(found["cost"]))
