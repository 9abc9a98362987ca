"""What kernels want to know of leaves."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.ground import on_demand_leaf
from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.leaf_columns import LeafColumns
from datasynth.generation.schedule.leaf_links import reversed_leaf, settled_window, trading_partner
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.closes import ON_DEMAND_TYPES
from datasynth.ledger.processes import PARTNER_TYPES, Valuation
from tests.naive.headers import busiest_first, kind_number

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from tests.naive.headers import Headers


NONE_OF_CLOSES = ("chain", "style", "settled", "settled_window", "rate", "reverses", "trading", "pool")
"""Columns in which called-for closes have nothing."""


def test_every_column_has_every_leaf(ground: Ground) -> None:
    """The schedule's leaves, then those of called-for entries: four types for each company."""
    size = len(ground.schedule.leaves) + 3 * len(ON_DEMAND_TYPES)
    for field in fields(LeafColumns):
        if field.name != "partner_choice":
            assert size == len(getattr(ground.leaves, field.name))


def test_columns_of_chains_are_what_the_parts_say(ground: Ground, headers: Headers) -> None:
    """Kind, company, rows, keys, shifts and links, leaf by leaf."""
    columns, sheet, words = ground.leaves, ground.sheet, ground.vocabulary
    for at, leaf in enumerate(ground.schedule.leaves):
        assert (int(leaf.kind), leaf.company, leaf.origin, leaf.chain) == (
            columns.kind[at],
            columns.company[at],
            columns.origin[at],
            columns.chain[at],
        )
        assert ground.book.of_leaf(leaf) == columns.style[at]
        assert sheet.leaf_key[at] == columns.key[at]
        assert sheet.leaf_shift[at] == columns.shift[at]
        assert sheet.leaf_bits[at] == columns.bits[at]
        assert sheet.leaf_settled[at] == columns.settled[at]
        assert settled_window(ground.schedule, leaf) == columns.settled_window[at]
        assert reversed_leaf(ground.schedule, leaf) == columns.reverses[at]
        assert trading_partner(ground.config, leaf) == columns.trading[at]
        theirs, own = headers.valuer.currencies(at)
        foreign = headers.valuer.valuation(at) is Valuation.FOREIGN
        assert (theirs if foreign else own) == words.currencies[columns.currency[at]]
        if leaf.kind is not LeafKind.CLOSE:
            assert sheet.leaf_row[at] == columns.row[at]
            assert kind_number(leaf) == columns.number[at]


def test_closes_have_their_rows_after_the_cards(ground: Ground) -> None:
    """A close's entries copy rows of their own, each with its own style."""
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.CLOSE:
            assert ground.first_close + ground.closes.leaf_first[at] == ground.leaves.row[at]
            assert ABSENT == ground.leaves.style[at]


def test_customers_pay_the_company_and_the_company_pays_vendors(ground: Ground) -> None:
    """A settlement receives if what it clears is a claim."""
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.CHAIN and leaf.posted.currency is Valuation.SETTLES:
            assert (leaf.document_type == "DZ") == bool(ground.leaves.receives[at])


def test_called_for_leaves_are_closes_of_their_company(ground: Ground) -> None:
    """In the company's currency, without chains, partners or rates, with draws of their own."""
    columns = ground.leaves
    for company, settings in enumerate(ground.config.companies):
        for document_type in ON_DEMAND_TYPES:
            at = on_demand_leaf(ground.schedule, company, document_type)
            assert (LeafKind.CLOSE, company, company) == (
                columns.kind[at],
                columns.company[at],
                columns.origin[at],
            )
            assert settings.currency == ground.vocabulary.currencies[columns.currency[at]]
            for name in (
                "chain",
                "style",
                "settled",
                "settled_window",
                "rate",
                "reverses",
                "trading",
                "pool",
            ):
                assert -1 == getattr(columns, name)[at]
            assert Valuation.LOCAL == columns.valuation[at]
    spare = columns.key[len(ground.schedule.leaves) :]
    assert len(spare) == len(set(spare.tolist()) - set(ground.sheet.leaf_key.tolist()))


def test_partners_are_those_at_home_but_for_trade_abroad(ground: Ground) -> None:
    """First partner and number of partners of each leaf: all of one company, kind and currency."""
    columns = ground.leaves
    parties = [ground.partners.party(code) for code in range(len(ground.partners))]
    seen = set()
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.CLOSE or not leaf.chain_kind.partner:
            assert (-1, -1) == (columns.pool[at], columns.partner[at])
            continue
        first = int(columns.partner[at])
        most = int(columns.partner_choice[columns.pool[at]].max())
        company = ground.config.companies[leaf.company]
        among = parties[first : first + most + 1]
        assert {(leaf.chain_kind.partner, company.code)} == {
            (party.partner_type, party.company_code) for party in among
        }
        assert 1 == len({party.currency for party in among})
        assert (leaf.chain_kind.abroad < 0) == (among[0].currency == company.currency)
        seen.add(leaf.chain_kind.partner)
    assert set(PARTNER_TYPES) == seen


def test_busy_partners_stand_often_in_the_table_of_choices(ground: Ground) -> None:
    """Every place of every table has the partner that the plain twin chooses; the first is the busiest."""
    for choices in ground.leaves.partner_choice:
        size = int(choices.max()) + 1
        for place in range(0, 1 << CHOICE_BITS, 257):
            assert busiest_first(size, place << (64 - CHOICE_BITS)) == choices[place]
        counts = np.bincount(choices)
        assert counts[0] == counts.max()
        assert counts.min() >= 0
