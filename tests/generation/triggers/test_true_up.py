"""Squaring triggered closes at the ends of fiscal years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.closes.entries import ClosingEntry, Line
from datasynth.generation.journal_plan import plan_journal
from datasynth.generation.triggers.true_up import true_up_years
from datasynth.ledger.closes import CLOSING_ITEMS

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

DECEMBER_31, NEXT_DECEMBER_31 = 60, 425


@pytest.fixture(scope="module")
def two_years() -> JournalPlan:
    """One company with a small chart, over the ends of two years and a month."""
    document: dict[str, object] = {
        "global": {"start_date": "2024-11-01", "period_months": 15},
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 2_000},
    }
    return plan_journal(config_from_mapping(document))


def posted(plan: JournalPlan, day: int, *lines: tuple[str, int]) -> ClosingEntry:
    """Return a triggered entry of some pools and amounts."""
    chart = plan.chart
    accounts = tuple(chart.only(pool) for pool, _ in lines)
    return ClosingEntry(
        CLOSING_ITEMS[6], 0, "XC", "adjustment", day, accounts, tuple(amount for _, amount in lines)
    )


def moved(entries: list[ClosingEntry], upto: int) -> dict[int, int]:
    """Add up the lines of entries up to a day, accounts without balance left out."""
    totals: dict[int, int] = {}
    for entry in entries:
        if entry.day <= upto:
            for account, amount in entry.lines:
                totals[account] = totals.get(account, 0) + amount
    return {account: amount for account, amount in totals.items() if amount}


def test_an_expense_goes_to_retained_earnings(two_years: JournalPlan) -> None:
    """What a call left on an expense is closed through the summary, and carried forward the day after."""
    triggered_close = [posted(two_years, 40, ("insurance", 900), ("rent_payable", -900))]
    true_ups = true_up_years(two_years, triggered_close, 40)
    chart = two_years.chart
    at_end = moved([*triggered_close, *true_ups], DECEMBER_31)
    day_after = moved([*triggered_close, *true_ups], DECEMBER_31 + 1)

    assert ["XS", "XS", "XF"] == [entry.document_type for entry in true_ups]
    assert [DECEMBER_31, DECEMBER_31, DECEMBER_31 + 1] == [entry.day for entry in true_ups]
    assert {chart.only("rent_payable"): -900, chart.only("retained_earnings"): 900} == at_end
    forward = chart.only("retained_earnings_brought_forward")
    assert {chart.only("rent_payable"): -900, forward: 900} == day_after


def test_an_accrual_across_the_year_is_squared_in_both(two_years: JournalPlan) -> None:
    """An expense taken back in the next year is closed in each of the two."""
    triggered_close = [
        posted(two_years, DECEMBER_31, ("insurance", 900), ("accrued_expenses", -900)),
        posted(two_years, DECEMBER_31 + 1, ("insurance", -900), ("accrued_expenses", 900)),
    ]
    true_ups = true_up_years(two_years, triggered_close, DECEMBER_31)
    result = [at for at, account in enumerate(two_years.chart.accounts) if account.of_result]
    for last in (DECEMBER_31, NEXT_DECEMBER_31):
        left: set[int] = set(moved([*triggered_close, *true_ups], last))
        assert not left & set(result)
        assert two_years.chart.only("income_summary") not in left
    assert 6 == len(true_ups)
    assert {} == moved([*triggered_close, *true_ups], NEXT_DECEMBER_31 + 1)


def test_what_nets_to_nothing_still_leaves_its_accounts(two_years: JournalPlan) -> None:
    """A shift between two expenses is closed without touching summary or retained earnings."""
    triggered_close = [posted(two_years, 40, ("insurance", 500), ("audit_fees", -500))]
    true_ups = true_up_years(two_years, triggered_close, 40)

    assert 1 == len(true_ups)
    assert {} == moved([*triggered_close, *true_ups], DECEMBER_31)


def test_balance_sheet_entries_need_no_square(two_years: JournalPlan) -> None:
    """Where no account of income or expense moved there is nothing to close."""
    triggered_close = [posted(two_years, 40, ("bank", 500), ("accrued_expenses", -500))]

    assert [] == true_up_years(two_years, triggered_close, 40)


def test_after_the_last_year_end_there_is_nothing_to_square(two_years: JournalPlan) -> None:
    """The calendar holds no close of the year after the end of the data set."""
    day = NEXT_DECEMBER_31 + 1
    triggered_close = [posted(two_years, day, ("insurance", 900), ("rent_payable", -900))]

    assert [] == true_up_years(two_years, triggered_close, day)


def test_every_square_balances(two_years: JournalPlan) -> None:
    """Whatever was called for, squares balance and have no lines of nothing."""
    triggered_close = [posted(two_years, 40, ("insurance", 900), ("bad_debt", 41), ("rent_payable", -941))]
    lines: list[tuple[Line, ...]] = [entry.lines for entry in true_up_years(two_years, triggered_close, 40)]
    for entry in lines:
        assert 0 == sum(amount for _, amount in entry)
        assert all(amount for _, amount in entry)
