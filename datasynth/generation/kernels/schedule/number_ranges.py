"""Number ranges: documents that count up a number of their own, such as invoices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.kernel import Records

RANGE = np.dtype(
    [
        ("start", np.int64),
        ("order_start", np.int64),
        ("top", np.int32),
        ("ordinary", np.int32),
        ("low", np.int32),
        ("high", np.int32),
        ("first_peer", np.int32),
        ("peers", np.int32),
    ],
    align=True,
)
"""A number range: documents of one company and type that count up one number of their own.

start
    Number before that of its first document in the data set.
order_start
    The same for orders, of which each of its ordinary documents begins one.
top, ordinary
    Node of its documents, and node of those that are not wrong ones.
low, high
    First series under `top`, and the one after the last.
first_peer, peers
    Place in `ScheduleTables.peers` of the ranges that count on together, and their number;
    most ranges count alone.
"""


@kernel
def number_before(
    number: int, day: int, ranges: Records, peers: NDArray[np.int32], before: NDArray[np.int64]
) -> int:
    """Return the own number before a range's first document of a day, lead days included."""
    own = ranges[number]
    reached: int = own.start
    for place in range(own.first_peer, own.first_peer + own.peers):
        peer = ranges[peers[place]]
        # Peers that come first take the numbers of a day first.
        row = LEAD_DAYS + day + (1 if peers[place] < number else 0)
        for at in range(peer.low, peer.high):
            reached += before[row, at]
    return reached


@kernel
def orders_before(number: int, day: int, ranges: Records, nodes: Records, before: NDArray[np.int64]) -> int:
    """Return the number of the last order before a day."""
    node = nodes[ranges[number].ordinary]
    reached: int = ranges[number].order_start
    for at in range(node.low, node.high):
        reached += before[LEAD_DAYS + day, at]
    return reached
