"""Closing entries, and their rows of lines for the kernels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.document_lines import CLOSING_ROW
from datasynth.generation.templates.document_lines import DocumentLines
from datasynth.ledger.closes import Basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.closes.company_figures import CompanyFigures
    from datasynth.generation.profiles.document_profiles import DocumentProfiles
    from datasynth.kernel import Records
    from datasynth.ledger.closes import ClosingItem

Line = tuple[int, int]
"""Index of an account and a signed amount, debit positive. [minor units]"""


class ClosingEntry(NamedTuple):
    """One entry of a close.

    Attributes
    ----------
    document_type, source
        As in the header; those of a reversal differ from its item's.
    day
        [days from the start]
    accounts, amounts
        Index of the account and signed amount of each line, debit positive; the
        amounts sum to 0. [minor units]
    reverses
        Place, in the same list, of the entry that it reverses, or -1.
    """

    item: ClosingItem
    company: int
    document_type: str
    source: str
    day: int
    accounts: tuple[int, ...]
    amounts: tuple[int, ...]
    reverses: int = -1

    @property
    def lines(self) -> tuple[Line, ...]:
        """Account and amount of each line."""
        return tuple(zip(self.accounts, self.amounts, strict=True))


@dataclass(frozen=True, slots=True)
class ClosingRows:
    """Closing entries as kernels copy them, a row each; see `CLOSING_ROW` for the records."""

    lines: DocumentLines
    records: Records


def make_closing_rows(
    entries: Sequence[ClosingEntry],
    reverses: Sequence[int],
    profiles: DocumentProfiles,
    figures: Sequence[CompanyFigures],
    *,
    triggered: bool,
) -> ClosingRows:
    """Make the rows of some entries, in their order.

    `reverses` is the `identity` of the entry that each reverses, or -1.
    """
    records: Records = np.empty(len(entries), dtype=CLOSING_ROW).view(np.recarray)
    records.reverses = reverses
    records.profile = [
        profiles.of_item[entry.item.name, entry.source == "reversal", triggered] for entry in entries
    ]
    records.trading_partner = [_trading(entry, figures) for entry in entries]
    return ClosingRows(_lines(entries), records)


def _lines(entries: Sequence[ClosingEntry]) -> DocumentLines:
    """Return the entries' lines, debits first."""
    lengths = np.array([len(entry.accounts) for entry in entries], dtype=np.int64)
    offsets = np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64)
    count = int(offsets[-1])
    account, amount = (
        np.fromiter(chain.from_iterable(values), dtype=np.int64, count=count)
        for values in ((entry.accounts for entry in entries), (entry.amounts for entry in entries))
    )
    row = np.repeat(np.arange(len(entries)), lengths)
    order = np.argsort(2 * row + (amount < 0), kind="stable")
    return DocumentLines(
        offsets,
        np.bincount(row, amount > 0, len(entries)).astype(np.int32),
        account[order].astype(np.int16),
        np.zeros(count, dtype=np.int16),
        np.abs(amount[order]),
        np.zeros(count, dtype=np.int32),
        np.ones(count, dtype=np.int32),
        np.zeros(count, dtype=np.int16),
    )


def _trading(entry: ClosingEntry, figures: Sequence[CompanyFigures]) -> int:
    """Return the company on the other side, or -1."""
    if entry.item.basis is not Basis.INTERCOMPANY:
        return -1
    if entry.item.receives:
        return figures[entry.company].charger
    return next(other.company for other in figures if other.charger == entry.company)
