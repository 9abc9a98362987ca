"""Decks of transactions."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.generation.decks import Deck, build_deck, deck_size, zipf_choice
from datasynth.generation.draws import draws, make_key
from datasynth.ledger.chart import standard_chart
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, ChainKind

KINDS = (*CHAIN_KINDS, *SINGLE_KINDS)


def deck_of(kind: ChainKind, decimals: int = 2, name: str = "retail") -> Deck:
    """Build a small deck."""
    return build_deck(kind, industry(name), standard_chart(), 11, 1_024, decimals, 100)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("decimals", [0, 2, 3])
def test_every_card_balances(kind: ChainKind, decimals: int) -> None:
    """Debits equal credits on every row, every line is above zero, both sides have one."""
    for rows in deck_of(kind, decimals).steps:
        for row in range(len(rows.debits)):
            amounts = rows.amount[rows.offsets[row] : rows.offsets[row + 1]].tolist()
            debits = int(rows.debits[row])

            assert sum(amounts[:debits]) == sum(amounts[debits:])
            assert min(amounts) > 0
            assert 1 <= debits < len(amounts)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_lines_use_the_accounts_of_their_postings(kind: ChainKind) -> None:
    """Each line's account is of the pool that its posting names."""
    chart = standard_chart()
    for step, rows in zip(kind.steps, deck_of(kind).steps, strict=True):
        postings = (*step.debit, *step.credit)
        for account, posting in zip(rows.account.tolist(), rows.posting.tolist(), strict=True):
            assert account in chart.pools[postings[posting].pool]


@pytest.mark.parametrize("kind", CHAIN_KINDS, ids=lambda kind: kind.name)
def test_control_accounts_are_cleared_to_the_cent(kind: ChainKind) -> None:
    """What the chain posts to an account that a partner owes or is owed on, it clears."""
    chart = standard_chart()
    cleared = {"receivables", "payables", "grir", "net_pay_payable", "wage_tax_payable"}
    watched = {index for pool in cleared for index in chart.pools[pool]}
    deck = deck_of(kind)
    for card in range(deck.cards):
        open_amounts: dict[int, int] = {}
        for rows in deck.steps:
            begin, end = int(rows.offsets[card]), int(rows.offsets[card + 1])
            for place, line in enumerate(range(begin, end)):
                sign = 1 if place < rows.debits[card] else -1
                account = int(rows.account[line])
                moved = sign * int(rows.amount[line])
                open_amounts[account] = open_amounts.get(account, 0) + moved

        assert {open_amounts[account] for account in watched & set(open_amounts)} <= {0}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_pairs_share_their_first_accounts_and_shifts(kind: ChainKind) -> None:
    """Plus and minus of a pair's shift fall on the same accounts, and never empty a line."""
    deck = deck_of(kind)
    for step, rows in zip(kind.steps, deck.steps, strict=True):
        firsts = rows.offsets[:-1]
        for first in (firsts, firsts + rows.debits):
            assert np.array_equal(rows.account[first][0::2], rows.account[first][1::2])
            if step.varies:
                assert (deck.shift < rows.amount[first]).all()
    assert np.array_equal(deck.shift[0::2], deck.shift[1::2])


def test_amounts_follow_the_industry() -> None:
    """The logarithms of sales have the mean and deviation of the industry's profile."""
    kind = CHAIN_KINDS[0]
    profile = industry("retail").profiles[kind.name]
    logs = np.log(deck_of(kind).gross / 100)

    assert logs.mean() == pytest.approx(profile.mean, abs=0.02)
    assert logs.std() == pytest.approx(profile.deviation, abs=0.05)


def test_decks_grow_with_the_chains_within_bounds() -> None:
    """Few chains get the smallest deck, many the largest, and sizes are powers of two."""
    sizes = [deck_size(chains) for chains in (0, 1, 1_000, 5_000, 10**9)]

    assert sizes == [1_024, 1_024, 1_024, 8_192, 16_384]


def test_zipf_weights_fall_with_the_rank() -> None:
    """The k-th of n things is chosen in proportion to k to the minus exponent."""
    count = 200_000
    chosen = np.bincount(zipf_choice(5, draws(make_key(3), np.arange(count), 0), 1.0))
    harmonic = sum(1 / rank for rank in range(1, 6))

    for rank, seen in enumerate(chosen, start=1):
        assert seen / count == pytest.approx(1 / rank / harmonic, abs=0.005)
