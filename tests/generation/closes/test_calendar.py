"""The calendar's closes of a whole stream."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.closes.calendar import LEAF_SHIFT, company_facts, lay_rows
from datasynth.generation.ground import lay_ground
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.closes import ASSET_CLASSES
from tests.generation.looked import look
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from datasynth.generation.closes.facts import ClosingEntry
    from datasynth.generation.ground import Ground
    from datasynth.generation.journal import Journal


def test_entries_are_what_was_planned(ground: Ground) -> None:
    """Each company, day and type has the documents that the schedule counts."""
    planned = Counter(
        (close.company, day, document_type)
        for close in ground.schedule.closes
        for day, document_type in close.documents()
    )
    held = Counter((entry.company, entry.day, entry.document_type) for entry in ground.closes.entries)

    assert planned == held
    assert 12 == len(ground.schedule.closes)


def test_entries_lie_leaf_by_leaf_in_the_order_of_their_days(ground: Ground) -> None:
    """A leaf's rows begin where it says and follow the calendar."""
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.CLOSE:
            first = int(ground.closes.leaf_first[at])
            count = int(ground.schedule.before[-1, at])
            mine = ground.closes.entries[first : first + count]
            days = [entry.day for entry in mine]

            assert sorted(days) == days
            assert {(leaf.company, leaf.document_type)} >= {(e.company, e.document_type) for e in mine}


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


def of_item(ground: Ground, name: str) -> list[ClosingEntry]:
    """Return the calendar's entries of an item, without their reversals."""
    return [entry for entry in ground.closes.entries if entry.item.name == name and entry.reverses < 0]


def test_goods_not_invoiced_are_the_clearing_account_s_balance(small: Journal, ground: Ground) -> None:
    """Each month's entry is what stands on the account after the close's working day."""
    seen, grir = Seen.of(small), ground.chart.only("grir")
    found = of_item(ground, "grir_clearing")
    for entry in found:
        position = int(ground.schedule.entries_before[entry.day + 1])
        debit = dict(entry.lines)[ground.chart.only("grir_adjustment")]

        assert -int(seen.net(position)[entry.company, grir]) == debit
    assert len(ground.schedule.closes) == len(found)


def test_tax_returns_take_both_taxes_to_what_is_due(small: Journal, ground: Ground) -> None:
    """After the close's working day both taxes stand where they began; the next close pays what was due."""
    seen = Seen.of(small)
    taxes = [ground.chart.only("output_tax"), ground.chart.only("input_tax")]
    due = ground.chart.only("tax_return_payable")
    returned, paid = of_item(ground, "tax.return"), of_item(ground, "tax.payment")
    for entry in returned:
        position = int(ground.schedule.entries_before[entry.day + 1])
        moved = seen.net(position)[entry.company, taxes] - ground.opening[entry.company, taxes]
        assert [0, 0] == moved.tolist()
    assert len(ground.schedule.closes) == len(returned)
    for company in range(3):
        owed = [dict(entry.lines).get(due, 0) for entry in returned if entry.company == company]
        settled = [dict(entry.lines).get(due, 0) for entry in paid if entry.company == company]
        assert [-amount for amount in owed[:-1]] == settled
        assert all(owed)


