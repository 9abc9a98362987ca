"""Amounts of transactions: drawn once for every template of a pool, as whole minor units.

A case adds a whole number of jitter steps to its template's amounts.
`TemplateAmounts.jitter_units` says how many minor units one step adds to each amount,
so that tax stays its exact rate of the taxed amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, gcd
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below
from datasynth.generation.elementary import exp, log, normal_quantile
from datasynth.generation.templates.invoice_deviations import draw_deviations
from datasynth.generation.templates.shares import (
    MILLION,
    millionths,
    rounded,
    share_of,
)
from datasynth.ledger.exchange import dollars, minor_units, round_amount
from datasynth.ledger.industries import industry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config, DocumentFlows, TransactionAmounts
    from datasynth.generation.templates.shares import Money, TemplateDraws
    from datasynth.ledger.industries import AmountProfile, Industry
    from datasynth.ledger.processes import CaseKind

USUAL_LEVEL = 1_000
"""The level of amounts as in the industry's profiles. [permille]"""

# Payroll splits, in permille of the salary: employer's contributions, tax withheld (from,
# to), employee's contributions; typical of developed countries.
_SOCIAL = 210
_WAGE_TAX = (140, 260)
_EMPLOYEE = 90

JITTER_PART = 2
"""Jitter changes a template line by at most one part in this number."""

# Salaries vary by less, and so do sales with a discount, since taxes withheld and discounts do not vary.
_STEADY_PART = 8

# Templates stay inside the configured bounds by one part in this number, so that all have some jitter.
_ROOM_PART = 8

_SEARCH_STEPS = 45


@dataclass(frozen=True, slots=True)
class AmountTerms:
    """What decides the amounts of a template pool, and nothing else.

    Attributes
    ----------
    amounts, flows, taxable_share, markup
        Of the configuration; the markup is that of sales between affiliated companies.
    currency
        ISO 4217 code.  Usual amounts in dollars are the same number of its units.
    permille
        Rate of the tax that its documents may carry, 0 for none. [permille]
    level
        Factor of the usual amounts. [permille]
    least
        The smallest amount; see `least_value`. [minor units]
    """

    amounts: TransactionAmounts
    flows: DocumentFlows
    taxable_share: float
    markup: float
    industry: Industry
    currency: str
    permille: int
    level: int
    least: int

    @classmethod
    def of(
        cls, config: Config, currency: str, permille: int = 0, level: int = USUAL_LEVEL, least: int = 1
    ) -> AmountTerms:
        """Take the configured terms from `config`."""
        return cls(
            config.transactions.amounts,
            config.document_flows,
            config.tax.taxable_share,
            config.intercompany.markup,
            industry(config.general.industry),
            currency,
            permille,
            level,
            least,
        )

    @property
    def smallest_line(self) -> int:
        """The smallest amount of a line that shares a posting, about a dollar. [minor units]"""
        return max(dollars(self.currency), self.least)

    def bounds(self, profile: AmountProfile, level: float = 0.0) -> tuple[float, float]:
        """Return the quantiles between which amounts keep to the configured bounds, with room for jitter."""
        mean = profile.mean + level
        low = profile_quantile(profile, mean, self.amounts.min * _ROOM_PART / (_ROOM_PART - 1))
        return low, profile_quantile(profile, mean, self.amounts.max * _ROOM_PART / (_ROOM_PART + 1))

    def most_steps(self, sizes: Money, unit: Money) -> Money:
        """Return the jitter steps, of `unit` minor units, with which sizes keep to the configured bounds."""
        one = minor_units(self.currency)
        room = np.minimum(sizes - ceil(self.amounts.min * one), int(self.amounts.max * one) - sizes)
        steps: Money = np.maximum(room, 0) // unit
        return steps


