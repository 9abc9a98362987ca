"""Usual amounts and seasons of industries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from datasynth.ledger.tables import read_table


@dataclass(frozen=True, slots=True)
class AmountProfile:
    """A log-normal distribution: mean and deviation of the logarithm of amounts in currency units."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Industry:
    """The figures of an industry.

    Attributes
    ----------
    amount_profiles
        By the name that kinds of case refer to.
    cost
        Cost of sales as a share of the sale, lowest and highest. [permille]
    season
        Activity of January to December, relative to an ordinary month.
    """

    amount_profiles: dict[str, AmountProfile] = field(hash=False)
    cost: tuple[int, int]
    season: tuple[float, ...]


EVEN_SEASON = (1.0,) * 12
"""All months alike."""

# Kinds whose amounts are like those of another.
_LIKE = {"journal": "expense", "intercompany": "purchase"}


@cache
def industry(name: str) -> Industry:
    """Return an industry by its name in configurations."""
    tables = read_table("industries")
    figures = {**tables["everywhere"], **tables[name]}
    cost, season = (tuple(figures.pop(key)) for key in ("cost", "season"))
    profiles = {kind: AmountProfile(*pair) for kind, pair in figures.items()}
    return Industry(profiles | {kind: profiles[other] for kind, other in _LIKE.items()}, cost, season)
