"""The order of a day's documents: a tree of merges, walked down from a place and up from a series.

At a node with ``a`` documents on its left and ``n`` in all, the slots are in blocks of
`PATTERN_SLOTS`.  Of the first slots up to the end of a block ``(slots * a + phase) // n``
are from the left (Bresenham 1965); which slots of a block these are is a *merge
pattern*, a random one of the right length and number.  So a place tells nothing of
what stands there, the documents of a series keep their order, and both ways take a
division a level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.draws import below, draw, whole
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.kernel import Records

PATTERN_BITS = 6
PATTERN_SLOTS = 1 << PATTERN_BITS
"""Slots of a block; the bits of a merge pattern."""

LAST_SLOT = PATTERN_SLOTS - 1

VARIETY_BITS = 5
"""There are ``2 ** VARIETY_BITS`` patterns of each length and number, which are also rotated."""

PATTERN, PHASE = np.uint64(0), np.uint64(1)
"""Fields of draws; see `draw`."""

_VARIETY = np.uint64((1 << VARIETY_BITS) - 1)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE = np.uint64(1)
_HALF = np.uint64(32)
_DAY_SHIFT = np.uint64(32)
_WORD = np.uint64(PATTERN_SLOTS)
_ROTATION = np.uint64(LAST_SLOT)
# Two factors below it have a product of 62 binary digits.
_SHORT = 1 << 31
_DIGITS = 20

NODE = np.dtype(
    [
        ("key", np.uint64),
        ("left", np.int32),
        ("right", np.int32),
        ("parent", np.int32),
        ("series", np.int32),
        ("group", np.int32),
        ("range", np.int32),
        ("low", np.int32),
        ("high", np.int32),
    ],
    align=True,
)
"""A node of a merge tree.

key
    Of its merge patterns.
left, right
    Children, or -1 for a node that is a series.
parent
    Node above it, or -1.
series
    Series of the node, or -1.
group, range
    Group and number range that it is the root of, or -1.
low, high
    First series under it, and the one after the last; they are consecutive.
"""


class MergeTree(NamedTuple):
    """One tree over series for each part of the day, children before their parents.

    Attributes
    ----------
    nodes : (nodes,)
        Records of `NODE`.
    roots : (day_parts,) int32
        Root of each day part, or -1 for one without series.
    leaf : (series,) int32
        Node of each series.
    numbered : (groups,) int32
        What the document numbers of each group count over: the groups of one company
        and type in several day parts share their numbers.
    patterns : (lengths and numbers, 2 ** VARIETY_BITS) uint64
        Merge patterns; see `pattern_row`.
    """

    nodes: Records
    roots: NDArray[np.int32]
    leaf: NDArray[np.int32]
    numbered: NDArray[np.int32]
    patterns: NDArray[np.uint64]


@kernel
def count_bits(mask: np.uint64) -> int:
    """Count the ones of 64 bits (Warren 2012, "Hacker's Delight", figure 5-2)."""
    pairs = mask - ((mask >> _ONE) & np.uint64(0x5555555555555555))
    fours = (pairs & np.uint64(0x3333333333333333)) + (
        (pairs >> np.uint64(2)) & np.uint64(0x3333333333333333)
    )
    eights = (fours + (fours >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return whole((eights * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def place_of_bit(mask: np.uint64, nth: int) -> int:
    """Return the place of the `nth` one of 64 bits, from 0, by halves."""
    place, rest, width = 0, nth, PATTERN_SLOTS >> 1
    while width > 0:
        low = mask & ((_ONE << np.uint64(width)) - _ONE)
        ones = count_bits(low)
        if rest < ones:
            mask = low
        else:
            rest -= ones
            place += width
            mask >>= np.uint64(width)
        width >>= 1
    return place


@kernel
def low_bits(count: int) -> np.uint64:
    """Return 64 bits of which the lowest `count`, up to 64, are ones."""
    return _ALL >> (_WORD - np.uint64(count)) if count > 0 else np.uint64(0)


@kernel
def pattern_row(length: int, chosen: int) -> int:
    """Return the row of the merge patterns of a length, 0 … 64, that have so many ones."""
    return ((length * (length + 1)) >> 1) + chosen


@kernel
def divided(factor: int, other: int, added: int, divisor: int) -> int:
    """Return ``(factor * other + added) // divisor``; the product may have more than 64 bits.

    All are below 2^41, and the divisor is not below `factor` or not below `other`.
    """
    if factor < _SHORT and other < _SHORT:
        return (factor * other + added) // divisor
    # Long division, 20 binary digits at a time.
    upper = (factor >> _DIGITS) * other
    whole_part, rest = upper // divisor, upper % divisor
    lower = (factor & ((1 << _DIGITS) - 1)) * other
    return (whole_part << _DIGITS) + ((rest << _DIGITS) + lower + added) // divisor


@kernel
def left_before(key: np.uint64, day: int, slots: int, count: int, left: int) -> int:
    """Return how many of the first `slots` of a node, whole blocks or all of them, are from its left.

    `count` documents of the day are under the node, and `left` of them on its left.
    """
    if slots <= 0:
        return 0
    if slots >= count:
        return left
    bits = draw(key, np.uint64(LEAD_DAYS + day) << _DAY_SHIFT, PHASE)
    # Above 2^32 documents this is some number below 2^32, which serves as well.
    return divided(slots, left, whole(below(bits, np.uint64(count))), count)


@kernel
def block_pattern(
    key: np.uint64, day: int, block: int, count: int, left: int, patterns: NDArray[np.uint64]
) -> np.uint64:
    """Return which slots of a block of a node's documents are from its left: bit ``i`` is slot ``i``."""
    first = block << PATTERN_BITS
    length = min(count - first, PATTERN_SLOTS)
    chosen = left
    if count > PATTERN_SLOTS:
        before = left_before(key, day, first, count, left)
        chosen = left_before(key, day, first + length, count, left) - before
    bits = draw(key, (np.uint64(LEAD_DAYS + day) << _DAY_SHIFT) | np.uint64(block), PATTERN)
    mask: np.uint64 = patterns[pattern_row(length, chosen), whole(bits & _VARIETY)]
    # Rotated within its length, every slot is from the left equally often.
    turn = ((bits >> _HALF) * np.uint64(length)) >> _HALF
    back = (np.uint64(length) - turn) & _ROTATION
    rotated: np.uint64 = ((mask >> turn) | (mask << back)) & low_bits(length)
    return rotated