def test_depreciation_is_a_month_s_part_of_the_cost(small: Journal, ground: Ground) -> None:
    """Each month wears every asset class by its cost over its life."""
    seen = Seen.of(small)
    for asset_class, life in zip(ASSET_CLASSES, (48, 120, 72, 400), strict=True):
        accounts = list(ground.chart.pools[asset_class])
        worn = ground.chart.only(f"{asset_class}_depreciation")
        found = of_item(ground, f"depreciation.{asset_class}")
        for entry in found:
            position = int(ground.schedule.entries_before[entry.day + 1])
            cost = int(seen.net(position)[entry.company, accounts].sum())

            assert -(cost // life) == dict(entry.lines)[worn]
        assert len(ground.schedule.closes) == len(found)


def test_reversals_refer_to_leaf_and_number(ground: Ground) -> None:
    """What is reversed is named by the leaf and the place of the original among its documents."""
    laid = ground.closes.laid
    for at, entry in enumerate(ground.closes.entries):
        who = int(laid.reverses[at])
        assert (who >= 0) == (entry.source == "reversal")
        if who >= 0:
            leaf, number = who >> LEAF_SHIFT, who & ((1 << LEAF_SHIFT) - 1)
            original = ground.closes.entries[int(ground.closes.leaf_first[leaf]) + number]
            assert original.item is entry.item
            assert original.lines == tuple((account, -amount) for account, amount in entry.lines)
            assert original.day < entry.day


def test_rows_have_debits_first(ground: Ground) -> None:
    """Laid out, an entry's lines are its debits, then its credits, all above zero."""
    rows = ground.closes.laid.rows
    for at, entry in enumerate(ground.closes.entries):
        begin, end, sides = int(rows.offsets[at]), int(rows.offsets[at + 1]), int(rows.debits[at])
        signed = [
            (account, amount if place < sides else -amount)
            for place, (account, amount) in enumerate(
                zip(rows.account[begin:end].tolist(), rows.amount[begin:end].tolist(), strict=True)
            )
        ]
        assert sorted(entry.lines) == sorted(signed)
        assert all(amount > 0 for _, amount in signed[:sides])
        assert all(amount < 0 for _, amount in signed[sides:])


@pytest.mark.parametrize("called", [True, False])
def test_called_for_entries_have_other_styles(ground: Ground, called: bool) -> None:
    """The same entries look different when a trigger called for them."""
    entries = ground.closes.entries[:5]
    laid = lay_rows(entries, ground.book, ground.closes.facts, [-1] * 5, called=called)
    words = ground.vocabulary
    types = [words.document_types[ground.book.styles.document_type[style]] for style in laid.style]

    if called:
        assert set(types) <= {"XC", "XR"}
    else:
        assert [entry.document_type for entry in entries] == types


def test_pairs_name_each_other(ground: Ground) -> None:
    """Intercompany entries have the other company of the ring, other entries none."""
    for at, entry in enumerate(ground.closes.entries):
        trading = int(ground.closes.laid.trading[at])
        wanted = {1: 2, 2: 1}[entry.company] if entry.item.name.startswith("intercompany") else -1

        assert wanted == trading


@pytest.fixture(scope="module")
def ring() -> Ground:
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
    return lay_ground(config_from_mapping(document))


def test_in_a_ring_of_three_each_charges_the_next(ring: Ground) -> None:
    """What a company charges names the next one of its ring, what it receives the one before."""
    found = {
        (entry.company, entry.item.name.partition(".")[2]): int(trading)
        for entry, trading in zip(ring.closes.entries, ring.closes.laid.trading, strict=True)
        if entry.item.name.startswith("intercompany")
    }

    assert 12 == len(found)
    for company in range(3):
        following, preceding = (company + 1) % 3, (company - 1) % 3
        assert following == found[company, "charge"] == found[company, "settlement"]
        assert preceding == found[company, "received"] == found[company, "paid"]


def test_pairs_are_equal_in_both_companies(ring: Ground) -> None:
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


def test_turnover_is_what_is_sold_in_a_month(small: Journal, ground: Ground) -> None:
    """Of each company about what it invoices at home or sells for cash; partners share the smaller."""
    facts = company_facts(ground.config, ground.schedule, ground.sheet, look(ground, [123]), ground.chart)
    seen = Seen.of(small)
    selling = seen.block.currency == np.array(seen.words.company_currencies)[seen.block.company]
    selling &= np.isin(seen.types, ["RV", "DR", "BV"])
    for company, found in enumerate(facts):
        sold = int(seen.totals[selling & (seen.block.company == company)].sum()) / 4

        assert sold == pytest.approx(found.turnover, rel=0.3)
        assert -int(ground.chains.opening(company)[ground.chart.only("grir")]) == found.open_receipts
    smaller = min(facts[1].turnover, facts[2].turnover)

    assert (smaller, smaller) == facts[1].partner_turnover == facts[2].partner_turnover
    assert (0, 2, 1) == tuple(found.charger for found in facts)


def test_what_a_company_owns_at_the_start_follows_its_turnover(ground: Ground) -> None:
    """Every asset class has an opening cost, of which a part is worn."""
    for found in ground.closes.facts:
        for number in range(len(ASSET_CLASSES)):
            assert 0 < found.opening_wear(number) < found.opening_cost(number)
