"""Dealings between companies, in the books of both."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.generation.cases import TRIGGERED, case
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from datasynth.generation.journal import Journal

Key = tuple[int, int, int]


def by_dealing(seen: Seen, document_type: str, *, of_buyer: bool, side: int) -> dict[Key, list[int]]:
    """Return entries of a type by seller, buyer and number of the dealing."""
    block = seen.block
    found: dict[Key, list[int]] = {}
    for entry in np.flatnonzero((seen.types == document_type) & ~seen.taken_back).tolist():
        lines = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
        others = set(block.trading_partner[lines].tolist())
        assert 1 == len(others)
        on_item = block.assignment_kind[lines] >= 0
        mine = int(block.company[entry])
        other = int(others.pop())
        amount = int((block.debit[lines] - block.credit[lines])[on_item].sum())
        if np.sign(amount) == side:
            key = (other, mine) if of_buyer else (mine, other)
            number = int(block.reference_number[entry])
            found.setdefault((*key, number), []).append(entry)
    return found


def test_both_companies_book_the_same_invoice() -> None:
    """Seller and buyer name one another, the number, the seller's currency and the same amount."""
    seen = case("five companies, fiscal year from April")
    block = seen.block
    sold = by_dealing(seen, "IC", of_buyer=False, side=1)
    bought = by_dealing(seen, "IV", of_buyer=True, side=-1)
    both = set(sold) & set(bought)

    assert len(both) > 50
    assert {1} == {len(entries) for entries in (*sold.values(), *bought.values())}
    for key in both:
        (one,), (other,) = sold[key], bought[key]
        payable = seen.on("intercompany_payable") & (seen.entry == other)
        receivable = seen.on("intercompany_receivable") & (seen.entry == one)
        assert block.debit[receivable].sum() == block.credit[payable].sum()
        assert block.currency[one] == block.currency[other] == seen.words.company_currencies[key[0]]
        assert block.posting_day[one] < block.posting_day[other]


def test_dealings_that_one_company_has_alone_wait_for_the_other() -> None:
    """An invoice without its counterpart is at the edge of the data set."""
    seen = case("five companies, fiscal year from April")
    block = seen.block
    sold = by_dealing(seen, "IC", of_buyer=False, side=1)
    bought = by_dealing(seen, "IV", of_buyer=True, side=-1)
    first, last = int(block.posting_day[0]), int(block.posting_day[-1])
    for key in set(sold) ^ set(bought):
        day = int(block.posting_day[(sold.get(key) or bought[key])[0]])
        assert day <= first + 14 if key in bought else day >= last - 14


def test_the_seller_earns_its_markup() -> None:
    """What is charged is the cost of the goods and the configured share of it."""
    seen = case("five companies, fiscal year from April")
    block = seen.block
    mine = (seen.types == "IC")[seen.entry]
    charged = block.credit[mine & seen.on("intercompany_revenue")]
    cost = block.debit[mine & seen.on("cost_of_sales")]

    assert len(charged) == len(cost) > 50
    assert 1.05 == pytest.approx(float(charged.sum() / cost.sum()), abs=0.002)


@pytest.mark.parametrize("called", [False, True])
def test_charges_of_closes_are_equal_in_both_companies(small: Journal, called: bool) -> None:
    """Elimination pairs of a quarter's end move the same amount on both sides and leave clearing at nil."""
    seen = case(TRIGGERED) if called else Seen.of(small)
    block = seen.block
    clearing = seen.on("intercompany_clearing")
    pairs: Counter[tuple[int, int, int, str, int]] = Counter()
    for line in np.flatnonzero(clearing).tolist():
        entry = int(seen.entry[line])
        mine, other = int(block.company[entry]), int(block.trading_partner[line])
        charging = seen.header_texts[entry] == "Intercompany services"
        receiving = seen.header_texts[entry] == "Intercompany services received"
        if charging or receiving:
            key = (mine, other) if charging else (other, mine)
            day = int(block.posting_day[entry])
            pairs[(*key, day, str(seen.types[entry]), abs(int(block.local_amount[line])))] += 1
    left = np.zeros(len(seen.words.companies), dtype=np.int64)
    np.add.at(left, seen.company[clearing], block.local_amount[clearing])

    assert len(pairs) >= 2
    assert {"XC" if called else "IE"} == {document_type for *_, document_type, _ in pairs}
    assert {2} == set(pairs.values())
    assert [0] * len(left) == left.tolist()


def test_other_entries_have_no_trading_partner(seen: Seen) -> None:
    """Only dealings between companies name another one, and none names its own."""
    has = seen.block.trading_partner >= 0
    dealing = seen.having(has)
    process = np.array(seen.words.processes)[seen.block.process]

    assert set(process[dealing].tolist()) <= {"IC"}
    assert (seen.block.trading_partner != seen.company)[has].all()