@kernel
def documents_under(day: int, low: int, high: int, before: NDArray[np.int64]) -> int:
    """Count the documents of a day in a run of series; `before` has the lead days first."""
    count = 0
    for at in range(low, high):
        count += before[LEAD_DAYS + day + 1, at] - before[LEAD_DAYS + day, at]
    return count


@kernel
def count_nodes(day: int, before: NDArray[np.int64], nodes: Records, count: NDArray[np.int64]) -> None:
    """Count the documents of every node on a day; one turn is one node, children first."""
    for at in range(len(nodes)):
        node = nodes[at]
        if node.series >= 0:
            count[at] = before[LEAD_DAYS + day + 1, node.series] - before[LEAD_DAYS + day, node.series]
        else:
            count[at] = count[node.left] + count[node.right]


@kernel
def split_position(
    day: int,
    position: int,
    tree: MergeTree,
    count: NDArray[np.int64],
    seen: NDArray[np.int64],
    mask: NDArray[np.uint64],
) -> None:
    """Split a day's first entries among the nodes; one turn is one node, parents first.

    Parameters
    ----------
    count : (nodes,) int64
        From `count_nodes`.
    seen : (nodes,) int64
        Output: how many of a node's documents are among the first.
    mask : (nodes,) uint64
        Output: pattern of the block in which the next document is, if there is one.
    """
    nodes, roots, _, _, patterns = tree
    for day_part in range(len(roots)):
        if roots[day_part] >= 0:
            seen[roots[day_part]] = min(max(position, 0), count[roots[day_part]])
            position -= count[roots[day_part]]
    for at in range(len(nodes) - 1, -1, -1):
        node = nodes[at]
        if node.series >= 0:
            continue
        taken, slots = 0, seen[at]
        if slots >= count[at]:
            taken = count[node.left]
        else:
            within, block = slots & LAST_SLOT, slots >> PATTERN_BITS
            mask[at] = block_pattern(node.key, day, block, count[at], count[node.left], patterns)
            taken = left_before(node.key, day, slots - within, count[at], count[node.left])
            taken += count_bits(mask[at] & low_bits(within))
        seen[node.left] = taken
        seen[node.right] = slots - taken


@kernel
def block_of_rank(key: np.uint64, day: int, rank: int, count: int, left: int, from_left: int) -> int:
    """Return the block of a node in which a child's document of a rank is.

    The child is the left one if `from_left` is 1.
    """
    if count <= PATTERN_SLOTS:
        return 0
    bits = draw(key, np.uint64(LEAD_DAYS + day) << _DAY_SHIFT, PHASE)
    phase = whole(below(bits, np.uint64(count)))
    # The slot that the document would have without patterns is in the same block.
    if from_left == 1:
        slot = divided(rank + 1, count, left - 1 - phase, left) - 1
    else:
        slot = divided(rank, count, phase, count - left)
    return slot >> PATTERN_BITS


@kernel
def slot_above(
    key: np.uint64,
    day: int,
    rank: int,
    count: int,
    left: int,
    from_left: int,
    patterns: NDArray[np.uint64],
) -> int:
    """Return the slot in a node of a child's document of a rank: one step up the tree."""
    block = block_of_rank(key, day, rank, count, left, from_left)
    first = block << PATTERN_BITS
    before = left_before(key, day, first, count, left)
    mask = block_pattern(key, day, block, count, left, patterns)
    if from_left == 1:
        return first + place_of_bit(mask, rank - before)
    return first + place_of_bit(~mask & low_bits(min(count - first, PATTERN_SLOTS)), rank - (first - before))


@kernel
def climb(day: int, leaf: int, top: int, rank: int, before: NDArray[np.int64], tree: MergeTree) -> int:
    """Return the slot, in a node above or at a leaf, of the leaf's document of a rank on a day."""
    nodes, patterns = tree.nodes, tree.patterns
    node, slot = leaf, rank
    while node != top:
        above = nodes[nodes[node].parent]
        first = nodes[above.left]
        left = documents_under(day, first.low, first.high, before)
        count = left + documents_under(day, first.high, above.high, before)
        slot = slot_above(above.key, day, slot, count, left, 1 if above.left == node else 0, patterns)
        node = nodes[node].parent
    return slot
