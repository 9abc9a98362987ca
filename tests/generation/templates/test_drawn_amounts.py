"""Distributions of drawn amounts."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.templates.amounts import AmountTerms
from datasynth.generation.templates.drawn_amounts import (
    AmountDistribution,
    distribution_of,
    drawn_amounts,
    template_parts,
)
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS

VALUED = [kind for kind in (*CASE_KINDS, *SINGLE_KINDS) if kind.valued]
CURRENCIES = {"USD": 100, "JPY": 150, "KWD": 307}
"""About so many minor units are worth a dollar."""


def made(name: str, currency: str = "USD", **amounts: float) -> AmountDistribution:
    """Return the distribution of a kind of case."""
    config = config_from_mapping({"transactions": {"amounts": amounts}} if amounts else {})
    (kind,) = (kind for kind in VALUED if kind.name == name)
    return distribution_of(kind, AmountTerms.of(config, currency))


@pytest.mark.parametrize("kind", VALUED, ids=lambda kind: kind.name)
@pytest.mark.parametrize("currency", CURRENCIES)
def test_amounts_are_worth_a_transfer(kind: object, currency: str) -> None:
    """Quantiles ascend, from about 50 dollars to a million at most."""
    found = made(kind.name, currency)  # type: ignore[attr-defined]
    dollars = found.quantiles / CURRENCIES[currency]

    assert (np.diff(found.quantiles) >= 0).all()
    assert 25 < dollars[0] < 100
    assert 5_000 < dollars[-1] < 2_000_000


@pytest.mark.parametrize("kind", VALUED, ids=lambda kind: kind.name)
def test_the_middle_is_log_normal(kind: object) -> None:
    """The mean lies above the median, as it does when logarithms are normal, and no part is wide."""
    found = made(kind.name)  # type: ignore[attr-defined]
    steps = [log(high / low) for low, high in pairwise(found.quantiles.tolist())]

    assert found.quantiles[2_048] < found.mean < 20 * found.quantiles[2_048]
    assert max(steps) < 0.7


def test_bounds_are_kept() -> None:
    """Configured bounds narrow the amounts, and nothing piles up there."""
    found = made("sale_abroad_1", min=100.0, max=10_000.0)

    assert 10_000 < found.quantiles[0] < 12_000
    assert 800_000 < found.quantiles[-1] < 1_000_000
    assert np.diff(found.quantiles).min() > 0


def test_the_cost_of_what_is_sold_to_a_company_leaves_the_markup() -> None:
    """Lines have a million parts of cost in a whole of a million and the markup; others have all."""
    config = config_from_mapping({"intercompany": {"markup": 0.25}})
    terms = AmountTerms.of(config, "USD")
    (kind,) = (kind for kind in VALUED if kind.intercompany)
    parts, whole = template_parts(kind, terms, 8), distribution_of(kind, terms).whole

    assert 1_250_000 == whole
    assert {whole} == set(parts.values["gross"].tolist())
    assert {1_000_000} == set(parts.values["cost"].tolist())
    assert parts.fixed.all()


def test_no_amount_is_below_the_least() -> None:
    """Whatever the profile says, what is valued in another currency is worth something there."""
    config = config_from_mapping({"transactions": {"amounts": {"min": 0.01, "max": 10.0}}})
    terms = replace(AmountTerms.of(config, "USD"), least=900)
    for kind in VALUED:
        assert 900 == distribution_of(kind, terms).terms[0]


@pytest.mark.parametrize("currency", ["IRR", "LBP", "CLF"])
def test_the_largest_amounts_fit(currency: str) -> None:
    """Amounts at the upper bound do not wrap round."""
    config = config_from_mapping({"transactions": {"amounts": {"min": 1e6, "max": 1e12}}})
    for kind in VALUED:
        found = distribution_of(kind, AmountTerms.of(config, currency, level=10_000))

        assert (np.diff(found.quantiles) >= 0).all()
        assert found.quantiles[0] > 0


def test_rounding_follows_the_configuration() -> None:
    """The share of round amounts is configured; without it there are none."""
    assert 0 == made("sale_abroad_1", round_number_bias=0.0).terms[2]
    assert 1 << 20 == made("sale_abroad_1", round_number_bias=1.0).terms[2]


def test_distributions_are_numbered_in_order() -> None:
    """Kernels find each in its row; there may be none."""
    first, second = made("sale_abroad_1"), made("card_abroad_1")
    found = drawn_amounts([first, second])

    assert np.array_equal(np.stack([first.quantiles, second.quantiles]), found.quantiles)
    assert [first.terms, second.terms] == found.terms.tolist()
    assert 0 == len(drawn_amounts([]).terms)
