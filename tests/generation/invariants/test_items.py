"""Items are opened once and cleared to the cent, by documents that name them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from tests.generation.cases import case
from tests.generation.items import Touches, open_at, touches_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.generation.seen import Seen

RICH = "five companies, fiscal year from April"
PAYMENTS = ("DZ", "KZ", "ZA", "ZR", "ZC")
WITHOUT_ITEMS = ("net_pay_payable", "wage_tax_payable", "contributions_payable", "loans", "other_tax_payable")


@cache
def touched(seen: Seen) -> Touches:
    """Collect the touches of a journal once."""
    return touches_of(seen)


def usual_sign(seen: Seen, touches: Touches) -> NDArray[np.int64]:
    """Return the sign of the balance that each item's account usually has, which what opens it has too."""
    sides = [seen.journal.chart.accounts[account].normal_side for _, account, _, _ in touches.items]
    return np.array([1 if side == "debit" else -1 for side in sides])


def test_lines_of_control_accounts_name_their_items(seen: Seen) -> None:
    """All lines of control accounts carry an item, and no other line does."""
    control = [at for at, account in enumerate(seen.journal.chart.accounts) if account.control]

    assert np.array_equal(np.isin(seen.block.account, control), seen.block.assignment_kind >= 0)


def test_items_are_opened_once_before_they_are_cleared(seen: Seen) -> None:
    """The first touch of an item opens it, unless it is older than the data set; no other adds to it."""
    touches = touched(seen)
    opens = np.sign(touches.local) == usual_sign(seen, touches)[touches.item]
    is_first = np.zeros(len(touches.item), dtype=bool)
    is_first[touches.first] = touches.opened == 0

    assert np.array_equal(is_first, opens)


def test_items_are_never_cleared_by_more_than_is_open(seen: Seen) -> None:
    """After every touch something of the item is left, on its side, or exactly nothing."""
    touches = touched(seen)
    left = touches.left()

    assert {0, 1} >= set((np.sign(left) * usual_sign(seen, touches)[touches.item]).tolist())


def test_what_is_not_cleared_is_listed_as_open(seen: Seen) -> None:
    """At the end each item is settled to the cent, or listed with what is left of it."""
    touches = touched(seen)
    left = dict(zip(touches.items, touches.left()[touches.last()].tolist(), strict=True))
    left = open_at(seen, 0) | left

    assert {key: amount for key, amount in left.items() if amount} == open_at(seen, seen.journal.total)


def test_an_item_has_one_partner_and_one_currency_to_be_paid_in(seen: Seen) -> None:
    """Whoever pays is who owes."""
    touches = touched(seen)
    first = touches.partner[touches.first][touches.item]

    assert np.array_equal(first, touches.partner)


def test_payments_clear_what_they_say(seen: Seen) -> None:
    """Every payment of invoices clears an item, wholly or in part, and opens none."""
    touches = touched(seen)
    paying = np.isin(seen.types, PAYMENTS) & ~seen.taken_back
    clears = np.sign(touches.local) != usual_sign(seen, touches)[touches.item]

    assert set(np.flatnonzero(paying).tolist()) <= set(touches.entry[clears].tolist())
    assert not paying[touches.entry[~clears]].any()


def test_a_payment_s_partner_is_that_of_its_invoices(seen: Seen) -> None:
    """Lines with a partner in one entry all have the same one."""
    has = np.flatnonzero(seen.block.partner >= 0)
    pairs = set(zip(seen.entry[has].tolist(), seen.block.partner[has].tolist(), strict=True))

    assert len(pairs) == len({entry for entry, _ in pairs})


@pytest.mark.parametrize("pool", WITHOUT_ITEMS)
def test_payables_without_items_are_paid_as_they_were_posted(seen: Seen, pool: str) -> None:
    """What a payroll, a loan or an assessment owes is paid to the cent, under the same reference."""
    block = seen.block
    line = np.flatnonzero(seen.on(pool) & ~seen.taken_back[seen.entry])
    entry = seen.entry[line]
    columns = (block.company[entry], block.reference_kind[entry], block.reference_number[entry])
    keys = np.stack([column.astype(np.int64) for column in columns], axis=1)
    _, item = np.unique(keys, axis=0, return_inverse=True)
    owed, paid = np.zeros(len(line) + 1, dtype=np.int64), np.zeros(len(line) + 1, dtype=np.int64)
    np.add.at(owed, item, block.credit[line])
    np.add.at(paid, item, block.debit[line])
    both = (owed > 0) & (paid > 0)

    assert owed[both].tolist() == paid[both].tolist()
    assert both.sum() >= 3 or block.entries < 10_000


