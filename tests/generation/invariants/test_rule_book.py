"""Every type of document keeps to the accounts that the rule book allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.rules import allowed_pools, document_types
from tests.generation.cases import case

if TYPE_CHECKING:
    from tests.generation.seen import Seen


def test_no_document_posts_where_its_type_may_not(seen: Seen) -> None:
    """On each side, the accounts are members of the pools that the type's row names."""
    chart = seen.journal.chart
    type_of_line, credited = seen.types[seen.entry], seen.block.credit > 0
    for document_type in set(seen.types.tolist()):
        for pools, side in zip(allowed_pools(document_type), (~credited, credited), strict=True):
            allowed = {account for pool in pools for account in chart.pools[pool]}
            used = set(seen.block.account[side & (type_of_line == document_type)].tolist())
            assert used <= allowed, document_type


def test_types_are_those_of_the_rule_book() -> None:
    """All types of a journal are known, and a year of several companies has nearly all of them."""
    seen = case("triggered")
    found = set(seen.types.tolist())

    assert found <= set(document_types())
    assert set(document_types()) - found <= {"IE"}
    assert len(set(case("a year").types.tolist())) >= 30


def test_every_line_has_one_side(seen: Seen) -> None:
    """Debit or credit, above zero, in both currencies; at least one of each in an entry."""
    block = seen.block
    debit = np.add.reduceat((block.debit > 0).astype(int), block.first_line[:-1])

    assert ((block.debit > 0) ^ (block.credit > 0)).all()
    assert (np.minimum(block.debit, block.credit) == 0).all()
    assert np.array_equal(np.sign(block.local_amount), np.where(block.debit > 0, 1, -1))
    assert (debit > 0).all()
    assert (debit < seen.lines).all()


def test_entries_balance_in_both_currencies(seen: Seen) -> None:
    """Debits equal credits to the minor unit."""
    block = seen.block

    assert not np.add.reduceat(block.debit - block.credit, block.first_line[:-1]).any()
    assert not np.add.reduceat(block.local_amount, block.first_line[:-1]).any()


def test_local_amounts_are_those_of_the_rate(seen: Seen) -> None:
    """At parity both currencies are one; else an entry's sum is what the rate makes of it, within a cent."""
    block = seen.block
    own = np.array(seen.words.company_currencies)[block.company]
    foreign = block.currency != own
    at_parity = ~foreign[seen.entry]
    decimals = np.array(seen.words.currency_decimals, dtype=np.float64)
    local = np.add.reduceat(np.maximum(block.local_amount, 0), block.first_line[:-1])
    exact = (
        seen.totals
        * (block.exchange_rate / 10.0**block.rate_places)
        * 10.0 ** (decimals[own] - decimals[block.currency])
    )

    assert np.array_equal((block.debit - block.credit)[at_parity], block.local_amount[at_parity])
    assert {1_000_000} == set(block.exchange_rate[~foreign].tolist())
    assert np.abs(local - exact)[foreign].max(initial=0) <= 0.51


def test_a_day_has_one_rate_for_two_currencies(seen: Seen) -> None:
    """Whatever is posted on a day in a currency is valued alike, and the rate moves from day to day.

    Reversals have the rate of what they take back; see `test_reversals`.
    """
    block = seen.block
    own = np.array(seen.words.company_currencies)[block.company]
    foreign = np.flatnonzero((block.currency != own) & (seen.sources != "reversal"))
    rates: dict[tuple[int, int, int], set[int]] = {}
    for entry in foreign.tolist():
        key = (int(block.posting_day[entry]), int(block.currency[entry]), int(own[entry]))
        rates.setdefault(key, set()).add(int(block.exchange_rate[entry]))

    assert {1} >= {len(found) for found in rates.values()}
    assert len(rates) < 50 or len(set.union(*rates.values())) > 20
