"""How large a company's purchases and expenses are, so that it lives on what it sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.templates.amounts import Terms, mean_amount
from datasynth.ledger.exchange import ANCHOR
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import Config

USUAL = 1_000
"""Amounts as the industry's profiles have them. [permille]"""

_LEAST, _MOST = 100, 10_000
# Of what sales leave after the cost of the goods, so much is spent. [permille]
_SPENT = 780
# What is spent on fixed assets in a year, of what is sold. [permille]
_INVESTED = 80
_SPENDING = ("expense", "payroll", "travel", "small", "levy", "charge", "low_value")


def calibrate_amounts(config: Config, cases: Sequence[int], singles: Sequence[int]) -> dict[str, int]:
    """Return what the amounts of each profile are multiplied with.

    Goods bought come to about the cost of those sold, and what is spent, and
    invested, to a part of what is left; not exactly, since only means are compared.

    Parameters
    ----------
    config
        Whose amounts.
    cases, singles
        Number of cases of each of `CASE_KINDS`, and of documents of each of
        `SINGLE_KINDS`, in all companies.

    Returns
    -------
    dict
        By profile; `USUAL` where it is not named. [permille]
    """
    own = industry(config.general.industry)
    terms = Terms(config, own, ANCHOR, 0, USUAL)
    sold = delivered = bought = spent = invested = 0
    for kind, count in zip((*CASE_KINDS, *SINGLE_KINDS), (*cases, *singles), strict=True):
        if kind.abroad >= 0:
            continue
        volume = count * kind.invoices * mean_amount(own.amount_profiles[kind.amount_profile], terms)
        sold += volume if kind.amount_profile == "sale" else 0
        delivered += volume if kind.amount_profile == "sale" and kind.steps[0].document_type == "WA" else 0
        bought += volume if kind.amount_profile == "purchase" else 0
        spent += volume if kind.amount_profile in _SPENDING else 0
        invested += volume if kind.amount_profile == "asset" else 0
    cost = delivered * sum(own.cost) // 2_000
    calibration = {}
    if cost and bought:
        calibration["purchase"] = _bounded(cost * 1_000 // bought)
    if sold and spent:
        calibration |= dict.fromkeys(_SPENDING, _bounded((sold - cost) * _SPENT // spent))
    if sold and invested:
        calibration["asset"] = _bounded(sold * _INVESTED // invested)
    return calibration


def _bounded(level: int) -> int:
    return min(max(level, _LEAST), _MOST)
