"""Business processes as tables: which documents they post, and to what.

A *case* is one transaction of a process; each of its *steps* posts one
document.  A transaction of one document (cash sale, bank charge) is a case of
one step.  Amounts are named; every step that uses a name posts the same amount,
so that a payment clears its invoice to the cent.  A posting whose amount is
nil, such as the tax of an exempt sale, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

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

MANNERS: Mapping[str, tuple[int, int, int, int]] = MappingProxyType(
    {
        "interface": (60, 900, 30, 1),
        "hand": (650, 330, 10, 10),
        "run": (5, 800, 190, 1),
        "standing": (10, 90, 900, 1),
        "journal": (650, 60, 40, 250),
        "reversal": (1, 1, 1, 1),
    }
)
"""How often a document of a manner is manual, automated, recurring or an
adjustment, before the shares that a configuration asks for; our judgement.
None is nil, so that every configuration can be met.  Reversals are a source of
their own. [permille]"""

PARTNER_TYPES = ("customer", "vendor", "employee")

FOREIGN_CURRENCIES = 2
"""Currencies beside its own that a company deals in."""

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

# What a kind of case has in common with the one that it is like; how many there are it says itself.
_COPIED = ("partner", "amount_profile", "taxed")


class ExtraLines(IntEnum):
    """Which sides of a document may have more lines than it has postings; `EQUAL` is as many on both."""

    NONE = 0
    CREDITS = 1
    DEBITS = 2
    EQUAL = 3
    BOTH = 4


class Valuation(IntEnum):
    """In which currency a document is, and what its amounts in company currency follow from."""

    LOCAL = 0
    FOREIGN = 1
    SETTLES = 2


@dataclass(frozen=True, slots=True)
class Posting:
    """One side's share of a document.

    Attributes
    ----------
    pool
        Account pool to choose from.
    amount
        Name of the case's amount that is posted.
    text
        Line text.
    item
        Which of the case's items the line opens or clears; empty for lines of
        accounts without items.
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
    document_type, text
        What the header says.
    manner
        How such documents come about; one of `MANNERS`.
    hand, program
        Roles that enter it, a person's and a program's.
    debit, credit
        What is posted; the first of each side takes the extra lines.
    day_part
        When in the day.
    lag
        Fewest, likeliest and most days from the case's start. [days]
    pays
        Whose days to payment the lag follows: ``o2c``, ``p2p`` or nobody's.
    after
        Most days until the step before it. [days]
    reference
        Item or paper that the header refers to; its letters are the prefix.
    extra_lines
        Which sides may have more lines than postings.
    age
        Most days from the paper's date to its posting. [days]
    reverses
        Step that this one takes back, or -1; it has the same postings, sides swapped.
    currency
        Whether it is in another currency or settles a document that was.
    of_buyer
        Whether it is posted by the buyer of an intercompany transaction.
    named
        Whether the header text names the company.
    """

    document_type: str
    text: str
    manner: str
    hand: str
    program: str
    debit: tuple[Posting, ...]
    credit: tuple[Posting, ...]
    day_part: DayPart = DayPart.DAY
    lag: tuple[int, int, int] = (0, 0, 0)
    pays: str = ""
    after: int = 0
    reference: str = ""
    extra_lines: ExtraLines = ExtraLines.NONE
    age: int = 0
    reverses: int = -1
    currency: Valuation = Valuation.LOCAL
    of_buyer: bool = False
    named: bool = False


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
        How large its amounts are; see `industries`.
    taxed
        ``output``, ``input`` or empty.
    share
        Weight among the cases, or the single documents, of the process.
    rate
        Section and key of ``document_flows`` that decides instead, or empty.
    of
        Name of the kind whose share its own is a part of, or empty.
    reversed
        Whether the configured rate of reversals decides instead.
    foreign
        Weight among the documents in foreign currency; those decide instead.
    abroad
        Which of the company's foreign currencies it is in, or -1.
    invoices
        Items of trade that are paid together.
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
    reversed: bool = False
    foreign: float = 0.0
    abroad: int = -1
    invoices: int = 1
    intercompany: bool = False

    @property
    def valued(self) -> bool:
        """Whether amounts of documents are valued at the rates of days."""
        return self.abroad >= 0 or self.intercompany

    @property
    def items(self) -> tuple[str, ...]:
        """Return items and papers that the documents refer to, in the order of their first use."""
        named: dict[str, None] = {}
        for step in self.steps:
            for key in (*(posting.item for posting in (*step.debit, *step.credit)), step.reference):
                if key:
                    named.setdefault(key)
        return tuple(named)


def prefix_of(item: str) -> str:
    """Return the letters that the numbers of an item are printed with."""
    return item.rstrip("0123456789")


def _step(row: Table, earlier: list[Step]) -> Step:
    about = {**row}
    about["manner"], about["hand"], about["program"] = about.pop("entered")
    if "reverses" in about:
        reversed_step = earlier[about["reverses"]]
        about |= {"debit": reversed_step.credit, "credit": reversed_step.debit}
    else:
        about |= {side: tuple(Posting(*entry) for entry in about[side]) for side in ("debit", "credit")}
    for key, words in (("day_part", DayPart), ("extra_lines", ExtraLines), ("currency", Valuation)):
        if key in about:
            about[key] = words[about[key].upper()]
    about["lag"] = tuple(about.get("lag", (0, 0, 0)))
    return Step(after=earlier[-1].lag[2] if earlier else 0, **about)


def _kinds(process: str, table: Table, known: dict[str, Table]) -> Iterator[CaseKind]:
    """Yield the kinds of case that a table stands for, and add it and its steps to the known ones."""
    about = likened(table, known)
    name = about.pop("name")
    known[name] = {key: about[key] for key in _COPIED if key in about}
    steps: list[Step] = []
    for row in about.pop("step"):
        full = likened(row, known)
        known.setdefault(f"{name}.{full['document_type']}", full)
        steps.append(_step(full, steps))
    if not about.pop("abroad", False):
        yield CaseKind(name, process, tuple(steps), **about)
        return
    for number in range(FOREIGN_CURRENCIES):
        yield CaseKind(f"{name}_{number + 1}", process, tuple(steps), abroad=number, **about)


def _read() -> dict[str, tuple[CaseKind, ...]]:
    """Read all kinds of case, and of single documents; a table can be like earlier ones of its file."""
    found: dict[str, tuple[CaseKind, ...]] = {"case": (), "single": ()}
    for name in _FILES:
        file = read_table(f"processes/{name}")
        known: dict[str, Table] = {}
        for group in found:
            for table in file.get(group, ()):
                found[group] += tuple(_kinds(file["process"], table, known))
    return found


_KINDS = _read()

CASE_KINDS = _KINDS["case"]
"""Transactions of several documents."""

SINGLE_KINDS = _KINDS["single"]
"""Transactions of one document; they fill each day up to its number of entries."""
