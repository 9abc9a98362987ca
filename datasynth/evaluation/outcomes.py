"""What becomes of documents: reversed, credited, paid in parts, and after how many days."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.dataset import NO_PRINT
from datasynth.evaluation.expected import horizon
from datasynth.evaluation.items import item_movements
from datasynth.evaluation.keys import differs

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Truths
    from datasynth.evaluation.dataset import Dataset

CUSTOMER_INVOICES = ("RV", "DR")
VENDOR_INVOICES = ("RE", "KR")
CREDIT_NOTES = ("DG", "KG")

KNOWN_AFTER = 31
"""Days after which a document has been reversed, if it ever is. [days]"""


class Outcome(NamedTuple):
    """What became of some documents.

    Attributes
    ----------
    name
        As ``reversed``.
    entry, line : (n,) int64
        The documents, ascending, and a line of the item that each opened; -1 for no item.
    value : (n,) float64
        1 where it happened and 0 where not, or days.
    binary
        Whether it is the former.
    """

    name: str
    entry: Ints
    line: Ints
    value: Floats
    binary: bool

    @property
    def has_items(self) -> bool:
        """Whether each document has opened an item."""
        return bool(self.line.size) and int(self.line.min()) >= 0


class InvoiceOutcomes(NamedTuple):
    """Invoices and what became of them, a row each, ascending by entry.

    Attributes
    ----------
    entry, line : (n,) int64
        Where it stands: its entry, and the first line on the control account.
    credited : (n,) bool
        Whether a credit note has lowered it.
    parts : (n,) int64
        How many entries have paid it.
    days : (n,) int64
        From its posting to the one that clears it to nil, -1 where none does.
    """

    entry: Ints
    line: Ints
    credited: Truths
    parts: Ints
    days: Ints


def outcomes(data: Dataset, config: Config) -> list[Outcome]:
    """Tell what became of all documents of which that is known.

    A document has been reversed within `KNOWN_AFTER` days or never is, so those of the last days
    are left out.  Credits, parts and days to pay are known of invoices that are cleared to nil
    within the data, and of these only those count that are posted so early that the longest time to
    pay ends within it: of later ones only those that are paid soon would be known, and a number that
    tells the date would seem to tell the days.
    """
    invoices = invoices_of(data)
    entry, line = invoices.entry, invoices.line
    reversed_ = np.zeros(data.count, dtype=np.bool_)
    reversed_[data.original[data.original >= 0]] = True
    may_be = (data.entries.reversal_of == NO_PRINT) & ~data.closing & ~data.called_for
    may_be &= data.entries.posting_date < horizon(config)[1] - KNOWN_AFTER
    is_other = may_be.copy()
    is_other[entry] = False
    early = data.entries.posting_date[entry] + invoices.days.max(initial=0) < horizon(config)[1]
    cleared = early & (invoices.days >= 0) & ~reversed_[entry]
    whole = cleared & ~invoices.credited & (invoices.parts == 1)
    in_parts = invoices.parts > 1

    def of_invoices(name: str, known: Truths, value: Truths | Ints, *, binary: bool = True) -> Outcome:
        return Outcome(name, entry[known], line[known], value[known].astype(np.float64), binary)

    other = np.flatnonzero(is_other)
    none = np.full(other.size, -1, dtype=np.int64)
    return [
        of_invoices("reversed", may_be[entry], reversed_[entry]),
        Outcome("reversed, other documents", other, none, reversed_[other].astype(np.float64), binary=True),
        of_invoices("credited", cleared, invoices.credited),
        of_invoices("paid in parts", cleared, in_parts),
        of_invoices("days to pay", whole, invoices.days, binary=False),
    ]


def invoices_of(data: Dataset) -> InvoiceOutcomes:
    """Find invoices of customers and vendors, each with the item that it opens."""
    lines = data.lines
    posted = np.flatnonzero(
        data.accounts.control[lines.account] & (lines.assignment != NO_PRINT) & (lines.partner_id >= 0)
    )
    moved = item_movements(data, posted)
    entry = np.where(moved.line >= 0, data.entry[moved.line], -1)
    first = moved.line[moved.starts]
    opened = np.flatnonzero((first >= 0) & _opens(data)[first])
    item = np.repeat(np.arange(moved.starts.size), moved.sizes)
    clears = np.sign(moved.amount) == -np.sign(moved.amount[moved.starts])[item]
    reversing = data.entries.reversal_of[entry] != NO_PRINT
    credit = data.of_type(*CREDIT_NOTES)[entry]
    new_entry = differs(entry) | differs(item)
    parts = moved.items_with(clears & ~credit & ~reversing & new_entry)
    credited = moved.items_with(clears & credit & ~reversing) > 0
    last = moved.starts + moved.sizes - 1
    posting = data.entries.posting_date
    lasted = posting[entry[last]] - posting[entry[moved.starts]]
    days = np.where(moved.balance[last] == 0, lasted, -1)
    # The first item of each entry; those of several have one row.
    opened = opened[np.argsort(first[opened], kind="stable")]
    opened = opened[differs(data.entry[first[opened]])]
    line = first[opened]
    return InvoiceOutcomes(
        data.entry[line].astype(np.int64), line, credited[opened], parts[opened], days[opened]
    )


def _opens(data: Dataset) -> Truths:
    """Tell which lines are those of an invoice on its partner's account."""
    usual = data.entries.reversal_of == NO_PRINT
    sold = (data.of_type(*CUSTOMER_INVOICES) & usual)[data.entry] & (data.lines.debit > 0)
    bought = (data.of_type(*VENDOR_INVOICES) & usual)[data.entry] & (data.lines.credit > 0)
    found: Truths = sold | bought
    return found
