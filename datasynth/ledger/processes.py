"""Business processes as tables: which documents they post, and to what.

A *case* is one transaction of a process; each of its *steps* posts one
document.  A transaction of one document (cash sale, bank charge) is a case of
one step.  Amounts are named; every step that uses a name posts the same amount,
so that a payment clears its invoice to the cent.  A posting whose amount is
nil, such as the tax of an exempt sale, is left out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from enum import IntEnum
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class DayPart(IntEnum):
    """Part of a day in which a document is posted; day_parts follow one another."""

    NIGHT = 0
    DAY = 1
    EVENING = 2
    CLOSE = 3


PROCESSES = ("O2C", "P2P", "R2R", "H2R", "A2R", "TRE", "TAX", "IC")
"""Order to cash, procure to pay, record to report, hire to retire, acquire to
retire, treasury, tax, intercompany."""

SOURCES = ("manual", "automated", "recurring", "adjustment", "reversal")

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


class ExtraLines(IntEnum):
    """Which sides of a document may have more lines than it has postings."""

    FIXED = 0
    ONE_MANY = 1
    MANY_ONE = 2
    PAIRED = 3
    FREE = 4


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
        Accounts to choose from.
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
    process
        One of `PROCESSES`.
    document_type, text
        What the header says.
    manner
        How such documents come about; key of `sources.MANNERS`.
    hand, program
        Roles that enter it, a person's and a program's.
    debit, credit
        What is posted; the first of each side takes more lines where `shape` lets it.
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
    shape
        Which sides may have more lines.
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

    process: str
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
    shape: ExtraLines = ExtraLines.NONE
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
    profile
        Whose amounts it has; see `industries`.
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
    pair
        Whether it is posted in the books of two companies.
    """

    name: str
    process: str
    steps: tuple[Step, ...]
    partner: str = ""
    profile: str = ""
    taxed: str = ""
    share: float = 0.0
    rate: str = ""
    of: str = ""
    reversed: bool = False
    foreign: float = 0.0
    abroad: int = -1
    invoices: int = 1
    pair: bool = False

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


def _step(process: str, table: dict[str, Any], earlier: list[Step]) -> Step:
    reverses = table.get("reverses", -1)
    if reverses >= 0:
        debit, credit = earlier[reverses].credit, earlier[reverses].debit
    else:
        debit, credit = (tuple(Posting(*entry) for entry in table.pop(side)) for side in ("debit", "credit"))
    return Step(
        process=process,
        day_part=DayPart[table.pop("day_part", "day").upper()],
        lag=tuple(table.pop("lag", (0, 0, 0))),
        after=earlier[-1].lag[2] if earlier else 0,
        shape=ExtraLines[table.pop("shape", "fixed").upper()],
        currency=Valuation[table.pop("currency", "local").upper()],
        of_buyer=table.pop("at", "") == "buyer",
        debit=debit,
        credit=credit,
        **table,
    )


def _kinds(table: dict[str, Any]) -> Iterator[CaseKind]:
    steps: list[Step] = []
    for step in table.pop("step"):
        steps.append(_step(table["process"], step, steps))
    abroad = table.pop("abroad", False)
    kind = CaseKind(steps=tuple(steps), **table)
    if not abroad:
        yield kind
        return
    for number in range(FOREIGN_CURRENCIES):
        yield replace(kind, name=f"{kind.name}_{number + 1}", abroad=number)


def _read(plural: str) -> tuple[CaseKind, ...]:
    folder = resources.files(__package__).joinpath("processes")
    found: list[CaseKind] = []
    for name in _FILES:
        tables = tomllib.loads(folder.joinpath(f"{name}.toml").read_text("utf-8"))
        for table in tables.get(plural, ()):
            found.extend(_kinds(table))
    return tuple(found)


CASE_KINDS = _read("chain")
"""Transactions of several documents."""

SINGLE_KINDS = _read("single")
"""Transactions of one document; they fill each day up to its number of entries."""
