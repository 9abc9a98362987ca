"""The table of document series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.block import ABSENT
from datasynth.generation.kernels.columns.codes import CHOICE_BITS
from datasynth.generation.kernels.wrong_amounts import AMOUNTS, BANK_ACCOUNT, DOCUMENT_DATE
from datasynth.generation.schedule.document_series import SeriesKind, make_series
from datasynth.generation.schedule.series_table import (
    SERIES,
    currencies_of,
    currency_pairs,
    document_currency,
    make_series_table,
    triggered_series,
    valuation_of,
)
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import PARTNER_TYPES, Valuation
from tests.generation.configs import make_config
from tests.naive.headers import busiest_first

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.schedule.document_series import DocumentSeries
    from tests.naive.headers import Headers


def series_of(plan: JournalPlan, company: int, document_type: str) -> list[DocumentSeries]:
    """Return a company's series of a document type."""
    return [
        series
        for series in plan.schedule.document_series
        if (series.company, series.document_type) == (company, document_type)
        and series.kind is not SeriesKind.WRONG
    ]


def test_every_series_has_a_record(plan: JournalPlan) -> None:
    """The schedule's series, then those of triggered entries: four types for each company."""
    assert len(plan.schedule.document_series) + 3 * len(ON_DEMAND_TYPES) == len(plan.series)
    assert SERIES.names == plan.series.dtype.names


def test_nothing_changes_a_record_of_a_complete_plan(plan: JournalPlan) -> None:
    """The table is read-only, each field of it too."""
    with pytest.raises(ValueError, match="read-only"):
        plan.series.profile[0] = 1


def test_the_configuration_decides_what_no_later_stage_changes(plan: JournalPlan) -> None:
    """A table made anew is the plan's, but for the fields that the stages of a plan fill in."""
    fresh = make_series_table(plan.config, make_series(plan.config))
    later = {"window", "group", "range", "row", "class_bits", "first_ring", "gross"}
    later |= {"distribution", "whole", "dealing_key", "first_dealt"}
    later |= {"profile", "reversal_profile", "partner_pool", "first_partner"}

    changed = {name for name in SERIES.names or () if not np.array_equal(fresh[name], plan.series[name])}

    assert later == changed


def test_triggered_series_are_groups_of_their_own(plan: JournalPlan) -> None:
    """Their batches are numbered after those of all groups of the schedule, the last record's as the last."""
    counted = len(plan.schedule.document_series)
    groups = len(plan.schedule.tree.numbered)

    assert set(range(groups)) == set(plan.series.group[:counted].tolist())
    assert list(range(groups, groups + len(plan.series) - counted)) == plan.series.group[counted:].tolist()


def test_records_are_what_the_twins_say(plan: JournalPlan, headers: Headers) -> None:
    """Identity, profile, currencies and kind of case, series by series."""
    for at, series in enumerate(plan.schedule.document_series):
        record = plan.series[at]
        identity = (record.kind, record.company, record.case_company, record.case)
        assert (int(series.kind), series.company, series.case_company, series.case) == identity
        assert plan.profiles.of_series(series) == record.profile
        theirs, own = headers.valuer.currencies(at)
        valuation = headers.valuer.valuation(at)
        assert valuation == record.valuation == valuation_of(plan.config, series)
        assert theirs == document_currency(plan.config, series)
        foreign = valuation is Valuation.FOREIGN
        assert (theirs if foreign else own) == plan.vocabulary.currencies[record.currency]
        assert (-1 if theirs == own else plan.rates.pairs.index((theirs, own))) == record.rate


def test_closes_have_their_rows_after_the_templates(plan: JournalPlan) -> None:
    """A close's entries copy rows of their own, each with its own profile."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CLOSE:
            first = plan.closes.entries[int(plan.series.row[at]) - plan.source.first_close]
            if plan.schedule.before[-1, at]:
                assert (series.company, series.document_type) == (first.company, first.document_type)
            assert ABSENT == plan.series.profile[at]


def test_customers_pay_the_company_and_the_company_pays_vendors(plan: JournalPlan) -> None:
    """A settlement receives if what it clears is a claim."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CASE and series.posted.currency is Valuation.SETTLES:
            assert (series.document_type == "DZ") == bool(plan.series.receives[at])


def test_triggered_series_are_closes_of_their_company(plan: JournalPlan) -> None:
    """In the company's currency, without cases, partners or rates, with draws of their own."""
    known = len(plan.schedule.document_series)
    for company, settings in enumerate(plan.config.companies):
        for document_type in ON_DEMAND_TYPES:
            record = plan.series[triggered_series(known, company, document_type)]
            assert (SeriesKind.CLOSE, company, company) == (record.kind, record.company, record.case_company)
            assert settings.currency == plan.vocabulary.currencies[record.currency]
            for name in ("case", "profile", "window", "settles", "rate", "reversal_profile"):
                assert -1 == record[name]
            assert -1 == record.trading_partner == record.partner_pool == record.first_partner
            assert Valuation.LOCAL == record.valuation
    spare, counted = plan.series.key[known:], plan.series.key[:known]
    assert len(spare) == len(set(spare.tolist()) - set(counted.tolist()))


