"""What the entries of a close are, and what they depend on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from datasynth.ledger.closes import ASSET_CLASSES

if TYPE_CHECKING:
    from datasynth.ledger.closes import ClosingItem

# What of each asset class a company owns at the start as a multiple of its monthly
# turnover, and how much of that is worn; our choice, in the order of `ASSET_CLASSES`.
_OPENING_COST = (1, 3, 1, 6)
_OPENING_WORN = 40

Line = tuple[int, int]
"""Index of an account and a signed amount, debit positive. [minor units]"""


class ClosingEntry(NamedTuple):
    """One entry of a close.

    Attributes
    ----------
    item
        What it is.
    company
        Index of the company.
    document_type, source
        As in the header; a reversal differs from its item.
    day
        [days from the start]
    accounts, amounts
        Of each line: index of the account and signed amount, debit positive; the
        amounts sum to 0. [minor units]
    reverses
        Place, in the same list, of the entry that this one takes back, or -1.
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
class CompanyFacts:
    """What the amounts of a company's closes depend on.

    Attributes
    ----------
    company
        Index of the company.
    turnover
        Usual turnover of a month. [minor units]
    partner_turnover
        The smaller turnover of the company and the one that it charges, and of the
        company and the one that charges it. [minor units]
    charger
        The company that charges this one.
    open_receipts
        Goods received before the start and not invoiced by then. [minor units]
    smallest
        What is posted at least where it is an estimate, about a dollar. [minor units]
    """

    company: int
    turnover: int
    partner_turnover: tuple[int, int]
    charger: int
    open_receipts: int
    smallest: int

    def opening_cost(self, asset_class: int) -> int:
        """Return what an asset class had cost before the start. [minor units]"""
        return self.turnover * _OPENING_COST[asset_class]

    def opening_wear(self, asset_class: int) -> int:
        """Return what of it had been depreciated before the start. [minor units]"""
        return self.opening_cost(asset_class) * _OPENING_WORN // 100


@dataclass(frozen=True, slots=True)
class CloseContext:
    """What a close finds beside the balances.

    Attributes
    ----------
    revaluation
        What open receivables and payables in foreign currency are worth more, debit
        positive, than they were booked at. [minor units]
    tax_due
        What the tax return before came to, or 0. [minor units]
    reserved
        Depreciation that is not to be touched, by asset class. [minor units]
    """

    revaluation: tuple[int, int] = (0, 0)
    tax_due: int = 0
    reserved: tuple[int, ...] = (0,) * len(ASSET_CLASSES)
