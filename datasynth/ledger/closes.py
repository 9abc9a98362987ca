"""The close as a table: which entries a month, quarter and year end consist of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from datasynth.ledger.processes import DayPart
from datasynth.ledger.tables import likened, read_table

if TYPE_CHECKING:
    from datasynth.ledger.tables import Table

PATTERNS = ("month_end", "quarter_end", "year_end")
"""From the smallest close to the largest; each includes the ones before it."""


class Basis(Enum):
    """What the amount of a closing entry is taken from."""

    TURNOVER = "a share of the company's monthly turnover"
    DEPRECIATION = "cost of an asset class over its life, never more than is left"
    OPEN_RECEIPTS = "goods received and not yet invoiced"
    PROFIT = "the result of the fiscal year so far, not yet provided for"
    ALLOCATION = "a share of turnover, from one cost centre to many"
    INTERCOMPANY = "a share of the turnover of the smaller of two companies"
    RESULT = "the balance of every income and expense account"
    SUMMARY = "the balance of the income summary"
    RETAINED = "the year's retained earnings"
    REVALUATION = "what open items in foreign currency are worth more than they were booked at"
    TAX_RETURN = "the taxes on sales and purchases since the return before"
    TAX_PAYMENT = "what the tax return before came to"


@dataclass(frozen=True, slots=True)
class ClosingItem:
    """One entry of a close.

    Attributes
    ----------
    name
        Key of its draws.
    pattern
        The smallest close that has it.
    process
        Business process; an item of a process without weight does not occur.
    document_type, source, role, text
        As in the header.
    debit, credit
        Pools of the accounts.
    basis, permille
        The amount, and which share of the basis is usual. [permille]
    reverses
        Whether the first day of the next period takes it back.
    calendar
        Whether only the calendar's closes have it.
    last_day
        Whether it waits for the last calendar day, in period 13.
    day_part
        When in the day.
    """

    name: str
    text: str
    debit: str
    credit: str
    pattern: str = "month_end"
    process: str = "R2R"
    document_type: str = "SB"
    source: str = "adjustment"
    role: str = "gl.accountant"
    basis: Basis = Basis.TURNOVER
    permille: int = 0
    reverses: bool = False
    calendar: bool = False
    last_day: bool = False
    day_part: DayPart = DayPart.EVENING

    @property
    def receives(self) -> bool:
        """Whether an intercompany entry is that of the company that is charged."""
        return self.name.endswith(("received", "paid"))


REVERSAL_TYPE = "SU"
CARRY_FORWARD_TYPE = "CF"

ON_DEMAND_TYPES = ("XC", "XR", "XS", "XF")
"""Types of triggered entries: the close, what the next period takes back, what
squares the year's close with it, and what that carries forward.  Types of their
own, so that no other document's number moves."""

ASSET_CLASSES = ("equipment", "machinery", "vehicles", "buildings")


def _items() -> dict[str, tuple[ClosingItem, ...]]:
    """Read all entries by what they are for; an item can be like any before it."""
    known: dict[str, Table] = {}
    found: dict[str, tuple[ClosingItem, ...]] = {}
    for group, tables in read_table("closes").items():
        for table in tables:
            about = known[table["name"]] = likened(table, known)
            words = {
                "basis": Basis[about.get("basis", "turnover").upper()],
                "day_part": DayPart[about.get("day_part", "evening").upper()],
            }
            found[group] = (*found.get(group, ()), ClosingItem(**{**about, **words}))
    return found


_ITEMS = _items()

CLOSING_ITEMS = _ITEMS["item"]
"""Every entry of the largest close, the most needed first."""

(CARRY_FORWARD,) = _ITEMS["carry_forward"]
"""Follows a close of the year, on the first day of the next one."""

TRUE_UPS = TRUE_UP_RESULT, TRUE_UP_SUMMARY, TRUE_UP_CARRY = _ITEMS["true_up"]
"""What the end of a fiscal year adds for closes that were called for in it."""


def items_of(pattern: str) -> tuple[ClosingItem, ...]:
    """Return the entries of a close, the most needed first."""
    rank = PATTERNS.index(pattern)
    return tuple(item for item in CLOSING_ITEMS if PATTERNS.index(item.pattern) <= rank)
