"""The sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.generation.schedule.plan import make_schedule
from datasynth.generation.sheet import Rows, join, make_sheet
from datasynth.ledger.chart import standard_chart
from tests.generation.configs import make_config

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground


def rows(*documents: tuple[int, tuple[int, ...]]) -> Rows:
    """Lay documents out: how many debits each has, and all of its amounts."""
    amounts = [amount for _, lines in documents for amount in lines]
    lengths = [len(lines) for _, lines in documents]
    return Rows(
        np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        np.array([debits for debits, _ in documents], dtype=np.int32),
        np.arange(len(amounts), dtype=np.int16),
        np.zeros(len(amounts), dtype=np.int16),
        np.array(amounts, dtype=np.int64),
    )


def test_totals_are_the_debits_of_each_row() -> None:
    """A row's total is what its debit lines sum to."""
    sheet = rows((1, (500, 500)), (2, (100, 23, 123)), (1, (9, 4, 5)))

    assert [500, 123, 9] == sheet.totals().tolist()


def test_joined_rows_follow_one_another() -> None:
    """Rows keep their lines, debits and order when they are laid behind others."""
    first, second = rows((1, (500, 500)), (2, (100, 23, 123))), rows((1, (9, 4, 5)))
    both = join([first, second])

    assert [0, 2, 5, 8] == both.offsets.tolist()
    assert [1, 2, 1] == both.debits.tolist()
    assert [*first.amount.tolist(), *second.amount.tolist()] == both.amount.tolist()
    assert [*first.account.tolist(), *second.account.tolist()] == both.account.tolist()


def test_every_row_of_the_sheet_balances(ground: Ground) -> None:
    """Debits and credits of every row, of cards and of closes, have one sum."""
    whole = np.add.reduceat(ground.rows.amount, ground.rows.offsets[:-1])

    assert np.array_equal(2 * ground.rows.totals(), whole)


def test_lines_know_their_place_among_the_accounts(ground: Ground) -> None:
    """Slots lead back to accounts, for all cards of all steps."""
    sheet = ground.sheet
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is not LeafKind.CLOSE:
            first = int(sheet.leaf_row[at])
            cards = CLASSES << int(sheet.leaf_bits[at])
            lines = slice(int(sheet.rows.offsets[first]), int(sheet.rows.offsets[first + cards]))

            assert np.array_equal(sheet.rows.account[lines], sheet.accounts[at][sheet.slot[lines]])
            assert sheet.gross[at] > 0
        else:
            assert (0, 0, 0) == (sheet.leaf_row[at], sheet.leaf_bits[at], len(sheet.accounts[at]))


def test_steps_of_a_chain_share_their_draws_and_companies_do_not(ground: Ground) -> None:
    """One key for all steps of a company's chains of a kind, another for every other company."""
    keys: dict[tuple[int, int, int, str], set[int]] = {}
    for at, leaf in enumerate(ground.schedule.leaves):
        closing = leaf.document_type if leaf.kind is LeafKind.CLOSE else ""
        chain = (leaf.company, int(leaf.kind), leaf.chain, closing)
        keys.setdefault(chain, set()).add(int(ground.sheet.leaf_key[at]))

    assert {1} == {len(found) for found in keys.values()}
    assert len(keys) == len({min(found) for found in keys.values()})


def test_a_step_that_does_not_vary_has_no_shifts(ground: Ground) -> None:
    """Remittances are posted as the card has them; all other documents of cards are shifted."""
    for at, leaf in enumerate(ground.schedule.leaves):
        varies = leaf.kind is not LeafKind.CLOSE and leaf.document_type != "ZV"

        assert varies == (ground.sheet.leaf_shift[at] >= 0)


@pytest.mark.parametrize(("companies", "decks"), [(3, 1), (5, 3)])
def test_decks_are_shared_by_currencies_of_like_decimals(companies: int, decks: int) -> None:
    """A kind has one deck for two, none and three decimals each, not one for every company."""
    config = make_config(500, months=1, companies=companies)
    schedule = make_schedule(config)
    sheet = make_sheet(config, schedule, standard_chart())
    rows_of_sales = {
        int(sheet.leaf_row[at]) for at, leaf in enumerate(schedule.leaves) if leaf.document_type == "BV"
    }

    assert decks == len(rows_of_sales)
