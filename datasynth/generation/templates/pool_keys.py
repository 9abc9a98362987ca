"""What template pools depend on: records by which builds find the ones that they have in common.

A template pool is made *from* its record, so it cannot depend on what the record does
not say; two of equal records are equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from datasynth.generation.templates.pool import TemplatePoolDraft

if TYPE_CHECKING:
    from datasynth.config.model import Config, DocumentFlows, Intercompany, Tax, TransactionAmounts
    from datasynth.generation.templates.amounts import Terms
    from datasynth.generation.templates.pool import TemplatePool
    from datasynth.ledger.processes import CaseKind


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
    """All that the amounts of a template pool depend on.

    Attributes
    ----------
    kind, terms, seed, account combinations, regime, shaped
        See `TemplatePoolDraft`; of the configuration, `terms` know no more than `sections_of` series.
    """

    kind: CaseKind
    terms: Terms
    seed: int
    templates: int
    regime: tuple[int | str, ...]
    shaped: int

    def draft(self) -> TemplatePoolDraft:
        """Draw the amounts."""
        return TemplatePoolDraft(self.kind, self.terms, self.seed, self.templates, self.regime, self.shaped)

    def size_of(self, draft: TemplatePoolDraft) -> int:
        """Tell what the amounts take. [bytes]"""
        return draft.nbytes


@dataclass(frozen=True, slots=True)
class LaidKey:
    """All that the rows of a template pool depend on.

    Attributes
    ----------
    drawn
        Its amounts.
    complexity
        Of the chart of accounts.
    table, chances
        Shapes of the stream and how often each group has which, as bytes; see `deal_line_counts`.
    """

    drawn: DrawnKey
    complexity: str
    table: bytes
    chances: bytes

    def size_of(self, template_pool: TemplatePool) -> int:
        """Tell what the rows and the key take. [bytes]"""
        return template_pool.nbytes + len(self.table) + len(self.chances)
