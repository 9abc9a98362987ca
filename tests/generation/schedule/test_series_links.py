"""How series hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.schedule.document_series import DocumentSeries, SeriesKind
from datasynth.generation.schedule.series_links import (
    currency_pairs,
    document_currency,
    reversed_series,
    series_rate,
    settled_window,
    step_series,
    trading_partner,
    valuation_of,
)
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers


def series_of(plan: JournalPlan, company: int, document_type: str) -> list[DocumentSeries]:
    """Return a company's series of a document type."""
    return [
        series
        for series in plan.schedule.all_series
        if (series.company, series.document_type) == (company, document_type)
    ]


def test_currencies_and_valuations_are_those_of_the_plain_twin(plan: JournalPlan, headers: Headers) -> None:
    """Every series' currency, valuation and row of the rate table."""
    for at, series in enumerate(plan.schedule.all_series):
        theirs, own = headers.valuer.currencies(at)
        row = -1 if theirs == own else plan.rates.pairs.index((theirs, own))

        assert theirs == document_currency(plan.config, series)
        assert headers.valuer.valuation(at) == valuation_of(plan.config, series)
        assert row == series_rate(plan.config, plan.rates, series)


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
    pairs = currency_pairs(plan.config, plan.schedule.all_series)

    assert pairs == list(plan.rates.pairs)
    assert len(pairs) == len(set(pairs))
    assert all(theirs != own for theirs, own in pairs)
    assert {("EUR", "USD"), ("USD", "EUR")} <= set(pairs)


def test_each_side_of_a_pair_names_the_other(plan: JournalPlan) -> None:
    """The seller's documents name the buyer, the buyer's the seller; all others name nobody."""
    for series in plan.schedule.all_series:
        other = trading_partner(plan.config, series)
        if series.kind is SeriesKind.CASE and series.case_kind.intercompany:
            buyer = (series.case_company + 1) % 3
            assert (series.case_company if series.company == buyer else buyer) == other != series.company
        else:
            assert -1 == other


def test_steps_lead_to_the_series_of_their_case(plan: JournalPlan) -> None:
    """Any step's series is found from any other, in the books in which it is posted."""
    for series in plan.schedule.all_series:
        if series.kind is SeriesKind.CASE:
            for step in range(len(series.case_kind.steps)):
                other = plan.schedule.all_series[step_series(plan.schedule, series, step)]
                assert (series.kind, series.case_company, series.case, step) == (
                    other.kind,
                    other.case_company,
                    other.case,
                    other.step,
                )


def test_settlements_know_when_their_original_was_posted(plan: JournalPlan, headers: Headers) -> None:
    """The lag table of the foreign step in the same books, and -1 for all that settles nothing."""
    for at, series in enumerate(plan.schedule.all_series):
        window = settled_window(plan.schedule, series)
        if series.kind is SeriesKind.CASE and series.posted.currency is Valuation.SETTLES:
            assert plan.schedule.series_window[headers.valuer.original(at)] == window
        else:
            assert -1 == window


def test_reversals_know_their_original(plan: JournalPlan) -> None:
    """The series of the step that is taken back, and -1 for all that takes nothing back."""
    found = 0
    for series in plan.schedule.all_series:
        original = reversed_series(plan.schedule, series)
        if series.document_type == "AB":
            step = plan.schedule.all_series[original].posted
            assert (step.debit, step.credit) == (series.posted.credit, series.posted.debit)
            found += 1
        else:
            assert -1 == original
    assert 3 * 4 == found
