"""What kernels want to know of series."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.journal_plan import on_demand_series
from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.series_links import reversed_series, settled_window, trading_partner
from datasynth.generation.series_table import SeriesTable
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.processes import PARTNER_TYPES, Valuation
from tests.naive.headers import busiest_first, kind_number

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers


NONE_OF_CLOSES = ("case", "profile", "settled", "settled_window", "rate", "reverses", "trading", "pool")
"""Columns in which triggered closes have nothing."""


def test_every_column_has_every_series(plan: JournalPlan) -> None:
    """The schedule's series, then those of triggered entries: four types for each company."""
    size = len(plan.schedule.all_series) + 3 * len(ON_DEMAND_TYPES)
    for field in fields(SeriesTable):
        if field.name != "partner_choice":
            assert size == len(getattr(plan.all_series, field.name))


def test_columns_of_cases_are_what_the_parts_say(plan: JournalPlan, headers: Headers) -> None:
    """Kind, company, rows, keys, shifts and links, series by series."""
    columns, template_lines, words = plan.all_series, plan.template_lines, plan.vocabulary
    for at, series in enumerate(plan.schedule.all_series):
        assert (int(series.kind), series.company, series.case_company, series.case) == (
            columns.kind[at],
            columns.company[at],
            columns.case_company[at],
            columns.case[at],
        )
        assert plan.profiles.of_series(series) == columns.profile[at]
        assert template_lines.series_key[at] == columns.key[at]
        assert template_lines.series_jitter[at] == columns.jitter[at]
        assert template_lines.series_bits[at] == columns.bits[at]
        assert template_lines.series_settled[at] == columns.settled[at]
        assert settled_window(plan.schedule, series) == columns.settled_window[at]
        assert reversed_series(plan.schedule, series) == columns.reverses[at]
        assert trading_partner(plan.config, series) == columns.trading[at]
        theirs, own = headers.valuer.currencies(at)
        foreign = headers.valuer.valuation(at) is Valuation.FOREIGN
        assert (theirs if foreign else own) == words.currencies[columns.currency[at]]
        if series.kind is not SeriesKind.CLOSE:
            assert template_lines.series_row[at] == columns.row[at]
            assert kind_number(series) == columns.number[at]


def test_closes_have_their_rows_after_the_templates(plan: JournalPlan) -> None:
    """A close's entries copy rows of their own, each with its own profile."""
    for at, series in enumerate(plan.schedule.all_series):
        if series.kind is SeriesKind.CLOSE:
            assert plan.first_close + plan.closes.series_first[at] == plan.all_series.row[at]
            assert ABSENT == plan.all_series.profile[at]


def test_customers_pay_the_company_and_the_company_pays_vendors(plan: JournalPlan) -> None:
    """A settlement receives if what it clears is a claim."""
    for at, series in enumerate(plan.schedule.all_series):
        if series.kind is SeriesKind.CASE and series.posted.currency is Valuation.SETTLES:
            assert (series.document_type == "DZ") == bool(plan.all_series.receives[at])


def test_called_for_series_are_closes_of_their_company(plan: JournalPlan) -> None:
    """In the company's currency, without cases, partners or rates, with draws of their own."""
    columns = plan.all_series
    for company, settings in enumerate(plan.config.companies):
        for document_type in ON_DEMAND_TYPES:
            at = on_demand_series(plan.schedule, company, document_type)
            assert (SeriesKind.CLOSE, company, company) == (
                columns.kind[at],
                columns.company[at],
                columns.case_company[at],
            )
            assert settings.currency == plan.vocabulary.currencies[columns.currency[at]]
            for name in (
                "case",
                "profile",
                "settled",
                "settled_window",
                "rate",
                "reverses",
                "trading",
                "pool",
            ):
                assert -1 == getattr(columns, name)[at]
            assert Valuation.LOCAL == columns.valuation[at]
    spare = columns.key[len(plan.schedule.all_series) :]
    assert len(spare) == len(set(spare.tolist()) - set(plan.template_lines.series_key.tolist()))


def test_partners_are_those_at_home_but_for_trade_abroad(plan: JournalPlan) -> None:
    """First partner and number of partners of each series: all of one company, kind and currency."""
    columns = plan.all_series
    parties = [plan.partners.party(code) for code in range(len(plan.partners))]
    seen = set()
    for at, series in enumerate(plan.schedule.all_series):
        if series.kind is SeriesKind.CLOSE or not series.case_kind.partner:
            assert (-1, -1) == (columns.pool[at], columns.partner[at])
            continue
        first = int(columns.partner[at])
        most = int(columns.partner_choice[columns.pool[at]].max())
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
    """Every place of every table has the partner that the plain twin chooses; the first is the busiest."""
    for choices in plan.all_series.partner_choice:
        size = int(choices.max()) + 1
        for place in range(0, 1 << CHOICE_BITS, 257):
            assert busiest_first(size, place << (64 - CHOICE_BITS)) == choices[place]
        counts = np.bincount(choices)
        assert counts[0] == counts.max()
        assert counts.min() >= 0
