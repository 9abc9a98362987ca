"""The calendar's closes of a whole stream."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.closes.calendar import LEAF_SHIFT, company_facts, lay_rows
from datasynth.generation.closes.items import ASSET_CLASSES
from datasynth.generation.ground import lay_ground
from datasynth.generation.schedule.leaves import LeafKind
from tests.naive.balances import balances

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located


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


def test_a_close_finds_the_balances_of_all_lines_before_it(ground: Ground, block: Block) -> None:
    """What the close of the year takes off income and expense is what all lines before it add up to."""
    words = ground.book.vocabulary
    found = 0
    for place in range(block.entries):
        text = words.header_texts[block.header_text[place]]
        if text.startswith("Closing of income and expense accounts"):
            company = int(block.company[place])
            day = int(block.posting_day[place])
            # All other entries of the day come first: the close has a band of its own.
            upto = int(np.searchsorted(block.posting_day, day, side="right"))
            closing = [
                at
                for at in range(place, upto)
                if words.document_types[block.document_type[at]] == "CL" and block.company[at] == company
            ]
            left = balances(block, upto, 3, len(ground.chart.accounts))[company]
            result = [left[at] for at, account in enumerate(ground.chart.accounts) if account.of_result]

            assert 2 == len(closing)
            assert [0] * len(result) == result
            found += 1
    assert 3 == found


def test_open_receipts_are_the_clearing_account_s_balance(
    ground: Ground, located: Located, block: Block
) -> None:
    """Each month's clearing entry moves what stood on the account on the close's working day.

    What was received before the start and not invoiced by then stands there from the first day.
    """
    grir = ground.chart.only("grir")
    for close in ground.schedule.closes:
        entry = next(
            entry
            for entry in ground.closes.entries
            if entry.item.name == "grir_clearing"
            and entry.reverses < 0
            and (entry.company, entry.day) == (close.company, close.work_day)
        )
        moved = int(ground.chains.opening(close.company)[grir])
        assert moved < 0
        for place in range(int(ground.schedule.entries_before[close.work_day + 1])):
            row = int(located.row[place]) - ground.first_close
            own = row >= 0 and ground.closes.entries[row] is entry
            if block.company[place] == close.company and not own:
                lines = slice(int(block.first_line[place]), int(block.first_line[place + 1]))
                moved += int(block.local_amount[lines][block.account[lines] == grir].sum())

        assert -moved == dict(entry.lines)[grir]


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
    words = ground.book.vocabulary
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


def test_in_a_ring_of_three_each_charges_the_next() -> None:
    """What a company charges names the next one of its ring, what it receives the one before."""
    companies = [{"code": code, "currency": "EUR"} for code in "ABC"]
    config = config_from_mapping(
        {
            "global": {"start_date": "2024-03-01", "period_months": 1},
            "companies": companies,
            "transactions": {"target_count": 3_000},
        }
    )
    ground = lay_ground(config)
    found = {
        (entry.company, entry.item.name.partition(".")[2]): int(trading)
        for entry, trading in zip(ground.closes.entries, ground.closes.laid.trading, strict=True)
        if entry.item.name.startswith("intercompany")
    }

    assert 12 == len(found)
    for company in range(3):
        following, preceding = (company + 1) % 3, (company - 1) % 3
        assert following == found[company, "charge"] == found[company, "settlement"]
        assert preceding == found[company, "received"] == found[company, "paid"]


def test_pairs_are_equal_in_both_companies() -> None:
    """In a ring of three of unequal size, what is charged is what the next company receives."""
    companies = [
        {"code": code, "currency": "EUR", "volume_weight": weight}
        for code, weight in (("A", 1.0), ("B", 2.0), ("C", 1.5))
    ]
    config = config_from_mapping(
        {
            "global": {"start_date": "2024-03-01", "period_months": 1},
            "companies": companies,
            "transactions": {"target_count": 4_000},
        }
    )
    entries = lay_ground(config).closes.entries
    amounts = {
        (entry.company, entry.item.name): max(amount for _, amount in entry.lines) for entry in entries
    }
    for company in range(3):
        following = (company + 1) % 3
        for here, there in (("charge", "received"), ("settlement", "paid")):
            charged = amounts[company, f"intercompany.{here}"]
            assert charged == amounts[following, f"intercompany.{there}"]


def test_turnover_is_counted_at_the_first_document(ground: Ground) -> None:
    """A month's usual turnover is the mean of the transactions begun, and partners share the smaller."""
    facts = company_facts(ground.config, ground.schedule, ground.sheet, ground.chains, ground.chart)
    for company, found in enumerate(facts):
        whole = 0
        for at, leaf in enumerate(ground.schedule.leaves):
            begins = leaf.kind is LeafKind.SINGLE or (leaf.kind is LeafKind.CHAIN and leaf.step == 0)
            if leaf.company == company and begins:
                whole += int(ground.schedule.before[-1, at]) * ground.sheet.gross[at]
        assert whole // 4 == found.turnover
    smaller = min(facts[1].turnover, facts[2].turnover)

    assert (smaller, smaller) == facts[1].partner_turnover == facts[2].partner_turnover
    assert (0, 2, 1) == tuple(found.charger for found in facts)


def test_what_a_company_owns_at_the_start_follows_its_turnover(ground: Ground) -> None:
    """Every asset class has an opening cost, of which a part is worn."""
    for found in ground.closes.facts:
        for number in range(len(ASSET_CLASSES)):
            assert 0 < found.opening_wear(number) < found.opening_cost(number)
