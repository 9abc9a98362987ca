"""How large a company's purchases and expenses are in proportion to its sales."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.templates.amounts import USUAL_LEVEL, AmountTerms, mean_amount
from datasynth.ledger.exchange import ANCHOR
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import Config

_LEAST, _MOST = 100, 10_000
# Share of the gross profit that is spent. [permille]
_SPENT = 780
# Share of a year's sales that is spent on fixed assets. [permille]
_INVESTED = 80
_SPENDING = ("expense", "payroll", "travel", "small", "levy", "charge", "low_value")


def amount_levels(config: Config, cases: Sequence[int], singles: Sequence[int]) -> dict[str, int]:
    """Return the factor of the amounts of each amount profile.

    Goods bought come to about the cost of those sold, expenses to a part of the gross
    profit, investments to a part of the sales; not exactly, since only means are compared.

    Parameters
    ----------
    cases, singles
        Number of cases of each of `CASE_KINDS`, and of documents of each of
        `SINGLE_KINDS`, in all companies.

    Returns
    -------
    dict
        By amount profile; `USUAL_LEVEL` where it is not named. [permille]
    """
    terms = AmountTerms.of(config, ANCHOR)
    volumes = dict.fromkeys(terms.industry.amount_profiles, 0)
    delivered = 0
    for kind, count in zip((*CASE_KINDS, *SINGLE_KINDS), (*cases, *singles), strict=True):
        if kind.abroad < 0:
            volume = count * kind.invoices * mean_amount(kind.amount_profile, terms)
            volumes[kind.amount_profile] += volume
            if kind.amount_profile == "sale" and kind.steps[0].document_type == "WA":
                delivered += volume
    sold, bought, invested = volumes["sale"], volumes["purchase"], volumes["asset"]
    spent = sum(volumes[profile] for profile in _SPENDING)
    cost = delivered * sum(terms.industry.cost) // 2_000
    levels = {}
    if cost and bought:
        levels["purchase"] = _bounded(cost * USUAL_LEVEL // bought)
    if sold and spent:
        levels |= dict.fromkeys(_SPENDING, _bounded((sold - cost) * _SPENT // spent))
    if sold and invested:
        levels["asset"] = _bounded(sold * _INVESTED // invested)
    return levels


def _bounded(level: int) -> int:
    return min(max(level, _LEAST), _MOST)
