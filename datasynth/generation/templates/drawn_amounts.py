"""Distributions of drawn amounts: of cases whose documents are in foreign currency or of two companies.

Each of these cases draws an amount of its own; see `kernels.drawn_amounts`.  A document
is worth its amount at the rate of its day, rounded, so sums over templates would not be
those of documents, and nothing is gained from amounts that many cases share.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.elementary import exp, log, normal_quantile
from datasynth.generation.kernels.drawn_amounts import (
    CHANCE_BITS,
    DISTRIBUTION,
    QUANTILE_BITS,
    DrawnAmounts,
)
from datasynth.generation.templates.amounts import USUAL_LEVEL, TemplateAmounts, profile_quantile
from datasynth.generation.templates.shares import MILLION, millionths
from datasynth.ledger.exchange import minor_units, round_amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.generation.templates.amounts import AmountTerms
    from datasynth.ledger.industries import AmountProfile
    from datasynth.ledger.processes import CaseKind

# Amounts lie between these, provided that the bounds of all amounts and the profile leave
# enough of them. [US dollars]
_LEAST = 50
_MOST = 1_000_000
_FEW_BELOW, _FEW_ABOVE = 0.9, 0.95


@dataclass(frozen=True, slots=True)
class AmountDistribution:
    """How the amounts of one kind of case in one currency are distributed.

    Attributes
    ----------
    quantiles : (2 ** QUANTILE_BITS + 1,) int64
        See `DrawnAmounts`. [minor units]
    terms
        A record of `DISTRIBUTION`, as a tuple.
    whole
        Lines of the templates carry so many parts of an amount, or fewer.
    """

    quantiles: NDArray[np.int64]
    terms: tuple[int, int, int]
    whole: int

    @property
    def nbytes(self) -> int:
        """Memory of the quantiles. [bytes]"""
        return int(self.quantiles.nbytes)

    @property
    def mean(self) -> int:
        """Mean of the amounts before they are rounded. [minor units]"""
        ends: list[int] = [*self.quantiles[:-1].tolist(), *self.quantiles[1:].tolist()]
        return sum(ends) // len(ends)


def distribution_of(kind: CaseKind, terms: AmountTerms) -> AmountDistribution:
    """Work out the distribution of a kind's amounts: log-normal between two bounds.

    Between two of the quantiles amounts are equally likely, so the quantiles end half a
    part before the bounds: the last part would otherwise be too wide, and its mean too large.
    """
    profile = terms.industry.amount_profiles[kind.amount_profile]
    level = float(log(np.array([terms.level / float(USUAL_LEVEL)]))[0])
    low, high = _narrowed(profile, profile.mean + level, *terms.bounds(profile, level))
    count = (1 << QUANTILE_BITS) + 1
    place = low + (high - low) * (np.arange(count, dtype=np.float64) + 0.5) / float(count)
    units = exp(profile.mean + level + profile.deviation * normal_quantile(place))
    quantiles = np.floor(units * float(minor_units(terms.currency))).astype(np.int64) + 2
    whole = _whole(kind, terms)
    # No share of an amount is nil.
    least = max(terms.least, -(-whole // MILLION))
    chance = round(terms.amounts.round_number_bias * float(1 << CHANCE_BITS))
    return AmountDistribution(quantiles, (least, round_amount(terms.currency), chance), whole)


def template_parts(kind: CaseKind, terms: AmountTerms, templates: int) -> TemplateAmounts:
    """Return what the lines of the templates carry: parts of `AmountDistribution.whole`, the same for all."""
    values = {
        "gross": np.full(templates, _whole(kind, terms), dtype=np.int64),
        "cost": np.full(templates, MILLION, dtype=np.int64),
    }
    units = dict.fromkeys(values, np.zeros(templates, dtype=np.int64))
    every = np.ones(templates, dtype=np.bool_)
    alike = units["gross"]
    return TemplateAmounts(values, units, fixed=every, alike=alike, size=values["gross"], most=alike)


def _whole(kind: CaseKind, terms: AmountTerms) -> int:
    """Return the whole of which the cost of what is sold to an affiliated company is a million parts."""
    return MILLION + millionths(terms.markup) if kind.intercompany else MILLION


def drawn_amounts(distributions: Sequence[AmountDistribution]) -> DrawnAmounts:
    """Stack distributions for kernels, in their order."""
    shape = len(distributions), (1 << QUANTILE_BITS) + 1
    quantiles = np.empty(shape, dtype=np.int64)
    for row, each in zip(quantiles, distributions, strict=True):
        row[:] = each.quantiles
    terms = np.array([each.terms for each in distributions], dtype=DISTRIBUTION)
    return DrawnAmounts(quantiles, terms.view(np.recarray))


def _narrowed(profile: AmountProfile, mean: float, low: float, high: float) -> tuple[float, float]:
    """Narrow the quantiles to amounts that are worth a transfer abroad."""
    least, most = profile_quantile(profile, mean, _LEAST), profile_quantile(profile, mean, _MOST)
    share = high - low
    return (
        min(max(low, least), low + share * _FEW_BELOW),
        max(min(high, most), low + share * _FEW_ABOVE),
    )
