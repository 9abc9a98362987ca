"""The calendar's closes of a whole stream."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal_plan import plan_journal
from datasynth.generation.kernels.columns.headers import NUMBER_BITS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.closes import ASSET_CLASSES
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from datasynth.generation.closes.entries import ClosingEntry
    from datasynth.generation.journal import Journal
    from datasynth.generation.journal_plan import JournalPlan


def test_entries_are_what_was_planned(plan: JournalPlan) -> None:
    """Each company, day and type has the documents that the schedule counts."""
    planned = Counter(
        (close.company, day, document_type)
        for close in plan.schedule.closes
        for day, document_type, _ in close.documents()
    )
    held = Counter((entry.company, entry.day, entry.document_type) for entry in plan.closes.entries)

    assert planned == held
    assert 12 == len(plan.schedule.closes)


def test_entries_lie_series_by_series_in_the_order_of_their_days(plan: JournalPlan) -> None:
    """A series' rows begin where it says and follow the calendar."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CLOSE:
            first = int(plan.series.row[at]) - plan.source.first_close
            count = int(plan.schedule.before[-1, at])
            mine = plan.closes.entries[first : first + count]
            days = [entry.day for entry in mine]

            assert sorted(days) == days
            assert {(series.company, series.document_type)} >= {(e.company, e.document_type) for e in mine}


def test_a_close_finds_the_balances_of_all_lines_before_it(small: Journal) -> None:
    """What the close of the year takes off income and expense is what all lines before it add up to."""
    seen = Seen.of(small)
    result = [at for at, account in enumerate(small.chart.accounts) if account.of_result]
    closing = np.flatnonzero(np.char.startswith(seen.header_texts, "Closing of income and expense accounts"))
    for entry in closing.tolist():
        company = int(seen.block.company[entry])
        before = seen.turnover(entry)[company]
        lines = slice(int(seen.block.first_line[entry]), int(seen.block.first_line[entry + 1]))
        taken = dict(
            zip(seen.block.account[lines].tolist(), seen.block.local_amount[lines].tolist(), strict=True)
        )

        assert [-(debit - credit) for debit, credit in before[result].tolist()] == [
            taken.get(at, 0) for at in result
        ]
        assert len(taken) > 50
    assert 3 == len(closing)


def of_item(plan: JournalPlan, name: str) -> list[ClosingEntry]:
    """Return the calendar's entries of an item, without their reversals."""
    return [entry for entry in plan.closes.entries if entry.item.name == name and entry.reverses < 0]


def test_goods_not_invoiced_are_the_clearing_account_s_balance(small: Journal, plan: JournalPlan) -> None:
    """Each month's entry is what stands on the account after the close's working day."""
    seen, grir = Seen.of(small), plan.chart.only("grir")
    found = of_item(plan, "grir_clearing")
    for entry in found:
        position = int(plan.schedule.entries_before[entry.day + 1])
        debit = dict(entry.lines)[plan.chart.only("grir_adjustment")]

        assert -int(seen.net(position)[entry.company, grir]) == debit
    assert len(plan.schedule.closes) == len(found)


def test_tax_returns_take_both_taxes_to_what_is_due(small: Journal, plan: JournalPlan) -> None:
    """After the close's working day both taxes stand where they began; the next close pays what was due."""
    seen = Seen.of(small)
    taxes = [plan.chart.only("output_tax"), plan.chart.only("input_tax")]
    due = plan.chart.only("tax_return_payable")
    returned, paid = of_item(plan, "tax.return"), of_item(plan, "tax.payment")
    for entry in returned:
        position = int(plan.schedule.entries_before[entry.day + 1])
        moved = seen.net(position)[entry.company, taxes] - plan.opening[entry.company, taxes]
        assert [0, 0] == moved.tolist()
    assert len(plan.schedule.closes) == len(returned)
    for company in range(3):
        owed = [dict(entry.lines).get(due, 0) for entry in returned if entry.company == company]
        settled = [dict(entry.lines).get(due, 0) for entry in paid if entry.company == company]
        assert [-amount for amount in owed[:-1]] == settled
        assert all(owed)


