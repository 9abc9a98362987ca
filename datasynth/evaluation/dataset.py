"""A data set: entries, their lines, and the reference data beside them, as columns of numbers.

Words are codes (`WordLists`), money is minor units, days count from 1970-01-01,
moments are seconds from there.  Ids, references and assignments are fingerprints:
64 bits that differ where the texts do, but for one chance in millions.  Beside them stand
the numbers at their ends, and the words before those (`Kind.STEM`, `Kind.ENDING`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.evaluation.arrays import Codes, Ints, Prints, Truths
    from datasynth.evaluation.vocabulary import WordLists

NEVER = np.iinfo(np.int64).min
"""Day or moment that is absent."""

NO_PRINT = 0
"""Fingerprint of a text that is absent."""

NO_NUMBER = -1
"""Number of a text that does not end with digits."""

OWN_DIGITS = "##########"
"""How the stem of a company's own number ends: ten digits follow its prefix and a hyphen."""

STEMS = ("reference_stems", "assignment_stems")
"""Kinds of words that are stems."""

NO_LIMIT = np.iinfo(np.int64).max
"""What somebody may approve who has no limit."""

CLOSING_TYPES = frozenset({"SB", "AF", "CO", "SU", "AJ", "CL", "CF", "IE", "XC", "XR", "XS", "XF"})
"""Document types of closes, the calendar's and those of triggers."""

RECURRING_TYPES = frozenset({"SR", "HR", "ZP", "ZV", "ZI"})
"""Document types that recur by nature: standing orders, payroll and its payments, interest."""


class Kind(Enum):
    """How a field is written, and so what its column holds."""

    NUMBER = auto()
    """A JSON number: an integer."""
    DIGITS = auto()
    """A number printed as text: an integer."""
    WORD = auto()
    """One of a limited set of texts: a code."""
    PRINT = auto()
    """One of a great many texts: a fingerprint."""
    DAY = auto()
    """A date: days since 1970-01-01."""
    MOMENT = auto()
    """A date and a time: seconds since 1970-01-01."""
    AMOUNT = auto()
    """Decimal text: minor units."""
    STEM = auto()
    """What a text has before the digits at its end, and whether those are ten: a code."""
    ENDING = auto()
    """The digits at the end of a text, up to eighteen: an integer, `NO_NUMBER` where there are none."""
    HEX = auto()
    """The last eight hexadecimal digits of a text: an integer."""


class DocumentField(NamedTuple):
    """A field of a document or of its lines: how it is written, its kind of words, whether it is required.

    The text is that of the field `of`; without one, of the field of this name.
    """

    name: str
    kind: Kind
    words: str = ""
    required: bool = True
    of: str = ""

    @property
    def text(self) -> str:
        """The field of a document that is read."""
        return self.of or self.name


def written(kind: Kind, words: str = "", *, required: bool = True) -> Mapping[str, Any]:
    """Say of a column how the field of its name is written, as `DocumentField` has it."""
    return {"kind": kind, "words": words, "required": required}


def part_of(of: str, kind: Kind, words: str = "") -> Mapping[str, Any]:
    """Say of a column which part of another field it holds."""
    return {"kind": kind, "words": words, "required": False, "of": of}


