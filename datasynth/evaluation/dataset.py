"""A data set: entries, their lines, and the reference data beside them, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.columns import NO_PRINT

if TYPE_CHECKING:
    from datasynth.evaluation.columns import Entries, Lines
    from datasynth.evaluation.vocabulary import Vocabulary

    Ints = np.typing.NDArray[np.int64]
    Codes = np.typing.NDArray[np.int32]
    Prints = np.typing.NDArray[np.uint64]
    Truths = np.typing.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """What the chart says, by account code; the last row, where absent ones point, is an unknown account.

    Attributes
    ----------
    known, postable, control
        Truths.
    type
        Words: ``asset``, ``liability``, ``equity``, ``revenue``, ``expense`` or empty.
    """

    known: Truths
    postable: Truths
    control: Truths
    type: tuple[str, ...]

    def of_type(self, *types: str) -> Truths:
        """Tell which accounts are of some types."""
        return np.array([one in types for one in self.type], dtype=np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Parties:
    """Who there is, by partner code, a last row for absent ones; `type` is a code of partner_types."""

    known: Truths
    type: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Users:
    """Who enters and approves, by user code, a last row for absent ones.

    Attributes
    ----------
    known
        Whether the list of users has them.
    approval_limit
        `NO_LIMIT` where the list has none. [minor units of their company's currency]
    """

    known: Truths
    approval_limit: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Balances:
    """Balances at the end, a row an account of a company. [minor units of the company's currency]"""

    company: Codes
    account: Codes
    opening: Ints
    debit: Ints
    credit: Ints
    balance: Ints


@dataclass(frozen=True, slots=True, eq=False)
class OpenItems:
    """Items that are open at some position, a row an item.

    Attributes
    ----------
    company, account, partner
        Codes.
    reference
        Fingerprint of what lines carry as their assignment.
    local_amount
        Debit positive. [minor units of the company's currency]
    """

    company: Codes
    account: Codes
    partner: Codes
    reference: Prints
    local_amount: Ints


@dataclass(frozen=True, slots=True)
class Flaws:
    """What could be read but not represented.

    Attributes
    ----------
    missing
        How often a field that may not be absent is, by field.
    inexact
        Amounts that are no whole number of minor units.
    """

    missing: dict[str, int] = field(default_factory=dict)
    inexact: int = 0


@dataclass(frozen=True, eq=False)
class Dataset:
    """Everything that is judged.

    Attributes
    ----------
    entries, lines
        Columns.
    first_line : (n + 1,) int64
        Entry ``i`` has the lines ``first_line[i]`` up to ``first_line[i + 1]``.
    vocabulary
        The words behind the codes.
    accounts, parties, users, balances, open_at_start, open_at_end
        Reference data.
    flaws
        What the columns cannot show.
    """

    entries: Entries
    lines: Lines
    first_line: Ints
    vocabulary: Vocabulary
    accounts: Accounts
    parties: Parties
    users: Users
    balances: Balances
    open_at_start: OpenItems
    open_at_end: OpenItems
    flaws: Flaws

    @property
    def count(self) -> int:
        """Number of entries."""
        return self.entries.sequence.size

    @cached_property
    def line_counts(self) -> Ints:
        """Lines of each entry, of shape ``(n,)``."""
        return np.diff(self.first_line)

    @cached_property
    def entry(self) -> Codes:
        """The entry of each line, of shape ``(m,)``."""
        return np.repeat(np.arange(self.count, dtype=np.int32), self.line_counts)

    @cached_property
    def total(self) -> Ints:
        """Sum of each entry's debits. [minor units of its currency]"""
        return self.per_entry(self.lines.debit)

    @cached_property
    def local_total(self) -> Ints:
        """Sum of each entry's debits. [minor units of the company's currency]"""
        return self.per_entry(np.maximum(self.lines.local_amount, 0))

    @cached_property
    def line_company(self) -> Codes:
        """The company of each line, of shape ``(m,)``."""
        return self.entries.company_code[self.entry]

    @cached_property
    def original(self) -> Ints:
        """The entry that each entry reverses: its place, -1 for none, -2 for one that is not there."""
        found = np.full(self.count, -1, dtype=np.int64)
        reversing = np.flatnonzero(self.entries.reversal_of != NO_PRINT)
        order = np.argsort(self.entries.document_id, kind="stable")
        ids = self.entries.document_id[order]
        wanted = self.entries.reversal_of[reversing]
        place = np.searchsorted(ids, wanted)
        place[place == ids.size] = 0
        found[reversing] = np.where(ids[place] == wanted, order[place], -2) if ids.size else -2
        return found

    def per_entry(self, values: Ints | Truths) -> Ints:
        """Sum a column of lines by entry.

        Parameters
        ----------
        values : (m,) int64 or bool
            Of each line.

        Returns
        -------
        (n,) int64
        """
        sums = np.zeros(values.size + 1, dtype=np.int64)
        np.cumsum(values, out=sums[1:])
        return np.diff(sums[self.first_line])

    def of_type(self, *document_types: str) -> Truths:
        """Tell which entries are of some document types."""
        wanted = self.vocabulary.table("document_types", lambda word: word in document_types)
        return wanted[self.entries.document_type]

    def of_source(self, *sources: str) -> Truths:
        """Tell which entries come from some sources."""
        wanted = self.vocabulary.table("sources", lambda word: word in sources)
        return wanted[self.entries.source]

    @cached_property
    def called_for(self) -> Truths:
        """The entries that a trigger made."""
        return self.entries.pattern >= 0

    @cached_property
    def closing(self) -> Truths:
        """The entries that belong to a close, by their document type."""
        wanted = self.vocabulary.table("document_types", is_closing)
        return wanted[self.entries.document_type]


CLOSING_TYPES = frozenset({"SB", "AF", "CO", "SU", "AJ", "CL", "CF", "IE", "XC", "XR", "XS", "XF"})
"""Document types of closes, the calendar's and those that were called for."""


def is_closing(document_type: str) -> bool:
    """Tell whether documents of a type belong to a close."""
    return document_type in CLOSING_TYPES
