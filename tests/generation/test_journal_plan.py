"""What a journal stands on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest

from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.series_table import triggered_series
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.exchange import trading_currencies

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


def test_series_know_their_partners(plan: JournalPlan) -> None:
    """Partners of a series are of its kind of case's type, and the company's own."""
    words, columns = plan.vocabulary, plan.series
    for at, series in enumerate(plan.schedule.document_series):
        partner = series.case_kind.partner if series.in_cases else ""
        assert (columns.partner_pool[at] >= 0) == bool(partner)
        if partner:
            choice = plan.partners.tables[columns.partner_pool[at]]
            first, last = (int(columns.first_partner[at]) + int(bound) for bound in (0, choice.max()))
            assert {partner} == set(words.partner_types[first : last + 1])
            prefix = f"{partner[0].upper()}{series.company + 1:02}"
            assert {prefix} == {code[:3] for code in words.partners[first : last + 1]}
            own = plan.config.companies[series.company].currency
            abroad = series.case_kind.abroad
            currencies = {plan.partners.party(place).currency for place in (first, last)}
            assert {own if abroad < 0 else trading_currencies(own)[abroad]} == currencies


def test_kernels_take_the_plan_s_tables_as_they_take_the_journal_s(plan: JournalPlan) -> None:
    """One type of tables, so that no kernel is compiled twice."""
    during = vars(plan.cases.wrong)["_tables"]

    assert during is not plan.schedule_tables
    of_type: Any = numba.typeof
    assert of_type(during) == of_type(plan.schedule_tables)


def test_some_partners_are_busier_than_others(plan: JournalPlan) -> None:
    """The share falls with the rank, which is no partner's number, and nearly all occur."""
    for choice in plan.partners.tables:
        seen = np.bincount(choice)
        ranked = np.sort(seen)[::-1]

        assert not np.array_equal(ranked, seen)
        assert ranked[0] == pytest.approx(2**0.9 * ranked[1], rel=0.02)
        assert seen.min() > 0


def test_series_of_called_for_entries_come_last(plan: JournalPlan) -> None:
    """Each company has one for every type, numbered after all series of the schedule."""
    known = len(plan.schedule.document_series)
    numbers = [
        triggered_series(len(plan.schedule.document_series), company, document_type)
        for company in range(3)
        for document_type in ON_DEMAND_TYPES
    ]

    assert list(range(known, known + 3 * len(ON_DEMAND_TYPES))) == numbers
    assert {int(SeriesKind.CLOSE)} == set(plan.series.kind[known:].tolist())
    assert [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2] == plan.series.company[known:].tolist()
    keys = plan.series.key.tolist()
    steps_after_the_first = sum(
        series.kind is SeriesKind.CASE and series.step > 0 for series in plan.schedule.document_series
    )
    assert len(keys) == len(set(keys)) + steps_after_the_first


def test_rows_of_closes_follow_those_of_templates(plan: JournalPlan) -> None:
    """Every series of closes begins at its own rows, behind the templates."""
    total = len(plan.source.rows)

    assert plan.source.first_close == len(plan.template_lines.rows.debits)
    assert total == plan.source.first_close + len(plan.closes.entries)
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CLOSE and plan.schedule.before[-1, at]:
            first = int(plan.series.row[at]) - plan.source.first_close
            mine = plan.closes.entries[first : first + int(plan.schedule.before[-1, at])]
            assert {(series.company, series.document_type)} == {
                (entry.company, entry.document_type) for entry in mine
            }


def test_accounts_know_what_they_are(plan: JournalPlan) -> None:
    """Accounts from 4000 on are of the result, and two are a bank's."""
    codes = [account.code for account in plan.chart.accounts]

    assert [code >= "4000" for code in codes] == plan.block_tables.accounts.of_result.astype(bool).tolist()
    assert {"1010", "1020"} == {codes[at] for at in np.flatnonzero(plan.block_tables.accounts.of_bank)}
