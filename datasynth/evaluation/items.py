"""Items and what moves them: an item is a company, an account, a partner and an assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.keys import groups, key_of, running

if TYPE_CHECKING:
    from datasynth.evaluation.arrays import Ints, Prints, Truths
    from datasynth.evaluation.dataset import Dataset, OpenItems

OPENING = -1
"""Line of a movement that stands for an opening item."""


class ItemMovements(NamedTuple):
    """Movements of items, all of an item together and in order, what was open at the start first.

    Attributes
    ----------
    line, amount, balance : (k,) int64
        Line of each, or `OPENING`; what it moves, and what is open after it. [minor units, local]
    starts, sizes, key : (g,)
        First movement, number of movements and key of each item.
    """

    line: Ints
    amount: Ints
    balance: Ints
    starts: Ints
    sizes: Ints
    key: Prints

    def items_with(self, movements: Truths) -> Ints:
        """Count some movements by item."""
        sums = np.append(np.int64(0), np.cumsum(movements))
        found: Ints = sums[self.starts + self.sizes] - sums[self.starts]
        return found


def item_movements(data: Dataset, posted: Ints) -> ItemMovements:
    """Put lines and what is open at the start together by item.

    Parameters
    ----------
    posted : (k,) int64
        Places of the lines.
    """
    lines, start = data.lines, data.open_at_start
    columns = (data.line_company, lines.account, lines.partner_id, lines.assignment)
    key = np.concatenate([item_keys(start), key_of(*(column[posted] for column in columns))])
    amount = np.concatenate([start.local_amount, lines.local_amount[posted]])
    line = np.concatenate([np.full(start.local_amount.size, OPENING, dtype=np.int64), posted])
    order, starts = groups(key)
    sizes = np.diff(np.append(starts, key.size))
    balance = running(amount[order], starts)
    return ItemMovements(line[order], amount[order], balance, starts, sizes, key[order][starts])


def item_keys(items: OpenItems) -> Prints:
    """Return the key of each listed item."""
    return key_of(items.company, items.account, items.partner, items.reference)
