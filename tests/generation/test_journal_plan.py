"""What a journal stands on."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.journal_plan import on_demand_series
from datasynth.generation.schedule.day_weights import is_period_end
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.calendars import FiscalCalendar
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import SOURCES, DayPart
from datasynth.ledger.roles import ROLES
from tests.generation.cases import case

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan


USUAL, AT_END = 0, 1
"""Rows of the times of a day part: of most days, and of the last of a period."""


@pytest.mark.parametrize("end", [USUAL, AT_END])
@pytest.mark.parametrize("day_part", DayPart)
def test_times_rise_through_the_day(plan: JournalPlan, day_part: DayPart, end: int) -> None:
    """A day_part's times never go back, and day_parts do not overlap."""
    table = plan.times[day_part, end].tolist()

    assert all(earlier <= later for earlier, later in pairwise(table))
    assert 0 <= table[0] < table[-1] < 86_400
    if day_part > 0:
        assert plan.times[day_part - 1, end].tolist()[-1] < table[0]


@pytest.mark.parametrize(("busy", "quiet"), [(9.5, 12.5), (15.5, 12.5), (12.5, 7.5), (13.5, 18.5)], ids=str)
def test_people_work_from_eight_to_six_with_a_dip_at_lunch(
    plan: JournalPlan, busy: float, quiet: float
) -> None:
    """Around one time of the day more documents are entered than around another."""
    table = plan.times[DayPart.DAY, USUAL] / 3_600
    shares = np.arange(len(table))
    around = [
        np.interp(hour + 0.25, table, shares) - np.interp(hour - 0.25, table, shares)
        for hour in (busy, quiet)
    ]

    assert around[0] > 1.3 * around[1]


def test_a_tenth_of_the_last_days_is_overtime(plan: JournalPlan) -> None:
    """On the last days of a period so much of the day's work is entered in the evening."""
    table = plan.times[DayPart.DAY, AT_END] / 3_600
    shares = np.linspace(0, 1, len(table))

    assert 0.9 == pytest.approx(float(np.interp(18.0, table, shares)), abs=0.03)
    assert table[-1] <= 20.25


@pytest.mark.parametrize(
    "name", ["a year", "dinars with a leap day", "five companies, fiscal year from April"]
)
def test_days_know_their_fiscal_year(name: str) -> None:
    """Year, period, first day of the year and last days of the month are those of each day's date."""
    plan = case(name).journal._plan
    fiscal = FiscalCalendar(plan.config.general.fiscal_year_start_month)
    dates = [plan.schedule.horizon.start + timedelta(days=day) for day in range(len(plan.day_year))]
    temporal = plan.config.transactions.temporal
    first_of = {year: day for day, year in reversed(list(enumerate(plan.day_year.tolist())))}

    assert plan.schedule.horizon.days == len(dates)
    assert [fiscal.year(when) for when in dates] == plan.day_year.tolist()
    assert [fiscal.period(when) for when in dates] == plan.day_period.tolist()
    assert [is_period_end(temporal, when) for when in dates] == plan.day_end.astype(bool).tolist()
    assert [first_of[year] for year in plan.day_year.tolist()] == plan.year_start.tolist()


def test_series_know_their_partners(plan: JournalPlan) -> None:
    """Partners of a series are of its kind of case's type, and the company's own."""
    words, columns = plan.vocabulary, plan.all_series
    for at, series in enumerate(plan.schedule.all_series):
        partner = "" if series.kind is SeriesKind.CLOSE else series.case_kind.partner
        assert (columns.pool[at] >= 0) == bool(partner)
        if partner:
            choice = columns.partner_choice[columns.pool[at]]
            first, last = (int(columns.partner[at]) + int(bound) for bound in (0, choice.max()))
            assert {partner} == set(words.partner_types[first : last + 1])
            prefix = f"{partner[0].upper()}{series.company + 1:02}"
            assert {prefix} == {code[:3] for code in words.partners[first : last + 1]}
            own = plan.config.companies[series.company].currency
            abroad = series.case_kind.abroad
            currencies = {plan.partners.party(place).currency for place in (first, last)}
            assert {own if abroad < 0 else trading_currencies(own)[abroad]} == currencies


