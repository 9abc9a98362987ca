"""Sums that no account could hold are refused, and what is not refused fits."""

from __future__ import annotations

from dataclasses import replace
from math import log
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest

from datasynth.config import INDUSTRIES, config_from_mapping, too_many
from datasynth.config.volumes import MOST_POSTED, _mean, posted_per_entry
from datasynth.errors import InvalidConfiguration
from datasynth.generation.journal import Journal
from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import minor_units
from datasynth.ledger.industries import AmountProfile

KEYS = ("o2c", "p2p", "r2r", "h2r", "a2r", "treasury", "tax", "intercompany")
ALONE = KEYS[:-1]


def document(currency: str, count: int, **general: object) -> dict[str, object]:
    """Return a company of a currency with so many entries."""
    return {
        "global": general,
        "companies": [{"code": "X", "currency": currency}],
        "transactions": {"target_count": count},
    }


def sentences(found: dict[str, object]) -> dict[str, Any]:
    """Return what is wrong with a configuration, by path."""
    try:
        config_from_mapping(found)
    except InvalidConfiguration as error:
        return dict(error.details)
    return {}


def most_of(currency: str) -> tuple[int, str]:
    """Return how many entries a company of a currency may have, as the refusal of more has it, and that."""
    (sentence,) = sentences(document(currency, 10**10))["transactions.target_count"]
    return int(sentence.removeprefix("Must be at most ").split(" ")[0].replace(",", "")), sentence


def only(process: str) -> dict[str, object]:
    """Return the weights of one process alone."""
    return {"business_processes": {f"{name}_weight": float(name == process) for name in KEYS}}


def largest(found: dict[str, object], count: int = 20_000) -> tuple[float, float]:
    """Return what the account with the most has for each entry, and the estimate. [US dollars]"""
    config = config_from_mapping({**found, "transactions": {"target_count": count}})
    balances = Journal(config).balances(count)
    most = max(int(np.abs(part).max()) for part in (balances.opening, balances.debit, balances.credit))
    months = 1 + 6 / config.general.period_months
    return most / 100 / count, posted_per_entry(config) * months


@pytest.mark.parametrize("currency", ["LBP", "IRR", "IDR", "COP"])
def test_ten_billion_entries_of_a_weak_currency_are_refused(currency: str) -> None:
    """With the path, how many would do, and why."""
    most, sentence = most_of(currency)

    assert f"sums in {currency} of company X would be larger than {MOST_POSTED:,} minor units" in sentence
    assert 10**6 < most < 10**10
    assert not sentences(document(currency, most))
    assert sentences(document(currency, most + 1))


@pytest.mark.parametrize("currency", ["USD", "EUR", "JPY", "KWD", "INR", "HUF", "CLF"])
def test_others_may_have_ten_billion(currency: str) -> None:
    """Where a minor unit is worth more than a thousandth of a cent there is room for all."""
    assert not sentences(document(currency, 10**10))


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_hundred_million_are_never_too_many(currency: str) -> None:
    """Whatever the currency, a single company may have as many over a year."""
    assert not sentences(document(currency, 50_000_000))


def test_companies_share() -> None:
    """Fifty companies have a fiftieth of the entries each, so that far more are possible."""
    fifty = [{"code": f"C{number}", "currency": "IDR"} for number in range(50)]
    config = config_from_mapping({"companies": fifty})

    assert too_many(config, 10**10) is None
    assert too_many(replace(config, companies=config.companies[:1]), 10**10) is not None


@pytest.mark.parametrize("name", INDUSTRIES)
def test_the_estimate_is_above_what_accounts_have(name: str) -> None:
    """In every industry, and at a mean the bound is not idle: within a factor of a hundred."""
    most, estimate = largest({"global": {"industry": name}})

    assert most < estimate < 100 * most


@pytest.mark.parametrize("months", [1, 12])
@pytest.mark.parametrize("process", ALONE)
def test_so_it_is_where_only_one_thing_is_done(process: str, months: int) -> None:
    """A process alone has all on few accounts, and over one month the opening balances weigh most."""
    most, estimate = largest({**only(process), "global": {"period_months": months}})

    assert most < estimate


@pytest.mark.parametrize("bounds", [(0.01, 1e8), (100.0, 1e4), (1e6, 1e12), (0.01, 10.0)])
def test_means_are_those_of_drawing(bounds: tuple[float, float]) -> None:
    """The mean between two bounds is that of what is drawn there; beyond the tails it is the bound."""
    profile = AmountProfile(6.6, 2.1)
    amounts = config_from_mapping(
        {"transactions": {"amounts": dict(zip(("min", "max"), bounds, strict=True))}}
    )
    normal = NormalDist(profile.mean, profile.deviation)
    low, high = (normal.cdf(log(bound)) for bound in bounds)
    drawn = np.exp([normal.inv_cdf(low + (high - low) * (place + 0.5) / 50_000) for place in range(50_000)])

    assert _mean(profile, amounts.transactions.amounts) == pytest.approx(float(drawn.mean()), rel=0.05)


def test_the_most_entries_that_are_let_in_do_balance() -> None:
    """A journal at the limit adds up at its end, company by company, and nothing has wrapped round."""
    most, _ = most_of("IRR")
    balances = Journal(config_from_mapping(document("IRR", most))).balances(most)
    exact = [sum(map(int, part.ravel())) for part in (balances.debit, balances.credit, balances.opening)]

    assert exact[0] == exact[1]
    assert 0 == exact[2]
    assert min(int(part.min()) for part in (balances.debit, balances.credit)) >= 0
    assert 10**17 < int(balances.debit.max()) < MOST_POSTED
    dollars = int(balances.debit.max()) / float(minor_units("IRR")) / most
    assert 100 < dollars < 10_000


@pytest.mark.parametrize("weights", [(5e-324, 1.0), (5e-324, 5e-324), (1e-300, 1e6)])
def test_weights_beyond_what_numbers_tell_apart_are_judged(weights: tuple[float, float]) -> None:
    """A company of next to no part holds any number of entries, and the other decides."""
    companies = [
        {"code": f"C{place}", "currency": "IDR", "volume_weight": weight}
        for place, weight in enumerate(weights)
    ]

    assert {} == sentences({"companies": companies, "transactions": {"target_count": 1_000_000}})
    refused = sentences({"companies": companies, "transactions": {"target_count": 10**10}})
    assert ["transactions.target_count"] == list(refused)