def test_partners_are_those_at_home_but_for_trade_abroad(plan: JournalPlan) -> None:
    """First partner and number of partners of each series: all of one company, kind and currency."""
    parties = [plan.partners.party(code) for code in range(len(plan.partners))]
    seen = set()
    for at, series in enumerate(plan.schedule.document_series):
        record = plan.series[at]
        if not series.in_cases or not series.case_kind.partner:
            assert (-1, -1) == (record.partner_pool, record.first_partner)
            continue
        first = int(record.first_partner)
        most = int(plan.partners.tables[record.partner_pool].max())
        company = plan.config.companies[series.company]
        among = parties[first : first + most + 1]
        assert {(series.case_kind.partner, company.code)} == {
            (party.partner_type, party.company_code) for party in among
        }
        assert 1 == len({party.currency for party in among})
        assert (series.case_kind.abroad < 0) == (among[0].currency == company.currency)
        seen.add(series.case_kind.partner)
    assert set(PARTNER_TYPES) == seen


def test_busy_partners_stand_often_in_the_table_of_choices(plan: JournalPlan) -> None:
    """Every place of every table has a partner of the rank that the plain twin chooses."""
    busiest = set()
    for choices in plan.partners.tables:
        by_rank = list(dict.fromkeys(choices.tolist()))
        for place in range(0, 1 << CHOICE_BITS, 257):
            assert by_rank[busiest_first(len(by_rank), place << (64 - CHOICE_BITS))] == choices[place]
        counts = np.bincount(choices)
        assert counts[by_rank[0]] == counts.max()
        assert counts.min() >= 1
        busiest.add(by_rank[0])
    assert len(busiest) > 0.7 * len(plan.partners.tables)


def test_trade_abroad_is_in_the_company_s_foreign_currencies(plan: JournalPlan) -> None:
    """Invoices to customers abroad are in one of the two currencies that the company deals in."""
    for company, settings in enumerate(plan.config.companies):
        found = {
            document_currency(plan.config, series)
            for series in series_of(plan, company, "DR")
            if series.case_kind.abroad >= 0
        }
        assert set(trading_currencies(settings.currency)) == found


@pytest.mark.parametrize(
    ("buyer", "currency", "valuation"),
    [(1, "USD", Valuation.FOREIGN), (2, "EUR", Valuation.LOCAL), (0, "EUR", Valuation.FOREIGN)],
)
def test_affiliates_are_charged_in_the_seller_s_currency(
    plan: JournalPlan, buyer: int, currency: str, valuation: Valuation
) -> None:
    """A buyer of another currency values the invoice, one of the same currency books it as it is."""
    (invoice,) = series_of(plan, buyer, "IV")

    assert currency == document_currency(plan.config, invoice)
    assert valuation == valuation_of(plan.config, invoice)


def test_pairs_are_all_that_differ_and_each_once(plan: JournalPlan) -> None:
    """The rate table has a row for each pair of a document's and a company's currency."""
    pairs = currency_pairs(plan.config, plan.schedule.document_series)

    assert pairs == list(plan.rates.pairs)
    assert len(pairs) == len(set(pairs))
    assert all(theirs != own for theirs, own in pairs)
    assert {("EUR", "USD"), ("USD", "EUR")} <= set(pairs)


def test_each_side_of_a_pair_names_the_other(plan: JournalPlan) -> None:
    """The seller's documents name the buyer, the buyer's the seller; all others name nobody."""
    for at, series in enumerate(plan.schedule.document_series):
        other = plan.series.trading_partner[at]
        if series.kind is SeriesKind.CASE and series.case_kind.intercompany:
            buyer = (series.case_company + 1) % 3
            assert (series.case_company if series.company == buyer else buyer) == other != series.company
        else:
            assert -1 == other


def test_settlements_know_their_original(plan: JournalPlan, headers: Headers) -> None:
    """The series of the foreign step in the same books, and -1 for all that settles nothing."""
    for at, series in enumerate(plan.schedule.document_series):
        settles = plan.series.settles[at]
        if series.kind is SeriesKind.CASE and series.posted.currency is Valuation.SETTLES:
            assert headers.valuer.original(at) == settles
        else:
            assert -1 == settles


def test_wrong_documents_have_wrong_amounts_where_nothing_fixes_them(plan: JournalPlan) -> None:
    """What clears an item has the right amounts, and the other bank account if it has one at all."""
    mistakes: dict[str, set[int]] = {}
    for series, mistake in zip(plan.schedule.document_series, plan.series.mistake.tolist(), strict=False):
        mistakes.setdefault(series.document_type, set()).add(mistake)

    for document_type in ("WA", "RV", "WE", "KR", "SA", "BV", "HR"):
        assert {AMOUNTS, 0} >= mistakes[document_type] > {0}
    for document_type in ("DZ", "KZ", "ZP", "ZC", "BT"):
        assert {BANK_ACCOUNT, 0} == mistakes[document_type]
    for document_type in ("RE", "KG", "DG", "IV"):
        assert {DOCUMENT_DATE, 0} == mistakes[document_type]


def test_currencies_begin_with_the_companies_own() -> None:
    """Then come those that they deal in besides, each once."""
    config = make_config(companies=4)
    found = currencies_of(config)

    assert ("USD", "EUR", "JPY") == found[:3]
    assert len(found) == len(set(found))
    assert {"USD", "EUR", "JPY"} | {
        code for own in ("USD", "EUR", "JPY") for code in trading_currencies(own)
    } == set(found)
