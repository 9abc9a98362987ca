"""What closes of quarters and years have beyond a month's."""

from __future__ import annotations

import pytest

from datasynth.ledger.exchange import dollars
from tests.generation.seen import Seen
from tests.generation.triggered.called import Called

RESERVES = {
    "Reserve for doubtful receivables": ("bad_debt", "receivables_allowance", 6),
    "Inventory reserve": ("inventory_expense", "inventory_reserve", 5),
    "Accrual of bonuses": ("bonus", "accrued_bonus", 10),
}
RING = {1: 2, 2: 1}
"""Companies of one currency, and whom each charges."""


def dollar(seen: Seen, company: int) -> int:
    """Return what an estimate comes to at least: about a dollar in the company's currency. [minor units]"""
    return dollars(seen.journal.config.companies[company].currency)


def test_income_tax_is_provided_for(large: Called) -> None:
    """A quarter of the profit up to the entry, this close's own included, less what was provided before."""
    seen = large.seen
    chart = seen.journal.chart
    tax = chart.only("income_tax")
    result = [at for at, account in enumerate(chart.accounts) if account.of_result and at != tax]
    for company in large.companies:
        entry = large.entry("Provision for income tax", company)
        before = seen.net(entry)[company]
        profit = -int(before[result].sum())
        wanted = max(profit * 250 // 1_000 - int(before[tax]), dollar(seen, company))

        assert {"income_tax": wanted, "income_tax_payable": -wanted} == large.posted(entry)


@pytest.mark.parametrize("text", RESERVES)
def test_reserves_and_bonuses(large: Called, text: str) -> None:
    """Each company adds its usual share of turnover to the reserve, and nothing takes it back."""
    debit, credit, permille = RESERVES[text]
    for company in large.companies:
        posted = large.posted(large.entry(text, company))
        amount = posted[debit]

        assert {debit: amount, credit: -amount} == posted
        assert 0.59 * permille <= amount / large.turnover(company) * 1_000 <= 1.4 * permille
        assert [] == large.entries(f"Reversal: {text}", "XR", company)


def dealings(large: Called, company: int) -> dict[str, dict[str, int]]:
    """Return what a company's entries with its partner post: charge, settlement, receipt and payment."""
    found = [large.posted(entry) for entry in large.entries("Intercompany", "XC", company)]
    assert 4 == len(found)
    return {
        "charge": next(posted for posted in found if "intercompany_revenue" in posted),
        "settlement": next(posted for posted in found if posted.get("loan_receivable", 0) > 0),
        "receipt": next(posted for posted in found if "intercompany_expense" in posted),
        "payment": next(posted for posted in found if posted.get("loan_receivable", 0) < 0),
    }


def test_companies_of_one_currency_charge_one_another(large: Called) -> None:
    """What one charges and is paid is what the other receives and pays, and clearing is left at nil."""
    for company, other in RING.items():
        mine, others = dealings(large, company), dealings(large, other)
        amount = mine["charge"]["intercompany_clearing"]

        assert amount > 0
        assert {"intercompany_clearing": amount, "intercompany_revenue": -amount} == mine["charge"]
        assert {"loan_receivable": amount, "intercompany_clearing": -amount} == mine["settlement"]
        assert {"intercompany_expense": amount, "intercompany_clearing": -amount} == others["receipt"]
        assert {"intercompany_clearing": amount, "loan_receivable": -amount} == others["payment"]
    seen = large.seen
    clearing = seen.journal.chart.only("intercompany_clearing")
    assert [0, 0, 0] == seen.net(seen.journal.total)[:, clearing].tolist()


def test_partners_name_each_other(large: Called) -> None:
    """Lines of these entries have the other company as trading partner; a company alone has none."""
    block = large.seen.block
    for company, other in RING.items():
        for entry in large.entries("Intercompany", "XC", company):
            lines = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
            assert {other} == set(block.trading_partner[lines].tolist())
    assert [] == large.entries("Intercompany", "XC", 0)


def test_what_was_provided_is_not_provided_again(large: Called) -> None:
    """A second call at the same place finds the tax of the first, and adds what its own entries change."""
    journal, trigger = large.seen.journal.trigger(large.trigger.pattern, large.trigger.at_sequence)
    again = Called(large.seen, Seen.of(journal), trigger)
    chart = journal.chart
    tax = chart.only("income_tax")
    result = [at for at, account in enumerate(chart.accounts) if account.of_result and at != tax]
    for company in again.companies:
        first, second = again.entries("Provision for income tax", "XC", company)
        before = again.seen.net(second)[company]
        wanted = max(
            -int(before[result].sum()) * 250 // 1_000 - int(before[tax]), dollar(again.seen, company)
        )

        assert first < trigger.at_sequence <= second
        assert {"income_tax": wanted, "income_tax_payable": -wanted} == again.posted(second)
