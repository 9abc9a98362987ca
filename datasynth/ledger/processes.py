"""Business processes as tables: their documents, and the accounts that these post to.

A *case* is one transaction of a process; each of its *steps* posts one document.  A
transaction of one document (cash sale, bank charge) is a case of one step.  All steps that
use the name of an amount post the same amount, so a payment clears its invoice to the
cent.  Postings of nil, such as the tax of an exempt sale, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from datasynth.ledger.tables import likened, read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datasynth.ledger.tables import Table


class DayPart(IntEnum):
    """Part of a day in which a document is posted, from its beginning to its end."""

    NIGHT = 0
    DAY = 1
    EVENING = 2
    CLOSE = 3


PROCESSES = ("O2C", "P2P", "R2R", "H2R", "A2R", "TRE", "TAX", "IC")
"""Order to cash, procure to pay, record to report, hire to retire, acquire to
retire, treasury, tax, intercompany."""

SOURCES = ("manual", "automated", "recurring", "adjustment", "reversal")

ENTRY_MODES: Mapping[str, tuple[int, int, int, int]] = MappingProxyType(
    {
        "interface": (60, 900, 30, 1),
        "hand": (650, 330, 10, 10),
        "run": (5, 800, 190, 1),
        "standing": (10, 90, 900, 1),
        "journal": (650, 60, 40, 250),
    }
)
"""How a document is entered, and how often documents of this mode are manual, automated,
recurring or adjustments before they are fitted to the configured shares; our judgement.
No share is nil, so that every configuration can be met.  Reversals are a source of their
own, and no mode. [permille]"""

PARTNER_TYPES = ("customer", "vendor", "employee")

NUMBERED_BY = ("company", "partner")
"""Who numbers the papers of a step: the company, or the partner who sends them."""

FOREIGN_CURRENCIES = 2
"""Number of foreign currencies that a company trades in."""

_FILES = (
    "order_to_cash",
    "procure_to_pay",
    "record_to_report",
    "hire_to_retire",
    "acquire_to_retire",
    "treasury",
    "tax",
    "intercompany",
)

# What a kind of case takes from the one that it is ``like``.
_COPIED = ("partner", "amount_profile", "taxed")


class ExtraLines(IntEnum):
    """Which sides of a document may have more lines than postings; `EQUAL` adds as many to both."""

    NONE = 0
    CREDITS = 1
    DEBITS = 2
    EQUAL = 3
    BOTH = 4


class Valuation(IntEnum):
    """Whether a document is in company or foreign currency, or settles one in foreign currency."""

    LOCAL = 0
    FOREIGN = 1
    SETTLES = 2


@dataclass(frozen=True, slots=True)
class Posting:
    """One posting of a document: account pool, name of the case's amount, line text, and item.

    The item is that of the case which the line opens or clears; empty for accounts without items.
    """

    pool: str
    amount: str
    text: str
    item: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One document of a case.

    Attributes
    ----------
    entry_mode
        How such documents are entered; one of `ENTRY_MODES`.
    hand, program
        Roles of the person and of the program that enter it.
    debit, credit
        The first posting of each side takes the extra lines.
    lag
        Fewest, likeliest and most days from the case's start. [days]
    pays
        Section of the configured days to payment that scale the lag: ``o2c``, ``p2p`` or none.
    after
        Most days from the case's start to the previous step. [days]
    reference
        Item or paper that the header refers to; its letters are the prefix.
    numbered_by
        Who numbers the paper, if this is the first step that refers to it; one of `NUMBERED_BY`.
    age
        Most days from the document date to the posting date. [days]
    of_buyer
        Whether it is posted by the buyer of an intercompany transaction.
    named
        Whether the header text names the company.
    """

    document_type: str
    text: str
    entry_mode: str
    hand: str
    program: str
    debit: tuple[Posting, ...]
    credit: tuple[Posting, ...]
    day_part: DayPart = DayPart.DAY
    lag: tuple[int, int, int] = (0, 0, 0)
    pays: str = ""
    after: int = 0
    reference: str = ""
    numbered_by: str = "company"
    extra_lines: ExtraLines = ExtraLines.NONE
    age: int = 0
    currency: Valuation = Valuation.LOCAL
    of_buyer: bool = False
    named: bool = False

    @property
    def items(self) -> tuple[str, ...]:
        """Items and papers that the document refers to, that of its header first."""
        named = (self.reference, *(posting.item for posting in (*self.debit, *self.credit)))
        return tuple(dict.fromkeys(item for item in named if item))


