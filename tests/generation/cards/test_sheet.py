"""The sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground


def test_every_row_of_the_sheet_balances(ground: Ground) -> None:
    """Debits and credits of every row have one sum, but for the differences of settlements, known later."""
    rows = ground.rows
    whole = np.add.reduceat(rows.amount, rows.offsets[:-1])
    placeholders = np.zeros(len(whole), dtype=np.bool_)
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is not LeafKind.CLOSE and leaf.posted.currency is Valuation.SETTLES:
            first, cards = int(ground.sheet.leaf_row[at]), CLASSES << int(ground.sheet.leaf_bits[at])
            placeholders[first + cards : first + 3 * cards] = True

    assert np.array_equal(2 * rows.totals()[0][~placeholders], whole[~placeholders])


def test_slots_lead_back_to_accounts_and_sides(ground: Ground) -> None:
    """For all cards of all steps, the slot of a line has its account and side."""
    sheet = ground.sheet
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.CLOSE:
            assert (0, 0, -1, 0) == (
                sheet.leaf_row[at],
                sheet.leaf_bits[at],
                sheet.leaf_settled[at],
                len(sheet.sides[at]),
            )
            continue
        first = int(sheet.leaf_row[at])
        cards = CLASSES << int(sheet.leaf_bits[at])
        lines = slice(int(sheet.rows.offsets[first]), int(sheet.rows.offsets[first + cards]))
        on_credit = sheet.rows.posting[lines] >= len(leaf.posted.debit)

        assert np.array_equal(2 * sheet.rows.account[lines] + on_credit, sheet.sides[at][sheet.slot[lines]])
        assert sheet.sides[at].tolist() == sorted(set(sheet.sides[at].tolist()))


def test_mean_amounts_are_those_of_the_cards(ground: Ground) -> None:
    """What a leaf's documents come to on average is the mean total of its step's rows."""
    sheet = ground.sheet
    totals, _ = sheet.rows.totals()
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is not LeafKind.CLOSE:
            first, cards = int(sheet.leaf_row[at]), CLASSES << int(sheet.leaf_bits[at])
            assert int(totals[first : first + cards].sum()) // cards == sheet.gross[at] > 0


def test_steps_of_a_chain_share_their_draws_and_companies_do_not(ground: Ground) -> None:
    """One key for all steps of a company's chains of a kind, another for every other company."""
    keys: dict[tuple[int, int, int, str], set[int]] = {}
    for at, leaf in enumerate(ground.schedule.leaves):
        closing = leaf.document_type if leaf.kind is LeafKind.CLOSE else ""
        chain = (leaf.origin, int(leaf.kind), leaf.chain, closing)
        keys.setdefault(chain, set()).add(int(ground.sheet.leaf_key[at]))

    assert {1} == {len(found) for found in keys.values()}
    assert len(keys) == len({min(found) for found in keys.values()})


def test_steps_of_a_chain_share_their_shifts(ground: Ground) -> None:
    """Whatever a chain's steps post, they vary alike, or a payment would not clear its invoice."""
    shifts: dict[tuple[int, int, int], set[int]] = {}
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is not LeafKind.CLOSE:
            chain = (leaf.origin, int(leaf.kind), leaf.chain)
            shifts.setdefault(chain, set()).add(int(ground.sheet.leaf_shift[at]))

    assert {1} == {len(found) for found in shifts.values()}


def test_settlements_know_the_rows_of_what_they_settle(ground: Ground) -> None:
    """The first row of the foreign step of the same deck, and -1 for all other leaves."""
    sheet, leaves = ground.sheet, ground.schedule.leaves
    for at, leaf in enumerate(leaves):
        if leaf.kind is LeafKind.CLOSE or leaf.posted.currency is not Valuation.SETTLES:
            assert -1 == sheet.leaf_settled[at]
            continue
        (foreign,) = (
            place
            for place, other in enumerate(leaves)
            if other.kind is leaf.kind
            and (other.origin, other.chain) == (leaf.origin, leaf.chain)
            and other.posted.currency is Valuation.FOREIGN
        )
        assert sheet.leaf_row[foreign] == sheet.leaf_settled[at]