def test_some_partners_are_busier_than_others(plan: JournalPlan) -> None:
    """The first partner is the busiest, the share falls with the rank, and nearly all occur."""
    for choice in plan.all_series.partner_choice:
        seen = np.bincount(choice)

        assert 0 == int(seen.argmax())
        assert seen[0] == pytest.approx(2**0.9 * seen[1], rel=0.02)
        assert seen.min() > 0


def test_roles_find_their_users(plan: JournalPlan) -> None:
    """Where a company's users of a role begin, so many of that role and company follow."""
    words = plan.vocabulary
    for company, code in enumerate(words.companies):
        for number, role in enumerate(ROLES):
            first, holders = int(plan.role_first[company, number]), int(plan.role_size[number])
            assert holders >= 1
            for user in words.users[first : first + holders]:
                assert user.startswith(f"{role}.")
                assert user.endswith(f".{code}")
    assert len(words.users) == 3 * int(plan.role_size.sum())


def test_limits_are_in_the_minor_units_of_each_company() -> None:
    """Ten thousand dollars are 9,200 euros, 1,500,000 yen and 3,100 dinars: round figures of each."""
    limits = case("five companies, fiscal year from April").journal._plan.limits

    assert [1_000_000, 920_000, 920_000, 1_500_000, 3_100_000] == limits[:, 0].tolist()
    assert (np.diff(limits, axis=1) > 0).all()


def test_people_enter_what_is_manual_or_an_adjustment(plan: JournalPlan) -> None:
    """Documents of the other sources come from programs."""
    assert {"manual", "adjustment"} == {SOURCES[at] for at in np.flatnonzero(plan.by_hand)}


def test_series_of_called_for_entries_come_last(plan: JournalPlan) -> None:
    """Each company has one for every type, numbered after all leaves of the schedule."""
    known = len(plan.schedule.all_series)
    numbers = [
        on_demand_series(plan.schedule, company, document_type)
        for company in range(3)
        for document_type in ON_DEMAND_TYPES
    ]

    assert list(range(known, known + 3 * len(ON_DEMAND_TYPES))) == numbers
    assert {int(SeriesKind.CLOSE)} == set(plan.all_series.kind[known:].tolist())
    assert [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2] == plan.all_series.company[known:].tolist()
    keys = plan.all_series.key.tolist()
    steps_after_the_first = sum(
        series.kind is SeriesKind.CASE and series.step > 0 for series in plan.schedule.all_series
    )
    assert len(keys) == len(set(keys)) + steps_after_the_first


def test_rows_of_closes_follow_those_of_templates(plan: JournalPlan) -> None:
    """Every series of closes begins at its own rows, behind the templates."""
    total = len(plan.rows.debits)

    assert plan.first_close == len(plan.template_lines.rows.debits)
    assert total == plan.first_close + len(plan.closes.entries)
    for at, series in enumerate(plan.schedule.all_series):
        if series.kind is SeriesKind.CLOSE and plan.schedule.before[-1, at]:
            first = int(plan.all_series.row[at]) - plan.first_close
            mine = plan.closes.entries[first : first + int(plan.schedule.before[-1, at])]
            assert {(series.company, series.document_type)} == {
                (entry.company, entry.document_type) for entry in mine
            }


def test_accounts_know_what_they_are(plan: JournalPlan) -> None:
    """Accounts from 4000 on are of the result, and two are a bank's."""
    codes = [account.code for account in plan.chart.accounts]

    assert [code >= "4000" for code in codes] == plan.of_result.astype(bool).tolist()
    assert {"1010", "1020"} == {codes[at] for at in np.flatnonzero(plan.of_bank)}