@dataclass(frozen=True, slots=True)
class TemplateAmounts:
    """Named amounts of the templates of a pool.

    Attributes
    ----------
    values, jitter_units : (templates,) int64 by name
        Amounts, and what one jitter step adds to them. [minor units]
    fixed : (templates,) bool
        Templates without jitter: those of round amounts, or of parts of drawn amounts.
    alike : (templates,) int64
        Templates for which this is the same have the same jitter units, and vary by as much.
    size : (templates,) int64
        The amount that the jitter changes most. [minor units]
    most : (templates,) int64
        Most jitter steps, whatever the lines of the documents bear.
    """

    values: dict[str, Money]
    jitter_units: dict[str, Money]
    fixed: NDArray[np.bool_]
    alike: NDArray[np.int64]
    size: Money
    most: Money


def draw_amounts(kind: CaseKind, terms: AmountTerms, draws: TemplateDraws) -> TemplateAmounts:
    """Draw all amounts that the postings of a kind of case name; see `drawn_amounts` for those valued."""
    if kind.amount_profile == "payroll":
        return _payroll(kind, terms, draws)
    if kind.invoices > 1:
        return _bundle(kind, terms, draws)
    return _trade(kind, terms, draws)


def mean_amount(profile: str, terms: AmountTerms) -> int:
    """Return the mean amount of an amount profile at the usual level. [minor units]"""
    amounts = terms.industry.amount_profiles[profile]
    grid = np.arange(1_024, dtype=np.float64)
    low, high = terms.bounds(amounts)
    place = low + (high - low) * (grid + 0.5) / len(grid)
    units = exp(amounts.mean + amounts.deviation * normal_quantile(place)) * float(
        minor_units(terms.currency)
    )
    return int(np.floor(units).astype(np.int64).sum()) // len(grid)


def _net(
    kind: CaseKind, terms: AmountTerms, draws: TemplateDraws, field: int = 0
) -> tuple[Money, NDArray[np.bool_]]:
    """Draw the amounts bought or sold, before tax, and say which are round.

    They are stratified quantiles of a log-normal distribution, in random order.
    """
    rank = draws.order(field)
    profile = terms.industry.amount_profiles[kind.amount_profile]
    level = float(log(np.array([terms.level / float(USUAL_LEVEL)]))[0])
    low, high = terms.bounds(profile, level)
    place = low + (high - low) * (rank + 0.5) / draws.templates
    logarithm = profile.mean + level + profile.deviation * normal_quantile(place)
    units = exp(logarithm) * float(minor_units(terms.currency))
    exact = np.maximum(np.floor(units).astype(np.int64) + 2, terms.least)
    bias = millionths(terms.amounts.round_number_bias)
    is_round = below(draws.bits(field + 8), MILLION) < bias
    return np.where(is_round, rounded(exact, round_amount(terms.currency)), exact), is_round


@lru_cache(maxsize=256)
def profile_quantile(profile: AmountProfile, mean: float, amount: float) -> float:
    """Return the share of a profile that lies below an amount, by bisection."""
    wanted = float(log(np.array([amount]))[0])
    low, high = 1e-9, 1.0 - 1e-9
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) / 2.0
        if mean + profile.deviation * float(normal_quantile(np.array([middle]))[0]) < wanted:
            low = middle
        else:
            high = middle
    return low


