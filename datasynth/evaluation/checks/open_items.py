"""Shape 9, item by item: what is opened once and cleared, never beyond nil.

An item is a company, a control account, a partner and an assignment.  If every item
keeps to its side and ends as the list of open items says, control accounts equal their
open items after every single entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.columns import NO_PRINT
from datasynth.evaluation.gates import Gate, count_of_faults, no_faults
from datasynth.evaluation.mixing import groups, key_of, running

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset, OpenItems

PAYMENTS = ("DZ", "KZ", "ZA", "ZR", "ZC")
"""Document types that clear items and cannot open one."""

OPENING = -1
"""Line of a row that stands for an opening item."""


class Rows(NamedTuple):
    """Movements of items, all rows of an item together and in order, what was open at the start first.

    Attributes
    ----------
    line : (k,) int64
        Line of each, or `OPENING`.
    amount, balance : (k,) int64
        The movement, and what is open after it. [minor units of the company's currency]
    starts : (g,) int64
        First row of each item.
    sizes : (g,) int64
        Rows of each item.
    key : (g,) uint64
        Of the item.
    """

    line: NDArray[np.int64]
    amount: NDArray[np.int64]
    balance: NDArray[np.int64]
    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    key: NDArray[np.uint64]


def check_open_items(data: Dataset, config: Config) -> list[Gate]:  # noqa: ARG001  # every check takes both
    """Judge every item, and what payments say they clear."""
    posted = np.flatnonzero(data.accounts.control[data.lines.account])
    rows = _rows(data, posted)
    side = np.repeat(np.sign(rows.amount[rows.starts]), rows.sizes)
    crossed = rows.balance * side < 0
    entry = np.where(rows.line >= 0, data.entry[rows.line], 0)
    is_first = np.zeros(rows.line.size, dtype=np.bool_)
    is_first[rows.starts] = True
    reversing = data.entries.reversal_of[entry] != NO_PRINT
    # Several lines of one entry open an item together.
    again = np.zeros(rows.line.size, dtype=np.bool_)
    again[1:] = (rows.line[:-1] >= 0) & (rows.line[1:] >= 0) & (entry[1:] == entry[:-1]) & ~is_first[1:]
    opens = (np.sign(rows.amount) == side) & ~((rows.line >= 0) & (reversing | again))
    pays = data.of_type(*PAYMENTS)[entry] & (rows.line >= 0)
    unassigned = data.lines.assignment[posted] == NO_PRINT
    return [
        count_of_faults("ties.items", _astray(rows, crossed), "items that change sides at some position"),
        count_of_faults(
            "ties.items_end", _unlike(data, rows), "items that end otherwise than they are listed"
        ),
        count_of_faults(
            "ties.opened_once",
            np.count_nonzero(_per_item(rows, opens) > 1),
            "items that are opened more than once, reversed clearings aside",
        ),
        no_faults(
            "links.assigned",
            _entries(data, posted[unassigned]),
            "entries with a line on a control account that names no item",
        ),
        no_faults(
            "links.payments",
            _entries(data, rows.line[pays & is_first]),
            "payments of what is not open",
        ),
    ]


def _rows(data: Dataset, posted: NDArray[np.int64]) -> Rows:
    lines = data.lines
    start = data.open_at_start
    key = np.concatenate(
        [
            item_keys(start),
            key_of(
                data.line_company[posted],
                lines.account[posted],
                lines.partner_id[posted],
                lines.assignment[posted],
            ),
        ]
    )
    amount = np.concatenate([start.local_amount, lines.local_amount[posted]])
    line = np.concatenate([np.full(start.local_amount.size, OPENING, dtype=np.int64), posted])
    order, starts = groups(key)
    sizes = np.diff(np.append(starts, key.size))
    return Rows(line[order], amount[order], running(amount[order], starts), starts, sizes, key[order][starts])


def item_keys(items: OpenItems) -> NDArray[np.uint64]:
    """Return the keys of listed items."""
    return key_of(items.company, items.account, items.partner, items.reference)


def _per_item(rows: Rows, truths: NDArray[np.bool_]) -> NDArray[np.int64]:
    sums = np.append(np.int64(0), np.cumsum(truths))
    found: NDArray[np.int64] = sums[rows.starts + rows.sizes] - sums[rows.starts]
    return found


def _astray(rows: Rows, crossed: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(_per_item(rows, crossed)))


def _unlike(data: Dataset, rows: Rows) -> int:
    """Count the items whose end differs from the list's: rows against it, item by item, leave nothing."""
    last = rows.balance[rows.starts + rows.sizes - 1]
    listed = data.open_at_end
    key = np.concatenate([rows.key, item_keys(listed)])
    order, starts = groups(key)
    left = running(np.concatenate([last, -listed.local_amount])[order], starts)
    ends = np.append(starts[1:], key.size) - 1
    return int(np.count_nonzero(left[ends])) if key.size else 0


def _entries(data: Dataset, lines: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.zeros(data.count, dtype=np.bool_)
    found[data.entry[lines]] = True
    return found
