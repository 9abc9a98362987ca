"""Leaves: the smallest runs of like documents that the schedule counts.

A leaf is one step of one company's chains, one kind of its single documents, or
one document type of its closes.  What a document number counts over, company
and type, is a group of leaves, never a draw; so numbers come from counts and
have no gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from datasynth.ledger.closes import CARRY_FORWARD, CLOSING_ITEMS, REVERSAL_TYPE
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS, Band, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.config.model import Config
    from datasynth.ledger.processes import ChainKind


class LeafKind(IntEnum):
    """Where a leaf's documents come from."""

    CHAIN = 0
    SINGLE = 1
    CLOSE = 2


@dataclass(frozen=True, slots=True)
class Leaf:
    """One run of like documents.

    Attributes
    ----------
    company
        Index of the company whose books they are in.
    band
        Part of the day.
    document_type
        As printed.
    kind
        Where its documents come from.
    origin
        Index of the company whose chains they belong to.
    chain
        Index in `CHAIN_KINDS` or `SINGLE_KINDS`; -1 for closes.
    step
        Index of the chain's step; 0 for others.
    """

    company: int
    band: Band
    document_type: str
    kind: LeafKind
    origin: int
    chain: int = -1
    step: int = 0

    @property
    def chain_kind(self) -> ChainKind:
        """The kind of chain that the documents belong to.

        Raises
        ------
        ValueError
            Closes have no chains.
        """
        if self.kind is LeafKind.CLOSE:
            message = "documents of a close belong to no chain"
            raise ValueError(message)
        return (CHAIN_KINDS if self.kind is LeafKind.CHAIN else SINGLE_KINDS)[self.chain]

    @property
    def posted(self) -> Step:
        """The step that posts the documents; see `chain_kind`."""
        return self.chain_kind.steps[self.step]

    @property
    def group(self) -> tuple[Band, int, str]:
        """What of the leaf's document numbers stands together in a day, in the order of the day."""
        return (self.band, self.company, self.document_type)


def closing_types() -> dict[str, Band]:
    """Return the document types of calendar closes and their bands."""
    types = {item.document_type: item.band for item in CLOSING_ITEMS}
    return types | {REVERSAL_TYPE: Band.NIGHT, CARRY_FORWARD.document_type: Band.NIGHT}


def trading_ring(config: Config) -> dict[int, int]:
    """Return the company that each company sells to: the next one with any entries, in a ring."""
    trading = [index for index, company in enumerate(config.companies) if company.volume_weight > 0]
    if len(trading) < 2:  # noqa: PLR2004 - nobody deals with itself
        return {}
    return {seller: trading[(place + 1) % len(trading)] for place, seller in enumerate(trading)}


def make_leaves(config: Config) -> tuple[Leaf, ...]:
    """Return all leaves of a configuration, in the order of their groups."""
    found: list[Leaf] = []
    ring = trading_ring(config)
    for company in range(len(config.companies)):
        found.extend(_of_chains(company, ring.get(company, -1)))
        found.extend(
            Leaf(company, band, document_type, LeafKind.CLOSE, company)
            for document_type, band in closing_types().items()
        )
    return tuple(sorted(found, key=lambda leaf: (leaf.group, leaf.kind, leaf.origin, leaf.chain, leaf.step)))


def _of_chains(company: int, buyer: int) -> Iterator[Leaf]:
    for kind, chains in ((LeafKind.CHAIN, CHAIN_KINDS), (LeafKind.SINGLE, SINGLE_KINDS)):
        for number, chain in enumerate(chains):
            if chain.pair and buyer < 0:
                continue
            for place, step in enumerate(chain.steps):
                books = buyer if step.of_buyer else company
                yield Leaf(books, step.band, step.document_type, kind, company, number, place)
