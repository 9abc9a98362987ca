"""What every close that is called for has, beside the same stream without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.ledger.calendars import to_day

if TYPE_CHECKING:
    from tests.generation.triggered.called import Called

ACCRUALS = {
    "Accrual of salaries": ("salaries", "accrued_payroll"),
    "Accrual of services received": ("expense", "accrued_expenses"),
    "Accrual of utilities": ("expense", "accrued_expenses"),
    "Accrual of freight": ("expense", "accrued_expenses"),
    "Accrual of revenue earned": ("unbilled_receivables", "accrued_revenue"),
    "Goods received, invoice outstanding": ("grir_adjustment", "goods_not_invoiced"),
}
SHARES = {
    "Accrual of salaries": 18,
    "Accrual of services received": 9,
    "Accrual of utilities": 4,
    "Accrual of freight": 3,
    "Accrual of revenue earned": 12,
    "Amortisation of prepaid expenses": 4,
    "Release of deferred revenue": 5,
    "Rent of the month": 8,
    "Interest of the month": 3,
    "Bank reconciliation difference": 1,
}
"""Usual amounts. [permille of a month's turnover]"""
TRANSFERS = {
    "Amortisation of prepaid expenses": ("insurance", "prepaid"),
    "Release of deferred revenue": ("deferred_revenue", "revenue"),
    "Rent of the month": ("rent", "rent_payable"),
    "Interest of the month": ("interest_expense", "accrued_interest"),
    "Bank reconciliation difference": ("bank", "other_income"),
}
LIVES = {"equipment": 48, "machinery": 120, "vehicles": 72, "buildings": 400}
"""Useful lives of asset classes. [months]"""


def pool_of(name: str) -> str:
    """Return the pool that an account of a composed pool has."""
    return {"rent": "expense"}.get(name, name)


@pytest.mark.parametrize("text", ACCRUALS)
def test_accruals_come_back_on_the_first_day_of_the_next_period(called: Called, text: str) -> None:
    """Each company accrues once; a linked entry of the next first day swaps the sides."""
    seen = called.seen
    debit, credit = ACCRUALS[text]
    for company in called.companies:
        entry = called.entry(text, company)
        (back,) = called.entries(f"Reversal: {text}", "XR", company)
        amount = called.posted(entry)[debit]

        assert {debit: amount, credit: -amount} == called.posted(entry)
        assert {debit: -amount, credit: amount} == called.posted(back)
        assert amount > 0
        assert called.first_of_next == seen.dates[back]
        assert (seen.block.id_high[entry], seen.block.id_low[entry]) == (
            seen.block.reversal_high[back],
            seen.block.reversal_low[back],
        )


def test_accruals_leave_nothing(called: Called) -> None:
    """From the first day of the next period on, what was accrued and revalued is as if nobody had called."""
    chart = called.seen.journal.chart
    pools = {pool for pair in ACCRUALS.values() for pool in pair} | {
        "receivables_revaluation",
        "payables_revaluation",
    }
    accounts = [
        account for pool in pools for account in chart.pools[pool] if not chart.accounts[account].of_result
    ]
    first_of_next = to_day(called.first_of_next)
    later = [
        int(np.searchsorted(seen.block.posting_day, first_of_next, side="right"))
        for seen in (called.plain, called.seen)
    ]
    begin, end = called.trigger.at_sequence, called.trigger.at_sequence + 200

    assert np.array_equal(called.plain.net(later[0])[:, accounts], called.seen.net(later[1])[:, accounts])
    assert (called.plain.net(begin)[:, accounts] != called.seen.net(end)[:, accounts]).any(axis=1).all()


@pytest.mark.parametrize("text", TRANSFERS)
def test_prepayments_deferrals_rent_interest_and_bank_differences(called: Called, text: str) -> None:
    """Each company posts one entry from the one account to the other, and nothing takes it back."""
    debit, credit = TRANSFERS[text]
    for company in called.companies:
        posted = called.posted(called.entry(text, company))
        amount = posted[pool_of(debit)]

        assert {pool_of(debit): amount, credit: -amount} == posted
        assert amount > 0
        assert [] == called.entries(f"Reversal: {text}", "XR", company)


@pytest.mark.parametrize("text", SHARES)
def test_amounts_are_usual_shares_of_a_month_s_turnover(called: Called, text: str) -> None:
    """What follows turnover is between six and fourteen tenths of its usual share."""
    for company in called.companies:
        posted = called.posted(called.entry(text, company))
        share = max(posted.values()) / called.turnover(company) * 1_000

        assert 0.6 * SHARES[text] * 0.99 <= share <= 1.4 * SHARES[text]


@pytest.mark.parametrize("asset_class", LIVES)
def test_each_asset_class_is_depreciated(called: Called, asset_class: str) -> None:
    """A month's wear is the cost over the life, on the accounts of the class."""
    chart = called.seen.journal.chart
    before = called.seen.net(called.trigger.at_sequence)
    for company in called.companies:
        entry = called.entry(f"Monthly depreciation, {asset_class}", company)
        cost = int(before[company, list(chart.pools[asset_class])].sum())
        worn = -int(before[company, chart.only(f"{asset_class}_depreciation")])
        wanted = cost // LIVES[asset_class]

        assert {"depreciation": wanted, f"{asset_class}_depreciation": -wanted} == called.posted(entry)
        assert 0 < worn + wanted < cost


def test_goods_not_invoiced_are_what_stands_on_the_clearing_account(called: Called) -> None:
    """The entry shows as a payable what was received and not invoiced before the call."""
    grir = called.seen.journal.chart.only("grir")
    before = called.seen.net(called.trigger.at_sequence)
    for company in called.companies:
        posted = called.posted(called.entry("Goods received, invoice outstanding", company))

        assert -int(before[company, grir]) == posted["grir_adjustment"]


def gained(called: Called, company: int, accounts: tuple[str, ...]) -> int:
    """Return what open foreign items are worth more at the day's rate than booked, debit positive."""
    seen = called.seen
    plan, own = seen.journal._plan, seen.journal.config.companies[company].currency
    items, _ = seen.journal.open_items(called.trigger.at_sequence, company, 0, 10**6)
    day = LEAD_DAYS + called.trigger.posting_day - plan.schedule.horizon.first_day
    more = 0
    for item in items:
        if item.currency != own and seen.journal.chart.accounts[item.account].pool in accounts:
            row = plan.rates.row(item.currency, own)
            exact = abs(item.amount) * int(plan.rates.rates[row, day])
            value = (2 * exact + int(plan.rates.divisor[row])) // (2 * int(plan.rates.divisor[row]))
            more += (value if item.amount > 0 else -value) - item.local_amount
    return more


@pytest.mark.parametrize(
    ("text", "accounts", "pool"),
    [
        ("Revaluation of receivables", ("receivables",), "receivables_revaluation"),
        ("Revaluation of payables", ("payables", "intercompany_payable"), "payables_revaluation"),
    ],
)
def test_open_foreign_items_are_revalued(
    called: Called, text: str, accounts: tuple[str, ...], pool: str
) -> None:
    """To the minor unit what the day's rates make of them, as a gain or a loss, and taken back."""
    moved = 0
    for company in called.companies:
        more = gained(called, company, accounts)
        entry = called.entry(text, company)
        (back,) = called.entries(f"Reversal: {text}", "XR", company)
        result = "exchange_gain" if more > 0 else "exchange_loss"
        wanted = {pool: more, result: -more} if more else {pool: 0}

        assert wanted == called.posted(entry)
        assert {name: -amount for name, amount in wanted.items()} == called.posted(back)
        moved += abs(more)
    assert moved > 0


def test_overhead_is_allocated_to_many_cost_centres(called: Called) -> None:
    """Thirty to eighty lines on one account net to nil; each receiver has a cost centre of its own."""
    block = called.seen.block
    for company in called.companies:
        entry = called.entry("Allocation of overhead", company)
        lines = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
        amounts, centres = block.local_amount[lines], block.cost_center[lines].tolist()

        assert 30 <= len(amounts) <= 80
        assert 1 == len(set(block.account[lines].tolist()))
        assert 0 == amounts.sum()
        assert 1 == np.count_nonzero(amounts < 0)
        assert len(amounts) == len(set(centres))


def test_a_month_s_close_has_nothing_else(month: Called) -> None:
    """It has one entry of each item, 18 in every company, and takes eight of them back."""
    for company in month.companies:
        assert 18 == len(month.entries("", "XC", company))
        assert 8 == len(month.entries("", "XR", company))
