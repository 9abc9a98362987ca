"""How many debit and credit lines documents have.

Some documents have one line a posting; the others share the rest of the published
line counts (`ledger.line_counts`), so that all documents together meet them.  Their
shares come from fitting a table of groups and shapes to both.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws
from datasynth.generation.elementary import exp, log, ordered_sum
from datasynth.generation.fitting import fit_table
from datasynth.ledger.line_counts import (
    BINS,
    EQUAL_OF_EVEN,
    FEW_SHARES,
    MORE_CREDITS,
    NATURAL_TAXED,
    TAIL_EVEN,
    TAIL_EXPONENT,
    TAXED_PULL,
)
from datasynth.ledger.processes import ExtraLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import LineItems

_FEWEST = 2

RAREST = 1e-9
"""Smaller shares count as nil; this is ten entries of the longest journal.  Otherwise documents that
fit no frequent shape would always have rare ones instead of those nearest to the frequent."""


class LongerSide(IntEnum):
    """Which side of a document has more lines."""

    NEITHER = 0
    DEBIT = 1
    CREDIT = 2


@dataclass(frozen=True, slots=True)
class LineCountTable:
    """Shapes of documents and how frequent they should be.

    Attributes
    ----------
    lines, side : (shapes,) int64
        Number of lines; a `LongerSide`.
    shares : (shapes,) float64
        The sum is 1.
    """

    lines: NDArray[np.int64]
    side: NDArray[np.int64]
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineCountGroup:
    """Documents of one step that have the same numbers of postings, `debits` and `credits`.

    `documents` is their number in the journal.
    """

    extra_lines: ExtraLines
    debits: int
    credits: int
    documents: int


def line_count_table(line_items: LineItems, taxed: float) -> LineCountTable:
    """Return the wanted shapes; `taxed` is the share of documents that have a tax line."""
    counts = np.arange(_FEWEST, line_items.max_lines + 1, dtype=np.int64)
    shares = _custom(line_items, len(counts)) if line_items.custom_distribution else _usual(counts, taxed)
    equal = np.where(counts % 2 == 0, np.where(counts == _FEWEST, 1.0, EQUAL_OF_EVEN), 0.0)
    # In the order of the sides.
    split = (equal, (1.0 - equal) * (1.0 - MORE_CREDITS), (1.0 - equal) * MORE_CREDITS)
    return LineCountTable(
        np.tile(counts, len(LongerSide)),
        np.repeat(np.arange(len(LongerSide), dtype=np.int64), len(counts)),
        np.concatenate([shares * part for part in split]),
    )


def _custom(line_items: LineItems, size: int) -> NDArray[np.float64]:
    shares = np.zeros(size)
    for lines, share in line_items.custom_distribution:
        shares[lines - _FEWEST] = share
    shares /= ordered_sum(shares)
    return np.where(shares < RAREST, 0.0, shares)


def _usual(counts: NDArray[np.int64], taxed: float) -> NDArray[np.float64]:
    """Return the published shares, moved by tax lines; the tail above the most lines goes below it."""
    most = int(counts[-1])
    shares = np.zeros(len(counts))
    few = min(len(FEW_SHARES), len(counts))
    shares[:few] = FEW_SHARES[:few]
    for low, high, share in BINS:
        lines = np.arange(low, high + 1)
        even = lines % 2 == 0
        mass = exp(-TAIL_EXPONENT * log(lines.astype(np.float64)))
        mass = np.where(
            even,
            mass / ordered_sum(np.where(even, mass, 0.0)) * TAIL_EVEN,
            mass / ordered_sum(np.where(even, 0.0, mass)) * (1.0 - TAIL_EVEN),
        )
        inside = max(min(high, most) - low + 1, 0)
        shares[low - _FEWEST : low - _FEWEST + inside] += mass[:inside] * share
        above = ordered_sum(mass[inside:]) * share if inside < len(mass) else 0.0
        upper = counts >= most // 2
        for parity, part in ((0, TAIL_EVEN), (1, 1.0 - TAIL_EVEN)):
            chosen = upper & (counts % 2 == parity)
            shares[chosen] += above * part / np.count_nonzero(chosen)
    moved = min(max(taxed - NATURAL_TAXED, 0.0) * TAXED_PULL, float(shares[0]))
    shares[0] -= moved
    shares[1] += moved
    return shares / ordered_sum(shares)


def fit_line_counts(table: LineCountTable, groups: Sequence[LineCountGroup]) -> NDArray[np.float64]:
    """Return how often each group has each shape, so that all together meet the table.

    Returns
    -------
    (groups, shapes) float64
        Rows sum to 1.  Where groups cannot meet the table, their own postings win; a
        group that can have no shape of the table has the nearest possible ones.
    """
    allowed = np.stack([_nearest(table, _allowed(table, group)) for group in groups])
    documents = np.array([max(group.documents, 1e-6) for group in groups], dtype=np.float64)
    documents /= ordered_sum(documents)
    shares = _with_sides_changed(table, allowed, documents)
    prior = np.where(allowed, np.maximum(shares, 1e-9)[None, :], 0.0)
    fitted = fit_table(prior, documents, shares)
    return fitted / np.add.accumulate(fitted, axis=1)[:, -1:]


def _with_sides_changed(
    table: LineCountTable, allowed: NDArray[np.bool_], documents: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the shares of the table, with so many more of a longer side as documents leave no choice.

    Where purchases are taxed, more documents than the table wants have two debits and one credit, a tax
    among them.  Fewer of those that leave a choice have two credits then, so that as many as wanted have
    three lines.

    Parameters
    ----------
    allowed : (groups, shapes) bool
    documents : (groups,) float64
        Shares of all documents.
    """
    choiceless = np.count_nonzero(allowed, axis=1) == 1
    fixed = np.zeros(len(table.shares))
    for shape, share in zip(allowed[choiceless].argmax(axis=1).tolist(), documents[choiceless], strict=True):
        fixed[shape] += share
    spare = table.shares - fixed
    counts = len(table.shares) // len(LongerSide)
    sides = LongerSide.DEBIT, LongerSide.CREDIT
    debit, credit = (slice(side * counts, (side + 1) * counts) for side in sides)
    moved = np.zeros(len(table.shares))
    for short, other in ((debit, credit), (credit, debit)):
        wanted = np.minimum(np.maximum(-spare[short], 0.0), np.maximum(spare[other], 0.0))
        moved[short] += wanted
        moved[other] -= wanted
    changed: NDArray[np.float64] = table.shares + moved
    return changed


