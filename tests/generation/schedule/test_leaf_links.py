"""How leaves hang together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.generation.schedule.leaf_links import (
    currency_pairs,
    document_currency,
    leaf_rate,
    reversed_leaf,
    settled_window,
    step_leaf,
    trading_partner,
    valuation_of,
)
from datasynth.generation.schedule.leaves import Leaf, LeafKind
from datasynth.ledger.exchange import trading_currencies
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from tests.naive.headers import Headers


def leaves_of(ground: Ground, company: int, document_type: str) -> list[Leaf]:
    """Return a company's leaves of a document type."""
    return [
        leaf
        for leaf in ground.schedule.leaves
        if (leaf.company, leaf.document_type) == (company, document_type)
    ]


def test_currencies_and_valuations_are_those_of_the_plain_twin(ground: Ground, headers: Headers) -> None:
    """Every leaf's currency, valuation and row of the rate table."""
    for at, leaf in enumerate(ground.schedule.leaves):
        theirs, own = headers.valuer.currencies(at)
        row = -1 if theirs == own else ground.rates.pairs.index((theirs, own))

        assert theirs == document_currency(ground.config, leaf)
        assert headers.valuer.valuation(at) == valuation_of(ground.config, leaf)
        assert row == leaf_rate(ground.config, ground.rates, leaf)


def test_trade_abroad_is_in_the_company_s_foreign_currencies(ground: Ground) -> None:
    """Invoices to customers abroad are in one of the two currencies that the company deals in."""
    for company, settings in enumerate(ground.config.companies):
        found = {
            document_currency(ground.config, leaf)
            for leaf in leaves_of(ground, company, "DR")
            if leaf.chain_kind.abroad >= 0
        }
        assert set(trading_currencies(settings.currency)) == found


@pytest.mark.parametrize(
    ("buyer", "currency", "valuation"),
    [(1, "USD", Valuation.FOREIGN), (2, "EUR", Valuation.LOCAL), (0, "EUR", Valuation.FOREIGN)],
)
def test_affiliates_are_charged_in_the_seller_s_currency(
    ground: Ground, buyer: int, currency: str, valuation: Valuation
) -> None:
    """A buyer of another currency values the invoice, one of the same currency books it as it is."""
    (invoice,) = leaves_of(ground, buyer, "IV")

    assert currency == document_currency(ground.config, invoice)
    assert valuation == valuation_of(ground.config, invoice)


def test_pairs_are_all_that_differ_and_each_once(ground: Ground) -> None:
    """The rate table has a row for each pair of a document's and a company's currency."""
    pairs = currency_pairs(ground.config, ground.schedule.leaves)

    assert pairs == list(ground.rates.pairs)
    assert len(pairs) == len(set(pairs))
    assert all(theirs != own for theirs, own in pairs)
    assert {("EUR", "USD"), ("USD", "EUR")} <= set(pairs)


def test_each_side_of_a_pair_names_the_other(ground: Ground) -> None:
    """The seller's documents name the buyer, the buyer's the seller; all others name nobody."""
    for leaf in ground.schedule.leaves:
        other = trading_partner(ground.config, leaf)
        if leaf.kind is LeafKind.CHAIN and leaf.chain_kind.pair:
            buyer = (leaf.origin + 1) % 3
            assert (leaf.origin if leaf.company == buyer else buyer) == other != leaf.company
        else:
            assert -1 == other


def test_steps_lead_to_the_leaves_of_their_chain(ground: Ground) -> None:
    """Any step's leaf is found from any other, in the books in which it is posted."""
    for leaf in ground.schedule.leaves:
        if leaf.kind is LeafKind.CHAIN:
            for step in range(len(leaf.chain_kind.steps)):
                other = ground.schedule.leaves[step_leaf(ground.schedule, leaf, step)]
                assert (leaf.kind, leaf.origin, leaf.chain, step) == (
                    other.kind,
                    other.origin,
                    other.chain,
                    other.step,
                )


def test_settlements_know_when_their_original_was_posted(ground: Ground, headers: Headers) -> None:
    """The lag table of the foreign step in the same books, and -1 for all that settles nothing."""
    for at, leaf in enumerate(ground.schedule.leaves):
        window = settled_window(ground.schedule, leaf)
        if leaf.kind is LeafKind.CHAIN and leaf.posted.currency is Valuation.SETTLES:
            assert ground.schedule.leaf_window[headers.valuer.original(at)] == window
        else:
            assert -1 == window


def test_reversals_know_their_original(ground: Ground) -> None:
    """The leaf of the step that is taken back, and -1 for all that takes nothing back."""
    found = 0
    for leaf in ground.schedule.leaves:
        original = reversed_leaf(ground.schedule, leaf)
        if leaf.document_type == "AB":
            step = ground.schedule.leaves[original].posted
            assert (step.debit, step.credit) == (leaf.posted.credit, leaf.posted.debit)
            found += 1
        else:
            assert -1 == original
    assert 3 * 4 == found
