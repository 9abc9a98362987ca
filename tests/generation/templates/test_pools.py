"""All template pools of a journal together."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.generation.journal_plan import plan_journal
from datasynth.generation.kernels.valued import valued
from datasynth.generation.rates import make_rates
from datasynth.generation.schedule.document_series import make_series
from datasynth.generation.templates.pool_sizes import FEWEST_TEMPLATES
from datasynth.generation.templates.pools import least_value, make_template_pools, template_pool_key
from datasynth.ledger.exchange import minor_units, trading_currencies
from datasynth.ledger.line_counts import expected_line_counts
from datasynth.ledger.processes import SINGLE_KINDS
from datasynth.ledger.taxes import tax_regime
from tests.generation.configs import COMPANIES, make_config

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan

BINS = ((2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (8, 8), (9, 9), (10, 99), (100, 10**5))


def sides(block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the numbers of debit and of credit lines of every entry."""
    debits = np.add.reduceat((block.debit > 0).astype(np.int64), block.first_line[:-1])
    return debits, np.diff(block.first_line) - debits


def test_all_documents_together_have_the_table_s_numbers_of_lines(usual: Journal, usual_block: Block) -> None:
    """Each bin has its share within a point, as the share of taxed entries lets it."""
    lines = np.diff(usual_block.first_line)
    taxed = np.add.reduceat(usual_block.tax_amount > 0, usual_block.first_line[:-1])
    most = usual.config.transactions.line_items.max_lines
    counts, shares = expected_line_counts(most, (), float((taxed > 0).mean()))
    slack = 3 * (0.25 / usual.total) ** 0.5
    for low, high in BINS:
        expected = float(shares[(counts >= low) & (counts <= high)].sum())
        found = float(((lines >= low) & (lines <= high)).mean())

        assert expected == pytest.approx(found, abs=0.01 + slack * (expected * (1 - expected)) ** 0.5 * 2)


def test_all_documents_together_have_the_published_sides(usual_block: Block) -> None:
    """88 % have an even number of lines, 82 % as many debits as credits."""
    debits, credits_ = sides(usual_block)
    slack = 3 * (0.25 / len(debits)) ** 0.5

    assert 0.88 == pytest.approx(float(((debits + credits_) % 2 == 0).mean()), abs=0.01 + slack)
    assert 0.82 == pytest.approx(float((debits == credits_).mean()), abs=0.015 + slack)


def test_no_entry_has_more_lines_than_allowed(usual: Journal, usual_block: Block) -> None:
    """The bound holds for all but closing entries, and nothing piles up on it."""
    lines = np.diff(usual_block.first_line)
    most = usual.config.transactions.line_items.max_lines
    closing = np.isin(
        np.array(usual.vocabulary.document_types)[usual_block.document_type], ["CL", "CO", "XC", "XS"]
    )

    assert lines[~closing].max() <= most
    assert (lines == most).mean() < 0.002


def test_an_own_distribution_of_lines_is_met() -> None:
    """Documents have the configured numbers of lines, as far as their postings let them."""
    line_items = {"custom_distribution": {"2": 0.6, "4": 0.3, "7": 0.1}}
    journal = Journal(
        config_from_mapping(
            {
                "global": {"period_months": 2},
                "tax": {"enabled": False},
                "transactions": {"target_count": 6_000, "line_items": line_items},
            }
        )
    )
    lines = np.diff(journal.block(0, journal.total).first_line)

    assert {2: 0.6, 4: 0.3, 7: 0.1} == pytest.approx(
        {count: float((lines == count).mean()) for count in (2, 4, 7)}, abs=0.05
    )


@pytest.mark.parametrize(
    ("companies", "currencies"), [(1, {"USD"}), (3, {"USD", "EUR"}), (5, {"USD", "EUR", "JPY", "KWD"})]
)
def test_template_pools_are_shared_by_like_currencies_and_rates(companies: int, currencies: set[str]) -> None:
    """A kind has one pool for each currency and rate of tax, not one for every company."""
    config = make_config(companies=companies)
    found: dict[str, set[tuple[str, int]]] = {}
    for series in make_series(config):
        if series.in_cases:
            found.setdefault(series.case_kind.name, set()).add(template_pool_key(config, series)[2:])
    rates = {tax_regime(str(company["country"])).permille for company in COMPANIES[:companies]}

    assert currencies == {currency for currency, _ in found["cash_sale"]}
    assert rates == {permille for _, permille in found["cash_sale"]}
    assert {(currency, 0) for currency in currencies} == found["payroll"]