def _nearest(table: LineCountTable, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Keep the shapes of the table, or else those with the nearest number of lines, the fewer of two."""
    listed: NDArray[np.bool_] = allowed & (table.shares > 0.0)
    if listed.any():
        return listed
    wanted = np.unique(table.lines[table.shares > 0.0])
    away = np.abs(table.lines[:, None] - wanted[None, :]).min(axis=1)
    nearest = allowed & (away == away[allowed].min())
    fewest: NDArray[np.bool_] = nearest & (table.lines == table.lines[nearest].min())
    return fewest


def _allowed(table: LineCountTable, group: LineCountGroup) -> NDArray[np.bool_]:
    """Return which shapes a group's documents can have."""
    lines, side, postings = table.lines, table.side, group.debits + group.credits
    allowed: NDArray[np.bool_] = lines >= postings
    if group.extra_lines is ExtraLines.NONE or lines[-1] < postings:
        allowed = (lines == postings) & (side == _longer_side(group.debits, group.credits))
    elif group.extra_lines is ExtraLines.CREDITS:
        allowed &= side == _longer_side(group.debits, lines - group.debits)
    elif group.extra_lines is ExtraLines.DEBITS:
        allowed &= side == _longer_side(lines - group.credits, group.credits)
    else:
        # Most lines of the shorter side where the sides can differ.
        shorter = np.where(group.extra_lines is ExtraLines.BOTH, (lines - 1) // 2, 0)
        more_debits = (side == LongerSide.DEBIT) & (shorter >= group.credits)
        more_credits = (side == LongerSide.CREDIT) & (shorter >= group.debits)
        halves = lines // 2 >= max(group.debits, group.credits)
        equal = (side == LongerSide.NEITHER) & (lines % 2 == 0) & halves
        allowed &= equal | (lines > _FEWEST) & (more_debits | more_credits)
    return allowed


def _longer_side(debits: NDArray[np.int64] | int, credits_: NDArray[np.int64] | int) -> NDArray[np.int64]:
    debits = np.asarray(debits)
    return np.where(
        debits == credits_,
        LongerSide.NEITHER,
        np.where(debits > credits_, LongerSide.DEBIT, LongerSide.CREDIT),
    )


def assign_line_counts(
    table: LineCountTable,
    group: LineCountGroup,
    chances: NDArray[np.float64],
    most: NDArray[np.int64],
    key: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Assign numbers of lines to a group's documents.

    Parameters
    ----------
    chances : (shapes,) float64
        The group's row of `fit_line_counts`.
    most : (n,) int64
        Most lines that the amount of each document can be shared among.

    Returns
    -------
    debits, credits : (n,) int64
        Numbers of lines of each side.
    """
    size = len(most)
    numbers = np.arange(size, dtype=np.int64)
    # Draws of one key are all different, so every sorting algorithm gives the same order.
    order = np.argsort(draws(key, numbers, 0))
    cumulated = np.add.accumulate(chances)
    ranks = (np.arange(size) + 0.5) / max(size, 1) * cumulated[-1]
    chosen = np.empty(size, dtype=np.int64)
    chosen[order] = np.minimum(np.searchsorted(cumulated, ranks), len(chances) - 1)
    chosen = _afford(table.lines, chosen, most, draws(key, numbers, 1))
    lines = np.maximum(np.minimum(table.lines[chosen], most), group.debits + group.credits)
    if group.extra_lines is ExtraLines.EQUAL:
        lines -= lines % 2
    debits = _debit_lines(group, lines, table.side[chosen], draws(key, numbers, 2))
    return debits, lines - debits


def _afford(
    lines: NDArray[np.int64], chosen: NDArray[np.int64], most: NDArray[np.int64], bits: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Swap shapes that have too many lines for their amounts with small shapes of larger amounts."""
    wanted = lines[chosen]
    poor = np.flatnonzero(wanted > most)
    if not len(poor):
        return chosen
    fewest = int(wanted.min())
    rich = np.flatnonzero((wanted == fewest) & (most > fewest))
    rich = rich[np.argsort(most[rich], kind="stable")]
    swapped = chosen.copy()
    firsts = np.searchsorted(most[rich], wanted)
    # Few are taken, of very many: a list of them is shorter than one of those that are left.
    taken: list[int] = []
    for at in poor[np.argsort(-wanted[poor], kind="stable")].tolist():
        place, begin = int(firsts[at]), bisect_left(taken, int(firsts[at]))
        left = len(rich) - place - (len(taken) - begin)
        if left:
            place = _nth_left(taken[begin:], place + ((int(bits[at]) >> 32) * left >> 32))
            insort(taken, place)
            swapped[at], swapped[rich[place]] = swapped[rich[place]], swapped[at]
    return swapped


def _nth_left(taken: list[int], place: int) -> int:
    """Move a place on by those that are taken up to it, which are in order."""
    for other in taken:
        if other > place:
            break
        place += 1
    return place


def _debit_lines(
    group: LineCountGroup, lines: NDArray[np.int64], side: NDArray[np.int64], bits: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Return how many of the lines are debits; the shorter side of unequal ones is drawn."""
    if group.extra_lines in {ExtraLines.NONE, ExtraLines.CREDITS}:
        return np.full_like(lines, group.debits)
    if group.extra_lines is ExtraLines.DEBITS:
        return lines - group.credits
    if group.extra_lines is ExtraLines.EQUAL:
        return lines // 2
    least = np.maximum(np.where(side == LongerSide.DEBIT, group.credits, group.debits), 1)
    shorter = least + below(bits, np.maximum((lines - 1) // 2 - least + 1, 1))
    unequal = np.where(side == LongerSide.DEBIT, lines - shorter, shorter)
    debits = np.where(side == LongerSide.NEITHER, lines // 2, unequal)
    return np.clip(debits, group.debits, lines - group.credits)
