"""Leaves of the schedule."""

from __future__ import annotations

from itertools import groupby

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.schedule.leaves import (
    Leaf,
    LeafKind,
    closing_types,
    make_leaves,
    trading_ring,
)
from datasynth.ledger.closes import CLOSING_ITEMS
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, Band
from tests.generation.configs import COMPANIES, make_config


@pytest.mark.parametrize("companies", [1, 3])
def test_every_company_has_every_leaf(companies: int) -> None:
    """Each step, each single document and each type of the closes, once a company; pairs need two."""
    leaves = make_leaves(make_config(companies=companies))
    chains = [(number, kind) for number, kind in enumerate(CHAIN_KINDS) if companies > 1 or not kind.pair]
    steps = {(LeafKind.CHAIN, number, step) for number, kind in chains for step in range(len(kind.steps))}
    singles = {(LeafKind.SINGLE, number, 0) for number in range(len(SINGLE_KINDS))}

    assert len(leaves) == len(set(leaves))
    for company in range(companies):
        mine = {(leaf.kind, leaf.chain, leaf.step) for leaf in leaves if leaf.origin == company}
        closing = [leaf for leaf in leaves if leaf.kind is LeafKind.CLOSE and leaf.company == company]
        assert steps | singles | {(LeafKind.CLOSE, -1, 0)} == mine
        assert sorted(closing_types()) == sorted(leaf.document_type for leaf in closing)


def test_buyers_post_their_part_of_a_pair() -> None:
    """Steps of the buyer stand in the next company's books, all others in those of the chain's own."""
    config = make_config(companies=3)
    elsewhere = 0
    for leaf in make_leaves(config):
        of_buyer = leaf.kind is LeafKind.CHAIN and leaf.posted.of_buyer
        assert leaf.company == (trading_ring(config)[leaf.origin] if of_buyer else leaf.origin)
        elsewhere += of_buyer
    assert 3 * 2 == elsewhere


def test_companies_sell_to_the_next_one_that_has_entries() -> None:
    """The ring leaves companies without volume out; one company alone deals with nobody."""
    companies = [
        {**company, "volume_weight": weight}
        for company, weight in zip(COMPANIES[:4], (1.0, 0.0, 2.0, 1.0), strict=True)
    ]
    config = config_from_mapping({"companies": companies})

    assert {0: 2, 2: 3, 3: 0} == trading_ring(config)
    assert {} == trading_ring(make_config(companies=1))


def test_groups_are_neighbours_in_the_order_of_the_day() -> None:
    """Leaves of one company, type and band lie together, band by band."""
    leaves = make_leaves(make_config(companies=3))
    groups = [group for group, _ in groupby(leaves, key=lambda leaf: leaf.group)]

    assert sorted(groups) == groups
    assert len(groups) == len(set(groups))
    assert {leaf.group for leaf in leaves} == {
        (leaf.band, leaf.company, leaf.document_type) for leaf in leaves
    }


def test_leaves_know_their_chain() -> None:
    """A leaf of a step leads to its kind, whose step has the leaf's band and type."""
    for leaf in make_leaves(make_config()):
        if leaf.kind is not LeafKind.CLOSE:
            assert leaf.chain_kind.steps[leaf.step] is leaf.posted
            assert (leaf.posted.band, leaf.posted.document_type) == (leaf.band, leaf.document_type)


def test_closes_have_no_chain() -> None:
    """Asking a leaf of closes for its chain or its step is an error."""
    closing = Leaf(0, Band.CLOSE, "CL", LeafKind.CLOSE, 0)
    with pytest.raises(ValueError, match="no chain"):
        _ = closing.chain_kind
    with pytest.raises(ValueError, match="no chain"):
        _ = closing.posted


def test_closing_types_have_the_band_of_their_items() -> None:
    """Closes are posted in the evening and after; what the next day brings comes before its work."""
    types = closing_types()

    assert {item.document_type: item.band for item in CLOSING_ITEMS}.items() <= types.items()
    assert (Band.NIGHT, Band.NIGHT, Band.CLOSE) == (types["SU"], types["CF"], types["CL"])