@dataclass(frozen=True, slots=True, eq=False)
class DatasetEntries:
    """Headers of ``n`` entries, each column of shape ``(n,)``.

    A rate stays the text that is printed: there are few, and no number holds each of them.
    """

    sequence: Ints = field(metadata=written(Kind.NUMBER))
    document_id: Prints = field(metadata=written(Kind.PRINT))
    document_number: Ints = field(metadata=written(Kind.DIGITS))
    company_code: Codes = field(metadata=written(Kind.WORD, "companies"))
    fiscal_year: Ints = field(metadata=written(Kind.NUMBER))
    fiscal_period: Ints = field(metadata=written(Kind.NUMBER))
    posting_date: Ints = field(metadata=written(Kind.DAY))
    document_date: Ints = field(metadata=written(Kind.DAY))
    created_at: Ints = field(metadata=written(Kind.MOMENT))
    document_type: Codes = field(metadata=written(Kind.WORD, "document_types"))
    currency: Codes = field(metadata=written(Kind.WORD, "currencies"))
    exchange_rate: Codes = field(metadata=written(Kind.WORD, "rates"))
    reference: Prints = field(metadata=written(Kind.PRINT, required=False))
    header_text: Codes = field(metadata=written(Kind.WORD, "texts"))
    created_by: Codes = field(metadata=written(Kind.WORD, "users"))
    approved_by: Codes = field(metadata=written(Kind.WORD, "users", required=False))
    approved_at: Ints = field(metadata=written(Kind.MOMENT, required=False))
    source: Codes = field(metadata=written(Kind.WORD, "sources"))
    business_process: Codes = field(metadata=written(Kind.WORD, "processes"))
    pattern: Codes = field(metadata=written(Kind.WORD, "patterns", required=False))
    reversal_of: Prints = field(metadata=written(Kind.PRINT, required=False))
    id_ending: Ints = field(metadata=part_of("document_id", Kind.HEX))
    reference_stem: Codes = field(metadata=part_of("reference", Kind.STEM, "reference_stems"))
    reference_number: Ints = field(metadata=part_of("reference", Kind.ENDING))
    batch_number: Ints = field(metadata=part_of("batch_id", Kind.ENDING))


@dataclass(frozen=True, slots=True, eq=False)
class DatasetLines:
    """Lines of all entries in order, each column of shape ``(m,)``.

    The local amount is debit positive, in minor units of the company's currency; other amounts
    are in those of the document's.
    """

    line_number: Ints = field(metadata=written(Kind.NUMBER))
    account: Codes = field(metadata=written(Kind.WORD, "accounts"))
    debit: Ints = field(metadata=written(Kind.AMOUNT))
    credit: Ints = field(metadata=written(Kind.AMOUNT))
    local_amount: Ints = field(metadata=written(Kind.AMOUNT))
    partner_type: Codes = field(metadata=written(Kind.WORD, "partner_types", required=False))
    partner_id: Codes = field(metadata=written(Kind.WORD, "partners", required=False))
    trading_partner: Codes = field(metadata=written(Kind.WORD, "companies", required=False))
    tax_code: Codes = field(metadata=written(Kind.WORD, "tax_codes", required=False))
    tax_amount: Ints = field(metadata=written(Kind.AMOUNT, required=False))
    assignment: Prints = field(metadata=written(Kind.PRINT, required=False))
    assignment_stem: Codes = field(metadata=part_of("assignment", Kind.STEM, "assignment_stems"))
    assignment_number: Ints = field(metadata=part_of("assignment", Kind.ENDING))


