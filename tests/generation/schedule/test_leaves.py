"""Leaves of the schedule."""

from __future__ import annotations

from itertools import groupby

import pytest

from datasynth.generation.closes.items import CLOSING_ITEMS
from datasynth.generation.schedule.leaves import Leaf, LeafKind, closing_types, make_leaves
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, Band
from tests.generation.configs import make_config

PER_COMPANY = (
    sum(len(kind.steps) for kind in (*CHAIN_KINDS, *SINGLE_KINDS))
    + len({item.document_type for item in CLOSING_ITEMS})
    + 2
)


@pytest.mark.parametrize("companies", [1, 3])
def test_every_company_has_every_leaf(companies: int) -> None:
    """Each step, each single document and each type of the closes, once a company."""
    leaves = make_leaves(make_config(companies=companies))

    assert companies * PER_COMPANY == len(leaves) == len(set(leaves))
    for company in range(companies):
        mine = [leaf for leaf in leaves if leaf.company == company]
        assert {
            (LeafKind.CHAIN, number, step)
            for number, kind in enumerate(CHAIN_KINDS)
            for step in range(len(kind.steps))
        } == {(leaf.kind, leaf.chain, leaf.step) for leaf in mine if leaf.kind is LeafKind.CHAIN}
        assert set(range(len(SINGLE_KINDS))) == {leaf.chain for leaf in mine if leaf.kind is LeafKind.SINGLE}
        assert set(closing_types()) == {leaf.document_type for leaf in mine if leaf.kind is LeafKind.CLOSE}


def test_groups_are_neighbours_in_the_order_of_the_day() -> None:
    """Leaves that share a document number lie together, band by band."""
    leaves = make_leaves(make_config(companies=3))
    groups = [group for group, _ in groupby(leaves, key=lambda leaf: leaf.group)]

    assert sorted(groups) == groups
    assert len(groups) == len(set(groups))
    assert len(groups) == len({(leaf.company, leaf.document_type) for leaf in leaves})


def test_leaves_know_their_chain() -> None:
    """A leaf of a step leads to its kind, whose step has the leaf's band and type."""
    for leaf in make_leaves(make_config()):
        if leaf.kind is not LeafKind.CLOSE:
            step = leaf.chain_kind.steps[leaf.step]
            assert (step.band, step.document_type) == (leaf.band, leaf.document_type)


def test_closes_have_no_chain() -> None:
    """Asking a leaf of closes for its chain is an error."""
    with pytest.raises(ValueError, match="no chain"):
        _ = Leaf(0, Band.CLOSE, "CL", LeafKind.CLOSE).chain_kind


def test_closing_types_have_the_band_of_their_items() -> None:
    """Closes are posted in the evening and after; what the next day brings comes before its work."""
    types = closing_types()

    assert {item.document_type: item.band for item in CLOSING_ITEMS}.items() <= types.items()
    assert (Band.NIGHT, Band.NIGHT, Band.CLOSE) == (types["SU"], types["CF"], types["CL"])
