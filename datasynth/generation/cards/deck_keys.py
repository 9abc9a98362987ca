"""What decks depend on: records by which builds find the ones that they have in common.

A deck is made *from* its record, so it cannot depend on what the record does
not say; two of equal records are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from datasynth.generation.cards.decks import DeckDraft

if TYPE_CHECKING:
    from datasynth.config.model import Config, DocumentFlows, Intercompany, Tax, TransactionAmounts
    from datasynth.generation.cards.amounts import Terms
    from datasynth.generation.cards.decks import Deck
    from datasynth.ledger.processes import ChainKind


@dataclass(frozen=True, slots=True)
class _Transactions:
    amounts: TransactionAmounts


@dataclass(frozen=True, slots=True)
class _Sections:
    """The sections of a configuration that amounts depend on, under its names; it has no others."""

    transactions: _Transactions
    document_flows: DocumentFlows
    tax: Tax
    intercompany: Intercompany


def sections_of(config: Config) -> Config:
    """Return what amounts may read of a configuration; reading anything else of it is an error."""
    sections = _Sections(
        _Transactions(config.transactions.amounts), config.document_flows, config.tax, config.intercompany
    )
    return cast("Config", sections)


@dataclass(frozen=True, slots=True)
class DrawnKey:
    """All that the amounts of a deck depend on.

    Attributes
    ----------
    kind, terms, seed, cards, regime, shaped
        See `DeckDraft`; of the configuration, `terms` know no more than `sections_of` leaves.
    """

    kind: ChainKind
    terms: Terms
    seed: int
    cards: int
    regime: tuple[int | str, ...]
    shaped: int

    def draft(self) -> DeckDraft:
        """Draw the amounts."""
        return DeckDraft(self.kind, self.terms, self.seed, self.cards, self.regime, self.shaped)

    def size_of(self, draft: DeckDraft) -> int:
        """Tell what the amounts take. [bytes]"""
        return draft.nbytes


@dataclass(frozen=True, slots=True)
class LaidKey:
    """All that the rows of a deck depend on.

    Attributes
    ----------
    drawn
        Its amounts.
    complexity
        Of the chart of accounts.
    table, chances
        Shapes of the stream and how often each group has which, as bytes; see `deal_shapes`.
    """

    drawn: DrawnKey
    complexity: str
    table: bytes
    chances: bytes

    def size_of(self, deck: Deck) -> int:
        """Tell what the rows and the key take. [bytes]"""
        return deck.nbytes + len(self.table) + len(self.chances)