def test_corrected_documents_share_no_templates_with_the_others() -> None:
    """A corrected single document and one that was right at once are not like each other."""
    config = make_config()
    keys = {template_pool_key(config, series) for series in make_series(config) if series.in_cases}
    corrected = {key for key in keys if key.case_kind.corrects >= 0}
    others = {SINGLE_KINDS[key.case_kind.corrects].name for key in corrected}

    assert corrected
    assert {key.case_kind.name for key in corrected} == {f"{name}_corrected" for name in others}


def test_pools_are_as_large_as_all_companies_together_need() -> None:
    """Four companies of one currency have about as many templates as one with all of their entries."""
    templates = []
    for companies in (1, 4):
        document = {
            "companies": [{"code": f"{1000 + number}"} for number in range(companies)],
            "transactions": {"target_count": 60_000},
        }
        plan = plan_journal(config_from_mapping(document))
        pools = make_template_pools(plan.config, plan.schedule, plan.chart)
        templates.append({key.case_kind.name: pool.templates for key, pool in pools.items()})

    alone, together = templates
    assert max(alone.values()) >= 4 * FEWEST_TEMPLATES
    for name in alone:
        assert together[name] in {alone[name] // 2, alone[name], alone[name] * 2}


def test_every_series_has_a_template_pool(plan: JournalPlan) -> None:
    """Whatever its company and kind, a series' documents come from a template pool of its own."""
    template_pools = make_template_pools(plan.config, plan.schedule, plan.chart)
    wanted = {
        template_pool_key(plan.config, series) for series in plan.schedule.document_series if series.in_cases
    }

    assert wanted == set(template_pools)
    for key, template_pool in template_pools.items():
        assert len(key.case_kind.steps) == len(template_pool.steps)


def test_rates_of_tax_follow_the_company_s_country_and_the_kind_s_tax(plan: JournalPlan) -> None:
    """Sales tax is no input tax; trade abroad is untaxed and is in its own currency."""
    for series in plan.schedule.document_series:
        if not series.in_cases:
            continue
        country = plan.config.companies[series.case_company].country
        _, _, currency, permille = template_pool_key(plan.config, series)
        own = plan.config.companies[series.case_company].currency
        abroad = series.case_kind.abroad
        due = {"": 0, "output": tax_regime(country).permille, "input": tax_regime(country).permille}
        if country == "US":
            due["input"] = 0

        assert due[series.case_kind.taxed] == permille
        assert (own if abroad < 0 else trading_currencies(own)[abroad]) == currency


def test_where_taxes_are_off_nothing_is_taxed() -> None:
    """All rates are nil."""
    document = {"companies": COMPANIES[:3], "tax": {"enabled": False}, "global": {"period_months": 1}}
    config = config_from_mapping(document)
    all_series = make_series(config)

    assert {0} == {template_pool_key(config, series).permille for series in all_series if series.in_cases}


@pytest.mark.parametrize(
    "pair", [*permutations(("IRR", "LBP", "JPY", "IQD", "USD", "KYD", "KWD", "CLF"), 2)], ids="-".join
)
def test_what_is_worth_something_is_so_on_every_day(pair: tuple[str, str]) -> None:
    """The least amount is worth a minor unit at all rates of ten years, and a few of its own at most."""
    least = least_value(*pair)
    table = make_rates([pair], 3_650, 7)
    lowest = int(table.rates[0].min())

    assert valued(least, lowest, int(table.divisor[0])) >= 1
    assert least == 1 or least * float(minor_units(pair[1]) / minor_units(pair[0])) < 4


def test_an_amount_in_its_own_currency_is_always_value_something() -> None:
    """One minor unit is one minor unit."""
    assert 1 == least_value("LBP", "LBP")
