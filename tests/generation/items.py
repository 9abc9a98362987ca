"""Items as the lines of a journal tell them: what opened each, what cleared it, and what is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.naive.encoding import numbered

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.generation.seen import Seen

Key = tuple[int, int, int, str]
"""Company, account, code of the partner (-1 for none) and reference."""


@dataclass(frozen=True, slots=True)
class Touches:
    """What entries post to items, one touch for each entry and item, item by item in the order of the stream.

    Attributes
    ----------
    items
        The items; `item` are indexes into it.
    item, entry, line, local, amount, partner : (touches,) int64
        Item, entry and one of its lines; what it posts, debit positive; the partner there.
        [minor units of the company's currency; of the document's]
    first : (items,) int64
        First touch of each item.
    opened : (items,) int64
        What was left of it at the start. [minor units of the company's currency]
    """

    items: list[Key]
    item: NDArray[np.int64]
    entry: NDArray[np.int64]
    line: NDArray[np.int64]
    local: NDArray[np.int64]
    amount: NDArray[np.int64]
    partner: NDArray[np.int64]
    first: NDArray[np.int64]
    opened: NDArray[np.int64]

    def left(self) -> NDArray[np.int64]:
        """Return what is left of its item after each touch. [minor units of the company's currency]"""
        reached = np.cumsum(self.local)
        before = (reached - self.local)[self.first]
        return reached - before[self.item] + self.opened[self.item]

    def last(self) -> NDArray[np.int64]:
        """Return the last touch of each item."""
        return np.append(self.first[1:], len(self.item)) - 1


def open_at(seen: Seen, position: int) -> dict[Key, int]:
    """List what is open at a position, with what is left of it. [minor units of the company's currency]"""
    listed, after = seen.journal.open_items(position, None, 0, 10**7)
    found = {(item.company, item.account, item.partner, item.reference): item.local_amount for item in listed}
    assert after is None
    assert len(listed) == len(found)
    return found


def touches_of(seen: Seen) -> Touches:
    """Collect what the lines with an assignment post, those of wrong documents and reversals aside."""
    block, kinds = seen.block, seen.words.reference_kinds
    line = np.flatnonzero((block.assignment_kind >= 0) & ~seen.taken_back[seen.entry])
    columns = (seen.company, block.account, block.partner, block.assignment_kind, block.assignment_number)
    keys = np.stack([column[line].astype(np.int64) for column in columns], axis=1)
    rows, item = np.unique(keys, axis=0, return_inverse=True)
    entry = seen.entry[line]
    order = np.lexsort((entry, item))
    item, entry, line = item[order], entry[order], line[order]
    begins = np.append(True, (np.diff(item) > 0) | (np.diff(entry) > 0))
    at = np.flatnonzero(begins)
    signed = block.debit - block.credit
    items = [
        (company, account, partner, str(numbered(kinds, kind, number)))
        for company, account, partner, kind, number in rows.tolist()
    ]
    opening = open_at(seen, 0)
    return Touches(
        items,
        item[at],
        entry[at],
        line[at],
        np.add.reduceat(block.local_amount[line], at),
        np.add.reduceat(signed[line], at),
        block.partner[line[at]].astype(np.int64),
        np.flatnonzero(np.append(True, np.diff(item[at]) > 0)),
        np.array([opening.get(key, 0) for key in items], dtype=np.int64),
    )