ENTRY_FIELDS = tuple(DocumentField(one.name, **one.metadata) for one in fields(DatasetEntries))
LINE_FIELDS = tuple(DocumentField(one.name, **one.metadata) for one in fields(DatasetLines))


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """What the chart says, by account code; the last row, where absent ones point, is an unknown account.

    The type is ``asset``, ``liability``, ``equity``, ``revenue``, ``expense`` or empty.
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
    """Who is listed to enter and approve, by user code, a last row for absent ones.

    `approval_limit` is `NO_LIMIT` where the list has none. [minor units of their company's currency]
    """

    known: Truths
    approval_limit: Ints


@dataclass(frozen=True, slots=True, eq=False)
class BalanceTable:
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

    `reference` is the fingerprint of what lines carry as their assignment, `local_amount` is
    debit positive. [minor units of the company's currency]
    """

    company: Codes
    account: Codes
    partner: Codes
    reference: Prints
    local_amount: Ints


@dataclass(frozen=True, slots=True)
class Flaws:
    """What could be read but not represented.

    `missing` is how often a required field is absent, by field; `inexact` counts the amounts that are no
    whole number of minor units.
    """

    missing: dict[str, int] = field(default_factory=dict)
    inexact: int = 0


@dataclass(frozen=True, eq=False)
class Dataset:
    """Everything that is judged.

    Attributes
    ----------
    first_line : (n + 1,) int64
        Entry ``i`` has the lines ``first_line[i]`` up to ``first_line[i + 1]``.
    vocabulary
        The words behind the codes.
    """

    entries: DatasetEntries
    lines: DatasetLines
    first_line: Ints
    vocabulary: WordLists
    accounts: Accounts
    parties: Parties
    users: Users
    balances: BalanceTable
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

    @cached_property
    def undone(self) -> Truths:
        """The entries that another one reverses."""
        found = np.zeros(self.count, dtype=np.bool_)
        found[self.original[self.original >= 0]] = True
        return found

    @cached_property
    def called_for(self) -> Truths:
        """The entries that a trigger made."""
        return self.entries.pattern >= 0

    @cached_property
    def closing(self) -> Truths:
        """The entries that belong to a close, by their document type."""
        return self.of_type(*CLOSING_TYPES)

    @cached_property
    def own_stems(self) -> tuple[str, ...]:
        """The stems of companies' own numbers, in references and assignments."""
        words = self.vocabulary.words
        return tuple(
            sorted({one for kind in STEMS for one in words[kind] if one.endswith(OWN_DIGITS)}),
        )

    @cached_property
    def reference_range(self) -> Codes:
        """The place of each entry's stem in `own_stems`, -1 where the reference is no own number; (n,)."""
        return self._range("reference_stems")[self.entries.reference_stem]

    @cached_property
    def assignment_range(self) -> Codes:
        """The place of each line's stem in `own_stems`, -1 where the assignment is no own number; (m,)."""
        return self._range("assignment_stems")[self.lines.assignment_stem]

    def _range(self, kind: str) -> Codes:
        places = {stem: place for place, stem in enumerate(self.own_stems)}
        found = [places.get(stem, -1) for stem in self.vocabulary.words[kind]]
        return np.array([*found, -1], dtype=np.int32)

    @cached_property
    def taken_back(self) -> Truths:
        """The entries that another one of the data set reverses."""
        found = np.zeros(self.count, dtype=np.bool_)
        found[self.original[self.original >= 0]] = True
        return found

    @cached_property
    def one_off(self) -> Truths:
        """The entries that nothing makes like another one: neither closes nor recurring ones nor reversals.

        What is reversed is left out, too, since a corrected successor may repeat most of it; that stays.
        """
        recurring = self.of_type(*RECURRING_TYPES) | self.of_source("recurring")
        reversing = self.entries.reversal_of != NO_PRINT
        found: Truths = ~(recurring | reversing | self.taken_back | self.closing | self.called_for)
        return found

    def per_entry(self, values: Ints | Truths) -> Ints:
        """Sum a column of lines by entry."""
        sums = np.zeros(values.size + 1, dtype=np.int64)
        np.cumsum(values, out=sums[1:])
        return np.diff(sums[self.first_line])

    def having(self, lines: Truths) -> Truths:
        """Tell which entries have at least one of some lines."""
        found: Truths = self.per_entry(lines) > 0
        return found

    def lines_of(self, entries: Ints) -> tuple[Ints, Ints]:
        """Return the places of the lines of some entries, and where those of each begin among them."""
        counts = self.line_counts[entries]
        starts = np.cumsum(counts) - counts
        within = np.arange(counts.sum()) - np.repeat(starts, counts)
        return np.repeat(self.first_line[entries], counts) + within, starts

    def of_type(self, *document_types: str) -> Truths:
        """Tell which entries are of some document types."""
        wanted = self.vocabulary.table("document_types", document_types.__contains__)
        return wanted[self.entries.document_type]

    def of_source(self, *sources: str) -> Truths:
        """Tell which entries come from some sources."""
        return self.vocabulary.table("sources", sources.__contains__)[self.entries.source]