@dataclass(frozen=True, slots=True)
class CaseKind:
    """A kind of transaction.

    Attributes
    ----------
    name
        Key of its template pool.
    process
        One of `PROCESSES`.
    steps
        In the order in which they are posted, at least a day apart.
    partner
        One of `PARTNER_TYPES`, or empty.
    amount_profile
        See `industries`.
    taxed
        ``output``, ``input`` or empty.
    share
        Weight among the cases, or the single documents, of the process.
    rate
        Section and key of ``document_flows`` that replaces `share`, or empty.
    of
        Name of the kind whose share its own is a part of, or empty.
    corrects
        Index in `SINGLE_KINDS` of the documents that it consists of, each after a wrong one, or -1.
    foreign
        Weight among the documents in foreign currency, instead of `share`.
    abroad
        Which of the company's foreign currencies it is in, or -1.
    invoices
        Number of invoices that are paid together.
    intercompany
        Whether it is posted in the books of two companies.
    """

    name: str
    process: str
    steps: tuple[Step, ...]
    partner: str = ""
    amount_profile: str = ""
    taxed: str = ""
    share: float = 0.0
    rate: str = ""
    of: str = ""
    corrects: int = -1
    foreign: float = 0.0
    abroad: int = -1
    invoices: int = 1
    intercompany: bool = False

    @property
    def valued(self) -> bool:
        """Whether amounts of documents are valued at daily rates."""
        return self.abroad >= 0 or self.intercompany

    @property
    def items(self) -> tuple[str, ...]:
        """Items and papers that the documents refer to, in the order of their first use."""
        return tuple(dict.fromkeys(item for step in self.steps for item in step.items))

    def issuer(self, item: str) -> int:
        """Return the step whose document gives an item its number: the first that names it.

        Raises
        ------
        ValueError
            No document of the case names it.
        """
        for at, step in enumerate(self.steps):
            if item in step.items:
                return at
        raise ValueError(f"no document of {self.name!r} names {item!r}")


def prefix_of(item: str) -> str:
    """Return the prefix of an item's printed numbers."""
    return item.rstrip("0123456789")


def _step(row: Table, earlier: list[Step]) -> Step:
    fields = {**row}
    fields["entry_mode"], fields["hand"], fields["program"] = fields.pop("entered")
    fields |= {side: tuple(Posting(*entry) for entry in fields[side]) for side in ("debit", "credit")}
    for key, members in (("day_part", DayPart), ("extra_lines", ExtraLines), ("currency", Valuation)):
        if key in fields:
            fields[key] = members[fields[key].upper()]
    fields["lag"] = tuple(fields.get("lag", (0, 0, 0)))
    return Step(after=earlier[-1].lag[2] if earlier else 0, **fields)


def _kinds(process: str, table: Table, known: dict[str, Table]) -> Iterator[CaseKind]:
    """Yield the kinds of case of a table, and add the table and its steps to the known ones."""
    fields = likened(table, known)
    name = fields.pop("name")
    known[name] = {key: fields[key] for key in _COPIED if key in fields}
    steps: list[Step] = []
    for row in fields.pop("step"):
        full = likened(row, known)
        known.setdefault(f"{name}.{full['document_type']}", full)
        steps.append(_step(full, steps))
    if not fields.pop("abroad", False):
        yield CaseKind(name, process, tuple(steps), **fields)
        return
    for number in range(FOREIGN_CURRENCIES):
        yield CaseKind(f"{name}_{number + 1}", process, tuple(steps), abroad=number, **fields)


def _read() -> dict[str, tuple[CaseKind, ...]]:
    """Read all kinds of case and of single documents; a table can be ``like`` earlier ones of its file."""
    kinds: dict[str, tuple[CaseKind, ...]] = {"case": (), "single": ()}
    for name in _FILES:
        file = read_table(f"processes/{name}")
        known: dict[str, Table] = {}
        for group in kinds:
            for table in file.get(group, ()):
                kinds[group] += tuple(_kinds(file["process"], table, known))
    return kinds


def _corrected(number: int, single: CaseKind) -> CaseKind:
    """Return the cases of documents that are like single ones, each after a wrong version of itself.

    Single documents fill days up, so nothing can be known of one on an earlier day.
    """
    return replace(single, name=f"{single.name}_corrected", share=0.0, foreign=0.0, corrects=number)


_KINDS = _read()

SINGLE_KINDS = _KINDS["single"]
"""Transactions of one document; they fill each day up to its number of entries."""

CASE_KINDS = _KINDS["case"] + tuple(_corrected(*pair) for pair in enumerate(SINGLE_KINDS))
"""Transactions of several documents; then those of one document that a wrong one precedes."""


class NumberRange(NamedTuple):
    """Documents of a company that number the same paper of their own, or none.

    `prefix` is that of the paper; it is empty for documents that refer to another one's.
    """

    document_type: str
    day_part: DayPart
    prefix: str


def number_range(kind: CaseKind, step: int) -> NumberRange:
    """Return the range of the documents of a step: they number what they are the first to refer to."""
    posted = kind.steps[step]
    own = posted.reference and kind.issuer(posted.reference) == step
    prefix = prefix_of(posted.reference) if own else ""
    return NumberRange(posted.document_type, posted.day_part, prefix)


NUMBER_RANGES = tuple(
    dict.fromkeys(number_range(kind, step) for kind in CASE_KINDS for step in range(len(kind.steps)))
)
"""Ranges of all documents of `CASE_KINDS`."""

WRONG_REVERSED = "AB"
"""Document type of the reversals of wrong documents."""

_BY_PARTNER = frozenset(
    prefix_of(step.reference)
    for kind in (*CASE_KINDS, *SINGLE_KINDS)
    for step in kind.steps
    if step.numbered_by == "partner"
)


def numbered_by_partner(item: str) -> bool:
    """Tell whether an item, or a prefix, is numbered by the partner instead of the company."""
    return prefix_of(item) in _BY_PARTNER