def _trade(kind: CaseKind, terms: AmountTerms, draws: TemplateDraws) -> TemplateAmounts:
    net, is_round = _net(kind, terms, draws)
    taxed = (draws.ranks(16) < millionths(terms.taxable_share)) & (terms.permille > 0)
    permille = np.where(taxed, terms.permille, 0)
    tax = share_of(net, permille, more=500)
    gross = net + tax
    deviations = draw_deviations(kind, terms.flows, draws)
    discount = np.where(deviations.early, share_of(gross, draws.between(18, 10, 30)), 0)
    short = np.where(deviations.short, share_of(gross, draws.between(19, 1, 20)), 0)
    off = share_of(net, draws.between(21, 5, 50))
    dearer, cheaper = np.where(deviations.dearer, off, 0), np.where(deviations.cheaper, off, 0)
    part = np.maximum(share_of(gross, draws.between(22, 300, 700)), 1)
    returned_net = np.maximum(share_of(net, draws.between(23, 100, 500)), 1)
    returned_tax = share_of(returned_net, permille, more=500)
    values = {
        "net": net,
        "tax": tax,
        "gross": gross,
        "cost": _cost(terms, draws, net),
        "discount": discount,
        "short": short,
        "paid": gross - discount - short,
        "dearer": dearer,
        "cheaper": cheaper,
        "received": net - dearer + cheaper,
        "part": part,
        "rest": gross - part,
        "returned_net": returned_net,
        "returned_tax": returned_tax,
        "returned": returned_net + returned_tax,
        "kept": gross - returned_net - returned_tax,
        "interest": np.maximum(share_of(gross, draws.between(24, 2, 9)), 1),
    }
    units = _trade_jitter_units(taxed, terms)
    most = terms.most_steps(net, units["net"])
    postings = (posting for step in kind.steps for posting in (*step.debit, *step.credit))
    steady = deviations.early & any(posting.amount == "discount" for posting in postings)
    most = np.where(steady, np.minimum(most, net // (_STEADY_PART * units["net"])), most)
    alike = taxed + 2 * steady
    return TemplateAmounts(values, _all_units(values, units), is_round, alike, net, most)


def _trade_jitter_units(taxed: NDArray[np.bool_], terms: AmountTerms) -> dict[str, Money]:
    """Return what one jitter step adds: the least amount whose tax is whole minor units."""
    one = np.ones(len(taxed), dtype=np.int64)
    common = gcd(1_000, terms.permille)
    net = np.where(taxed, 1_000 // common, one)
    tax = np.where(taxed, terms.permille // common, 0)
    gross = net + tax
    # Goods cost about the same part of any amount.
    cost = np.maximum(share_of(net, sum(terms.industry.cost) // 2), 1)
    return {"net": net, "tax": tax, "gross": gross, "cost": cost, "received": net} | dict.fromkeys(
        ("paid", "rest", "kept"), gross
    )


def _all_units(values: dict[str, Money], varied: dict[str, Money]) -> dict[str, Money]:
    """Return the jitter units of all amounts; nil for those that do not vary."""
    nothing = np.zeros(len(next(iter(values.values()))), dtype=np.int64)
    return {name: varied.get(name, nothing) for name in values}


def _cost(terms: AmountTerms, draws: TemplateDraws, net: Money) -> Money:
    """Return the cost of the goods sold."""
    cost = share_of(net, draws.between(25, *terms.industry.cost))
    above_zero: Money = np.maximum(cost, 1)
    return above_zero


def _bundle(kind: CaseKind, terms: AmountTerms, draws: TemplateDraws) -> TemplateAmounts:
    """Draw three invoices that are paid together; the first one varies."""
    (first, is_round), (second, _), (third, _) = (_net(kind, terms, draws, field) for field in range(3))
    total = first + second + third
    values = {
        "first": first,
        "second": second,
        "third": third,
        "total": total,
        "cost": _cost(terms, draws, total),
    }
    varied = dict.fromkeys(("first", "total", "cost"), np.ones(draws.templates, dtype=np.int64))
    alike = np.zeros(draws.templates, dtype=np.int64)
    return TemplateAmounts(
        values, _all_units(values, varied), is_round, alike, first, terms.most_steps(first, varied["first"])
    )


def _payroll(kind: CaseKind, terms: AmountTerms, draws: TemplateDraws) -> TemplateAmounts:
    salary, _ = _net(kind, terms, draws)
    salary += 4
    social = share_of(salary, _SOCIAL) + 1
    wage_tax = share_of(salary, draws.between(26, *_WAGE_TAX)) + 1
    contributions = social + share_of(salary, _EMPLOYEE)
    values = {
        "salary": salary,
        "social": social,
        "wage_tax": wage_tax,
        "contributions": contributions,
        "net_pay": salary + social - wage_tax - contributions,
    }
    varied = dict.fromkeys(("salary", "net_pay"), np.ones(draws.templates, dtype=np.int64))
    alike = np.zeros(draws.templates, dtype=np.int64)
    is_round = np.zeros(draws.templates, dtype=np.bool_)
    most = np.minimum(terms.most_steps(salary, varied["salary"]), salary // _STEADY_PART)
    return TemplateAmounts(values, _all_units(values, varied), is_round, alike, salary, most)