MANNERS = {
    ("DZ", "Incoming payment"): (1, 2),
    ("DZ", "Partial payment received"): (1, 3),
    ("DZ", "Remaining payment received"): (1, 3),
    ("DZ", "Incoming payment for several invoices"): (3, 2),
    ("DZ", "Incoming payment after credit note"): (1, 3),
    ("DZ", "Incoming payment for services"): (1, 2),
    ("DZ", "Incoming payment from abroad"): (1, 2),
    ("KZ", "Vendor payment"): (1, 2),
    ("KZ", "Partial vendor payment"): (1, 3),
    ("KZ", "Remaining vendor payment"): (1, 3),
    ("KZ", "Payment run, several invoices"): (3, 2),
    ("KZ", "Vendor payment after credit memo"): (1, 3),
    ("KZ", "Payment to a vendor abroad"): (1, 2),
    ("ZA", "Payment for a fixed asset"): (1, 2),
    ("ZR", "Payment of an expense claim"): (1, 2),
    ("ZC", "Intercompany settlement paid"): (1, 2),
    ("ZC", "Intercompany settlement received"): (1, 2),
}
"""Items that a payment names, and documents that it takes to open and settle one of them."""


def settled(touches: Touches) -> NDArray[np.bool_]:
    """Tell which touches are those of items whose whole life is in the journal."""
    whole = (touches.left()[touches.last()] == 0) & (touches.opened == 0)
    found: NDArray[np.bool_] = whole[touches.item]
    return found


@pytest.mark.parametrize("manner", MANNERS, ids="-".join)
def test_every_manner_of_paying_clears_its_items(manner: tuple[str, str]) -> None:
    """A payment of each manner names so many items, which are settled by so many documents."""
    seen = case(RICH if manner[0] == "ZC" else "a year")
    items, documents = MANNERS[manner]
    touches = touched(seen)
    mine = np.isin(touches.entry, entries_of(seen, *manner))
    named = np.unique(touches.entry[mine], return_counts=True)[1]
    needed = np.bincount(touches.item)[touches.item[mine & settled(touches)]]

    assert {items} == set(named.tolist())
    assert len(needed) >= 10
    assert {documents} == set(needed.tolist())


def entries_of(seen: Seen, document_type: str, text: str) -> NDArray[np.int64]:
    """Return the entries of a type and header text, wrong ones aside."""
    mine = (seen.types == document_type) & (seen.header_texts == text)
    return np.flatnonzero(mine & ~seen.taken_back)


@pytest.mark.parametrize(
    ("payment", "pool", "most"),
    [
        ("DZ", "discount_given", 0.03 * 8 / 7),
        ("DZ", "payment_difference", 0.02 * 2),
        ("KZ", "discount_taken", 0.03 * 8 / 7),
    ],
)
def test_discounts_and_short_payments_settle_the_whole_item(payment: str, pool: str, most: float) -> None:
    """What is paid less than the invoice is posted beside the bank, so that nothing of the item is left."""
    seen = case("a year")
    touches = touched(seen)
    less = seen.on(pool)
    entries = np.flatnonzero(seen.having(less) & (seen.types == payment))
    mine = np.isin(touches.entry, entries)
    shares = [
        abs(int(seen.block.local_amount[less & (seen.entry == entry)].sum())) / seen.totals[entry]
        for entry in entries[:40].tolist()
    ]

    assert len(entries) >= 5
    # Amounts vary by up to a half, or an eighth where a discount is; what is taken off them does not.
    assert 0 < min(shares) < max(shares) <= most
    assert {0} == set(touches.left()[mine].tolist())


def test_settlements_of_foreign_invoices_post_the_exchange_difference(seen: Seen) -> None:
    """The bank moves what the day's rate makes of the invoice, the item what it was booked at."""
    touches, plan = touched(seen), seen.journal._plan
    exchange = seen.on("exchange_gain", "exchange_loss")
    paying = np.isin(seen.types, ["DZ", "KZ", "ZC"]) & ~seen.taken_back
    opener = touches.entry[touches.first][touches.item]
    for at in np.flatnonzero(settled(touches) & paying[touches.entry]).tolist():
        entry, invoice = int(touches.entry[at]), int(opener[at])
        if seen.block.currency[invoice] == seen.words.company_currencies[seen.block.company[invoice]]:
            continue
        lines = slice(int(seen.block.first_line[entry]), int(seen.block.first_line[entry + 1]))
        local, bank = seen.block.local_amount[lines], seen.on("bank")[lines]
        currencies = [
            seen.words.currencies[code]
            for code in (
                int(seen.block.currency[invoice]),
                seen.words.company_currencies[seen.block.company[invoice]],
            )
        ]
        row = plan.rates.row(*currencies)
        day = int(seen.block.posting_day[entry]) - plan.schedule.horizon.first_day
        units = abs(int(touches.amount[touches.first[touches.item[at]]]))
        exact = units * int(plan.rates.rates[row, LEAD_DAYS + day])
        value = (exact + int(plan.rates.divisor[row]) // 2) // int(plan.rates.divisor[row])

        assert value == abs(int(local[bank].sum()))
        assert (value != abs(int(touches.local[at]))) == exchange[lines].any()
