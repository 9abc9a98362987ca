"""Squaring called-for closes at the ends of fiscal years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.calls.squares import square_years
from datasynth.generation.closes.facts import ClosingEntry, Line
from datasynth.generation.ground import lay_ground
from datasynth.ledger.closes import CLOSING_ITEMS

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground

DECEMBER_31, NEXT_DECEMBER_31 = 60, 425


@pytest.fixture(scope="module")
def two_years() -> Ground:
    """One company with a small chart, over the ends of two years and a month."""
    document: dict[str, object] = {
        "global": {"start_date": "2024-11-01", "period_months": 15},
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 2_000},
    }
    return lay_ground(config_from_mapping(document))


def posted(ground: Ground, day: int, *lines: tuple[str, int]) -> ClosingEntry:
    """Return a called-for entry of some pools and amounts."""
    chart = ground.chart
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


def test_an_expense_goes_to_retained_earnings(two_years: Ground) -> None:
    """What a call left on an expense is closed through the summary, and carried forward the day after."""
    call = [posted(two_years, 40, ("insurance", 900), ("rent_payable", -900))]
    squares = square_years(two_years, call, 40)
    chart = two_years.chart
    at_end = moved([*call, *squares], DECEMBER_31)
    day_after = moved([*call, *squares], DECEMBER_31 + 1)

    assert ["XS", "XS", "XF"] == [entry.document_type for entry in squares]
    assert [DECEMBER_31, DECEMBER_31, DECEMBER_31 + 1] == [entry.day for entry in squares]
    assert {chart.only("rent_payable"): -900, chart.only("retained_earnings"): 900} == at_end
    forward = chart.only("retained_earnings_brought_forward")
    assert {chart.only("rent_payable"): -900, forward: 900} == day_after


def test_an_accrual_across_the_year_is_squared_in_both(two_years: Ground) -> None:
    """An expense taken back in the next year is closed in each of the two."""
    call = [
        posted(two_years, DECEMBER_31, ("insurance", 900), ("accrued_expenses", -900)),
        posted(two_years, DECEMBER_31 + 1, ("insurance", -900), ("accrued_expenses", 900)),
    ]
    squares = square_years(two_years, call, DECEMBER_31)
    result = [at for at, account in enumerate(two_years.chart.accounts) if account.of_result]
    for last in (DECEMBER_31, NEXT_DECEMBER_31):
        left: set[int] = set(moved([*call, *squares], last))
        assert not left & set(result)
        assert two_years.chart.only("income_summary") not in left
    assert 6 == len(squares)
    assert {} == moved([*call, *squares], NEXT_DECEMBER_31 + 1)


def test_what_nets_to_nothing_still_leaves_its_accounts(two_years: Ground) -> None:
    """A shift between two expenses is closed without touching summary or retained earnings."""
    call = [posted(two_years, 40, ("insurance", 500), ("audit_fees", -500))]
    squares = square_years(two_years, call, 40)

    assert 1 == len(squares)
    assert {} == moved([*call, *squares], DECEMBER_31)


def test_balance_sheet_entries_need_no_square(two_years: Ground) -> None:
    """Where no account of income or expense moved there is nothing to close."""
    call = [posted(two_years, 40, ("bank", 500), ("accrued_expenses", -500))]

    assert [] == square_years(two_years, call, 40)


def test_after_the_last_year_end_there_is_nothing_to_square(two_years: Ground) -> None:
    """The calendar holds no close of the year after the end of the data set."""
    day = NEXT_DECEMBER_31 + 1
    call = [posted(two_years, day, ("insurance", 900), ("rent_payable", -900))]

    assert [] == square_years(two_years, call, day)


def test_every_square_balances(two_years: Ground) -> None:
    """Whatever was called for, squares balance and have no lines of nothing."""
    call = [posted(two_years, 40, ("insurance", 900), ("bad_debt", 41), ("rent_payable", -941))]
    lines: list[tuple[Line, ...]] = [entry.lines for entry in square_years(two_years, call, 40)]
    for entry in lines:
        assert 0 == sum(amount for _, amount in entry)
        assert all(amount for _, amount in entry)
