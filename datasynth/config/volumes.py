"""The largest number of entries whose sums fit into the accounts of a company."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from functools import lru_cache
from math import erfc, exp, log, sqrt
from typing import TYPE_CHECKING

from datasynth.ledger.exchange import minor_units
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CASE_KINDS, PROCESSES, SINGLE_KINDS

if TYPE_CHECKING:
    from datasynth.config.model import Config, TransactionAmounts
    from datasynth.ledger.industries import AmountProfile

MOST_POSTED = (1 << 63) - 1
"""What sums of 64 bits hold. [minor units]"""

# Assets at the start are at most so many monthly turnovers on an account.
_OPENING_MONTHS = 6
_FURTHEST = 6.0
"""Amounts lie within so many standard deviations."""


def posted_per_entry(config: Config) -> float:
    """Estimate from above what an entry adds on average to the account with the most. [US dollars]"""
    profiles = industry(config.general.industry).amount_profiles
    means = {name: _mean(profile, config.transactions.amounts) for name, profile in profiles.items()}
    weights = config.business_processes
    posted = 0.0
    # Both are in the order of the configuration's section.
    for process, weight in zip(PROCESSES, astuple(weights), strict=True):
        kinds = [kind for kind in (*CASE_KINDS, *SINGLE_KINDS) if kind.process == process]
        posted += weight * max(kind.invoices * means[kind.amount_profile] for kind in kinds)
    # Purchases and expenses are raised to the level of sales, and never above it.
    return posted + weights.o2c_weight * means["sale"]


def too_many(config: Config, count: int) -> str | None:
    """Return the sentence that refuses so many entries, or None if there may be so many.

    Parameters
    ----------
    config
        Its companies, amounts and processes count; its number of entries does not.
    count
        Entries of the data set.
    """
    most, company = min(_most_entries(config))
    if count <= most:
        return None
    return (
        f"Must be at most {most:,} with these amounts, since sums in {company} "
        f"would be larger than {MOST_POSTED:,} minor units."
    )


def _most_entries(config: Config) -> list[tuple[int, str]]:
    """Return for each company how many entries of the data set its accounts can hold, and who it is."""
    # Exact, since a tiny weight divided by the sum of the others would round to 0.
    weights = sum(Fraction(company.volume_weight) for company in config.companies)
    months = 1.0 + _OPENING_MONTHS / config.general.period_months
    dollars = posted_per_entry(config) * months
    found = []
    for company in config.companies:
        if company.volume_weight > 0:
            each = Fraction(dollars * float(minor_units(company.currency)))
            most = MOST_POSTED * weights / (each * Fraction(company.volume_weight))
            found.append((int(most), f"{company.currency} of company {company.code}"))
    return found


@lru_cache(maxsize=1024)
def _mean(profile: AmountProfile, amounts: TransactionAmounts) -> float:
    """Return the mean of a log-normal distribution between the bounds of amounts. [US dollars]"""
    low, high = (
        min(max((log(bound) - profile.mean) / profile.deviation, -_FURTHEST), _FURTHEST)
        for bound in (amounts.min, amounts.max)
    )
    inside = _above(low) - _above(high)
    if inside <= 0.0:
        return exp(profile.mean + profile.deviation * high)
    within = _above(low - profile.deviation) - _above(high - profile.deviation)
    return exp(profile.mean + profile.deviation**2 / 2) * within / inside


def _above(deviations: float) -> float:
    """Return which share of a normal distribution lies above."""
    return erfc(deviations / sqrt(2)) / 2