def test_depreciation_is_a_month_s_part_of_the_cost(small: Journal, plan: JournalPlan) -> None:
    """Each month wears every asset class by its cost over its life."""
    seen = Seen.of(small)
    for asset_class, life in zip(ASSET_CLASSES, (48, 120, 72, 400), strict=True):
        accounts = list(plan.chart.pools[asset_class])
        worn = plan.chart.only(f"{asset_class}_depreciation")
        found = of_item(plan, f"depreciation.{asset_class}")
        for entry in found:
            position = int(plan.schedule.entries_before[entry.day + 1])
            cost = int(seen.net(position)[entry.company, accounts].sum())

            assert -(cost // life) == dict(entry.lines)[worn]
        assert len(plan.schedule.closes) == len(found)


def test_reversals_refer_to_series_and_number(plan: JournalPlan) -> None:
    """What is reversed is named by the series and the place of the original among its documents."""
    rows = plan.closes.rows
    for at, entry in enumerate(plan.closes.entries):
        who = int(rows.records.reverses[at])
        assert (who >= 0) == (entry.source == "reversal")
        if who >= 0:
            series, number = who >> NUMBER_BITS, who & ((1 << NUMBER_BITS) - 1)
            original = plan.closes.entries[int(plan.series.row[series]) - plan.source.first_close + number]
            assert original.item is entry.item
            assert original.lines == tuple((account, -amount) for account, amount in entry.lines)
            assert original.day < entry.day


def test_pairs_name_each_other(plan: JournalPlan) -> None:
    """Intercompany entries have the other company of the ring, other entries none."""
    for at, entry in enumerate(plan.closes.entries):
        trading = int(plan.closes.rows.records.trading_partner[at])
        wanted = {1: 2, 2: 1}[entry.company] if entry.item.name.startswith("intercompany") else -1

        assert wanted == trading


@pytest.fixture(scope="module")
def ring() -> JournalPlan:
    """Three companies of one currency and unequal size, in a month that ends a quarter."""
    companies = [
        {"code": code, "currency": "EUR", "volume_weight": weight}
        for code, weight in (("A", 1.0), ("B", 2.0), ("C", 1.5))
    ]
    document: dict[str, object] = {
        "global": {"start_date": "2024-03-01", "period_months": 1},
        "companies": companies,
        "chart_of_accounts": {"complexity": "small"},
        "transactions": {"target_count": 4_000},
    }
    return plan_journal(config_from_mapping(document))


def test_in_a_ring_of_three_each_charges_the_next(ring: JournalPlan) -> None:
    """What a company charges names the next one of its ring, what it receives the one before."""
    found = {
        (entry.company, entry.item.name.partition(".")[2]): int(trading)
        for entry, trading in zip(ring.closes.entries, ring.closes.rows.records.trading_partner, strict=True)
        if entry.item.name.startswith("intercompany")
    }

    assert 12 == len(found)
    for company in range(3):
        following, preceding = (company + 1) % 3, (company - 1) % 3
        assert following == found[company, "charge"] == found[company, "settlement"]
        assert preceding == found[company, "received"] == found[company, "paid"]


def test_pairs_are_equal_in_both_companies(ring: JournalPlan) -> None:
    """Whatever their sizes, what is charged is what the next company receives."""
    amounts = {
        (entry.company, entry.item.name): max(amount for _, amount in entry.lines)
        for entry in ring.closes.entries
    }
    for company in range(3):
        following = (company + 1) % 3
        for here, there in (("charge", "received"), ("settlement", "paid")):
            charged = amounts[company, f"intercompany.{here}"]
            assert charged == amounts[following, f"intercompany.{there}"]
