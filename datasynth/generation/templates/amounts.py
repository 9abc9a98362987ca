"""Amounts of transactions: drawn once for every template of a template pool, as whole minor units.

What varies from cycle to cycle is a whole number of steps added to a template's
amounts; `Amounts.jitter_unit` says how many minor units of an amount one step is, so
that tax stays its rate of what it is levied on, to the minor unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws
from datasynth.generation.elementary import exp, log, normal_quantile
from datasynth.generation.templates.settlement_outcomes import draw_outcomes, ranked
from datasynth.generation.templates.shares import alike, between, parts, rounded, share_of
from datasynth.ledger.exchange import dollars, minor_units, round_amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.ledger.industries import AmountProfile, Industry
    from datasynth.ledger.processes import CaseKind

    Whole = NDArray[np.int64]

# Payroll splits, in permille of the salary: employer's contributions, tax and
# contributions withheld; typical of developed countries' payrolls.
_SOCIAL = 210
_WAGE_TAX = (140, 260)
_EMPLOYEE = 90

VARIED = 8
"""Variation changes no amount by more than one part in so many."""

# Amounts in foreign currency lie between these, so far as the bounds of all amounts
# and the profile leave enough of them. [US dollars]
_LEAST_ABROAD = 50
_MOST_ABROAD = 1_000_000
_FEW_BELOW, _FEW_ABOVE = 0.9, 0.95
_SEARCH_STEPS = 45


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the amounts of a template pool.

    Attributes
    ----------
    config
        Its amounts, tax, document flows and intercompany sections.
    industry
        Whose amounts.
    currency
        ISO 4217 code; what is usual in dollars is that in value.
    permille
        Rate of the tax that its documents may carry, 0 for none. [permille]
    level
        What the usual amounts are multiplied with. [permille]
    least
        No amount is smaller; see `dealt_template_pools`. [minor units]
    """

    config: Config
    industry: Industry
    currency: str
    permille: int
    level: int
    least: int = 1

    @property
    def smallest_line(self) -> int:
        """Return what a line of a document of many is worth at least, about a dollar. [minor units]"""
        return max(dollars(self.currency), self.least)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Named amounts of the templates of a template pool.

    Attributes
    ----------
    values, jitter_unit : (account combinations,) int64 by name
        Amounts, and what one jitter step adds to them. [minor units]
    still : (account combinations,) bool
        Templates whose amounts do not vary: round ones, and those that are valued
        at the rates of days.
    """

    values: dict[str, Whole]
    jitter_unit: dict[str, Whole]
    still: NDArray[np.bool_]


def draw_amounts(kind: CaseKind, terms: Terms, key: int, templates: int) -> Amounts:
    """Draw all amounts that the documents of a kind of case name.

    Parameters
    ----------
    kind
        Whose transactions.
    terms
        What decides them.
    key
        Of the template pool.
    account combinations
        How many; even.  Both templates of a pair have the same scales.
    """
    if kind.amount_profile == "payroll":
        return _payroll(kind, terms, key, templates)
    if kind.invoices > 1:
        return _bundle(kind, terms, key, templates)
    net, still = _net(kind, terms, key, templates, 0)
    valued = kind.abroad >= 0 or kind.intercompany
    return _trade(kind, terms, key, net, np.ones_like(still) if valued else still)


def mean_amount(profile: AmountProfile, terms: Terms) -> int:
    """Return the mean amount of a profile before any level. [minor units]"""
    grid = np.arange(1_024, dtype=np.float64)
    low, high = _bounds(profile, terms, 0.0)
    level = profile.mean + profile.deviation * normal_quantile(low + (high - low) * (grid + 0.5) / len(grid))
    units = exp(level) * float(minor_units(terms.currency))
    return int(np.add.accumulate(np.floor(units).astype(np.int64))[-1]) // len(grid)


def _net(
    kind: CaseKind, terms: Terms, key: int, templates: int, field: int
) -> tuple[Whole, NDArray[np.bool_]]:
    """Draw what is bought or sold, before tax: stratified quantiles, neighbours alike."""
    pairs = np.arange(templates // 2, dtype=np.int64)
    shuffled = np.argsort(draws(key, pairs, field), kind="stable")
    rank = np.repeat(shuffled, 2) * 2 + np.tile(np.array([0, 1]), templates // 2)
    profile = terms.industry.amount_profiles[kind.amount_profile]
    jitter = float(log(np.array([terms.level / 1_000.0]))[0])
    low, high = _bounds(profile, terms, jitter)
    if kind.abroad >= 0 or kind.intercompany:
        low, high = _narrowed(profile, jitter, low, high)
    place = low + (high - low) * (rank + 0.5) / templates
    level = profile.mean + jitter + profile.deviation * normal_quantile(place)
    units = exp(level) * float(minor_units(terms.currency))
    exact = np.maximum(np.floor(units).astype(np.int64) + 2, terms.least)
    bias = parts(terms.config.transactions.amounts.round_number_bias)
    still = np.repeat(below(draws(key, pairs, field + 8), 1_000_000) < bias, 2)
    return np.where(still, rounded(exact, round_amount(terms.currency)), exact), still


def _bounds(profile: AmountProfile, terms: Terms, jitter: float) -> tuple[float, float]:
    """Return the quantiles between which the amounts lie, so that varied ones keep to the bounds."""
    amounts = terms.config.transactions.amounts
    mean = profile.mean + jitter
    low = _quantile(profile, mean, amounts.min * VARIED / (VARIED - 1))
    return low, _quantile(profile, mean, amounts.max * VARIED / (VARIED + 1))


def _narrowed(profile: AmountProfile, jitter: float, low: float, high: float) -> tuple[float, float]:
    """Keep amounts abroad to what is worth a transfer, within the bounds of all amounts."""
    mean = profile.mean + jitter
    least, most = _quantile(profile, mean, _LEAST_ABROAD), _quantile(profile, mean, _MOST_ABROAD)
    share = high - low
    return (
        min(max(low, least), low + share * _FEW_BELOW),
        max(min(high, most), low + share * _FEW_ABOVE),
    )


@lru_cache(maxsize=256)
def _quantile(profile: AmountProfile, mean: float, amount: float) -> float:
    """Return which share of a profile lies below an amount, by bisection."""
    wanted = float(log(np.array([amount]))[0])
    low, high = 1e-9, 1.0 - 1e-9
    for _ in range(_SEARCH_STEPS):
        middle = (low + high) / 2.0
        if mean + profile.deviation * float(normal_quantile(np.array([middle]))[0]) < wanted:
            low = middle
        else:
            high = middle
    return low


def _trade(kind: CaseKind, terms: Terms, key: int, net: Whole, still: NDArray[np.bool_]) -> Amounts:
    templates = len(net)
    share = parts(terms.config.tax.taxable_share)
    taxed = (ranked(key, templates, 16) < share) & (terms.permille > 0)
    permille = np.where(taxed, terms.permille, 0)
    tax = alike(share_of(net, permille, more=500))
    gross = net + tax
    outcomes = draw_outcomes(kind, terms.config, key, templates)
    discount = np.where(outcomes.early, alike(share_of(gross, between(key, templates, 18, 10, 30))), 0)
    short = np.where(outcomes.short, alike(share_of(gross, between(key, templates, 19, 1, 20))), 0)
    off = alike(share_of(net, between(key, templates, 21, 5, 50)))
    dearer, cheaper = np.where(outcomes.dearer, off, 0), np.where(outcomes.cheaper, off, 0)
    part = np.maximum(share_of(gross, between(key, templates, 22, 300, 700)), 1)
    returned_net = np.maximum(share_of(net, between(key, templates, 23, 100, 500)), 1)
    returned_tax = alike(share_of(returned_net, permille, more=500))
    interest = np.maximum(share_of(gross, between(key, templates, 24, 2, 9)), 1)
    values = {
        "net": net,
        "tax": tax,
        "gross": gross,
        "cost": _cost(kind, terms, key, net),
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
        "interest": interest,
    }
    jitter_unit = _trade_jitter_units(taxed, terms.permille)
    nothing = np.zeros(templates, dtype=np.int64)
    return Amounts(values, {name: jitter_unit.get(name, nothing) for name in values}, still)


def _trade_jitter_units(taxed: NDArray[np.bool_], permille: int) -> dict[str, Whole]:
    """Return what one jitter step adds: so much that the tax on it is whole minor units."""
    one = np.ones(len(taxed), dtype=np.int64)
    common = gcd(1_000, permille)
    net = np.where(taxed, 1_000 // common, one)
    tax = np.where(taxed, permille // common, 0)
    gross = net + tax
    return {"net": net, "tax": tax, "gross": gross, "cost": one, "received": net} | dict.fromkeys(
        ("paid", "rest", "kept"), gross
    )


def _cost(kind: CaseKind, terms: Terms, key: int, net: Whole) -> Whole:
    """Return what the goods sold had cost."""
    low, high = terms.industry.cost
    cost = share_of(net, between(key, len(net), 25, low, high))
    if kind.intercompany:
        cost = share_of(net, 1_000_000, 1_000_000 + parts(terms.config.intercompany.markup))
    above_zero: Whole = np.maximum(cost, 1)
    return above_zero


def _bundle(kind: CaseKind, terms: Terms, key: int, templates: int) -> Amounts:
    first, still = _net(kind, terms, key, templates, 0)
    second, _ = _net(kind, terms, key, templates, 1)
    third, _ = _net(kind, terms, key, templates, 2)
    whole = first + second + third
    one, nothing = np.ones(templates, dtype=np.int64), np.zeros(templates, dtype=np.int64)
    values = {
        "first": first,
        "second": second,
        "third": third,
        "whole": whole,
        "cost": _cost(kind, terms, key, whole),
    }
    jitter_unit = {"first": one, "second": nothing, "third": nothing, "whole": one, "cost": one}
    return Amounts(values, jitter_unit, still)


def _payroll(kind: CaseKind, terms: Terms, key: int, templates: int) -> Amounts:
    salary, _ = _net(kind, terms, key, templates, 0)
    salary += 4
    social = share_of(salary, _SOCIAL) + 1
    wage_tax = share_of(salary, between(key, templates, 26, *_WAGE_TAX)) + 1
    contributions = social + share_of(salary, _EMPLOYEE)
    values = {
        "salary": salary,
        "social": social,
        "wage_tax": wage_tax,
        "contributions": contributions,
        "net_pay": salary + social - wage_tax - contributions,
    }
    one, nothing = np.ones(templates, dtype=np.int64), np.zeros(templates, dtype=np.int64)
    jitter_unit = {name: one if name in {"salary", "net_pay"} else nothing for name in values}
    return Amounts(values, jitter_unit, np.zeros(templates, dtype=np.bool_))
