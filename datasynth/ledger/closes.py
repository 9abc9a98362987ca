"""The close as a table: the entries of a month, quarter and year end."""

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
    """The figure that the amount of a closing entry comes from."""

    TURNOVER = "a share of the company's monthly turnover"
    DEPRECIATION = "cost of an asset class over its life, never more than is left"
    OPEN_RECEIPTS = "goods received and not yet invoiced"
    PROFIT = "the result of the fiscal year so far, not yet provided for"
    ALLOCATION = "a share of turnover, from one cost centre to many"
    INTERCOMPANY = "a share of the turnover of the smaller of two companies"
    RESULT = "the balance of every income and expense account"
    SUMMARY = "the balance of the income summary"
    RETAINED = "the year's retained earnings"
    REVALUATION = "current value of open items in foreign currency, less their book value"
    TAX_RETURN = "the taxes on sales and purchases since the previous return"
    TAX_PAYMENT = "the amount of the previous tax return"


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
    debit, credit
        Account pools.
    basis, permille
        Source of the amount, and the usual share of it. [permille]
    reverses
        Whether it is reversed on the first day of the next period.
    calendar
        Whether only the calendar's closes have it, not triggered ones.
    last_day
        Whether it is posted on the last calendar day, in period 13.
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
        """Whether an intercompany entry is posted by the company that is charged."""
        return self.name.endswith(("received", "paid"))


REVERSAL_TYPE = "SU"
CARRY_FORWARD_TYPE = "CF"

ON_DEMAND_TYPES = ("XC", "XR", "XS", "XF")
"""Document types of triggered entries: closes, their reversals, and the true-ups of the
year's close and of its carry-forward.  Separate types keep all other document numbers."""

ASSET_CLASSES = ("equipment", "machinery", "vehicles", "buildings")


def _items() -> dict[str, tuple[ClosingItem, ...]]:
    """Read all items by group; an item can be ``like`` any earlier one."""
    known: dict[str, Table] = {}
    items: dict[str, tuple[ClosingItem, ...]] = {}
    for group, tables in read_table("closes").items():
        for table in tables:
            fields = known[table["name"]] = likened(table, known)
            enums = {
                "basis": Basis[fields.get("basis", "turnover").upper()],
                "day_part": DayPart[fields.get("day_part", "evening").upper()],
            }
            items[group] = (*items.get(group, ()), ClosingItem(**{**fields, **enums}))
    return items


_ITEMS = _items()

CLOSING_ITEMS = _ITEMS["item"]
"""Every entry of the largest close, the most needed first."""

(CARRY_FORWARD,) = _ITEMS["carry_forward"]
"""The entry after a year's close, on the first day of the next year."""

TRUE_UPS = TRUE_UP_RESULT, TRUE_UP_SUMMARY, TRUE_UP_CARRY = _ITEMS["true_up"]
"""Entries that the end of a fiscal year adds for the closes triggered in it."""


def items_of(pattern: str) -> tuple[ClosingItem, ...]:
    """Return the entries of a close, the most needed first."""
    rank = PATTERNS.index(pattern)
    return tuple(item for item in CLOSING_ITEMS if PATTERNS.index(item.pattern) <= rank)
