"""How many debit and credit lines documents have.

Some documents have as many lines as they have postings; the others share what
is left of the table of line counts (`ledger.line_counts`), so that all together
meet it.  Their shares are found by fitting a table of steps and shapes to both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws
from datasynth.generation.elementary import exp, log
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
EQUAL, MORE_DEBITS, MORE_CREDIT = 0, 1, 2
"""Which side has more lines."""

RAREST = 1e-9
"""Shares that are smaller are nil: ten of the most entries there are.  Documents that the frequent
shapes do not fit would take rare ones all the time otherwise, instead of those nearest to the frequent."""


@dataclass(frozen=True, slots=True)
class LineCountProfile:
    """Shapes and how frequent they should be.

    Attributes
    ----------
    lines, side : (shapes,) int64
        Number of lines; `EQUAL`, `MORE_DEBITS` or `MORE_CREDIT`.
    shares : (shapes,) float64
        They sum to 1.
    """

    lines: NDArray[np.int64]
    side: NDArray[np.int64]
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineCountGroup:
    """Documents of one step that have the same postings.

    Attributes
    ----------
    family
        Which sides may have more lines than postings.
    debits, credits
        Number of postings of each side.
    documents
        How many there are in the stream.
    """

    family: ExtraLines
    debits: int
    credits: int
    documents: int


def line_count_profile(line_items: LineItems, taxed: float) -> LineCountProfile:
    """Return the wanted shapes.

    Parameters
    ----------
    line_items
        Of the configuration.
    taxed
        Share of the documents that have a tax line.
    """
    counts = np.arange(_FEWEST, line_items.max_lines + 1, dtype=np.int64)
    shares = _custom(line_items, len(counts)) if line_items.custom_distribution else _usual(counts, taxed)
    even = counts % 2 == 0
    equal = np.where(even, np.where(counts == _FEWEST, 1.0, EQUAL_OF_EVEN), 0.0)
    split = (equal, (1.0 - equal) * (1.0 - MORE_CREDITS), (1.0 - equal) * MORE_CREDITS)
    return LineCountProfile(
        np.tile(counts, 3),
        np.repeat(np.arange(3, dtype=np.int64), len(counts)),
        np.concatenate([shares * part for part in split]),
    )


def _custom(line_items: LineItems, size: int) -> NDArray[np.float64]:
    shares = np.zeros(size)
    for lines, share in line_items.custom_distribution:
        shares[lines - _FEWEST] = share
    shares /= np.add.accumulate(shares)[-1]
    return np.where(shares < RAREST, 0.0, shares)


def _usual(counts: NDArray[np.int64], taxed: float) -> NDArray[np.float64]:
    most = int(counts[-1])
    shares = np.zeros(len(counts))
    few = min(len(FEW_SHARES), len(counts))
    shares[:few] = FEW_SHARES[:few]
    for low, high, share in BINS:
        lines = np.arange(low, high + 1)
        mass = exp(-TAIL_EXPONENT * log(lines.astype(np.float64)))
        mass = np.where(lines % 2 == 0, _scaled(mass, lines % 2 == 0) * TAIL_EVEN, 0.0) + np.where(
            lines % 2 == 1, _scaled(mass, lines % 2 == 1) * (1.0 - TAIL_EVEN), 0.0
        )
        inside = max(min(high, most) - low + 1, 0)
        shares[low - _FEWEST : low - _FEWEST + inside] += mass[:inside] * share
        above = float(np.add.accumulate(mass[inside:])[-1]) * share if inside < len(mass) else 0.0
        upper = counts >= most // 2
        for parity, part in ((0, TAIL_EVEN), (1, 1.0 - TAIL_EVEN)):
            chosen = upper & (counts % 2 == parity)
            shares[chosen] += above * part / np.count_nonzero(chosen)
    moved = min(max(taxed - NATURAL_TAXED, 0.0) * TAXED_PULL, float(shares[0]))
    shares[0] -= moved
    shares[1] += moved
    whole: float = np.add.accumulate(shares)[-1]
    return shares / whole


def _scaled(mass: NDArray[np.float64], chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    whole: float = np.add.accumulate(np.where(chosen, mass, 0.0))[-1]
    return mass / whole


def fit_line_counts(table: LineCountProfile, groups: Sequence[LineCountGroup]) -> NDArray[np.float64]:
    """Return how often each group has each shape, so that all together meet the table.

    Parameters
    ----------
    table
        From `line_count_profile`.
    groups
        All documents of the stream.

    Returns
    -------
    (groups, shapes) float64
        Rows sum to 1.  Where groups cannot meet the table, their own postings win;
        one that can have no shape of the table has the nearest that it can have.
    """
    allowed = np.stack([_nearest(table, _allowed(table, group)) for group in groups])
    documents = np.array([max(group.documents, 1e-6) for group in groups], dtype=np.float64)
    documents /= np.add.accumulate(documents)[-1]
    prior = np.where(allowed, np.maximum(table.shares, 1e-9)[None, :], 0.0)
    fitted = fit_table(prior, documents, table.shares)
    whole = np.add.accumulate(fitted, axis=1)[:, -1:]
    return fitted / whole


def _nearest(table: LineCountProfile, allowed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave those in the table, or else those with the nearest number of lines, the fewer of two."""
    listed: NDArray[np.bool_] = allowed & (table.shares > 0.0)
    if listed.any():
        return listed
    wanted = np.unique(table.lines[table.shares > 0.0])
    away = np.abs(table.lines[:, None] - wanted[None, :]).min(axis=1)
    nearest = allowed & (away == away[allowed].min())
    fewest: NDArray[np.bool_] = nearest & (table.lines == table.lines[nearest].min())
    return fewest


def _allowed(table: LineCountProfile, group: LineCountGroup) -> NDArray[np.bool_]:
    lines, side = table.lines, table.side
    debits, credits_ = group.debits, group.credits
    possible: NDArray[np.bool_] = lines >= debits + credits_
    if group.extra_lines is ExtraLines.NONE or lines[-1] < debits + credits_:
        possible = (lines == debits + credits_) & (side == _side(debits, credits_))
    elif group.extra_lines is ExtraLines.CREDITS:
        possible &= side == _sides(np.full_like(lines, debits), lines - debits)
    elif group.extra_lines is ExtraLines.DEBITS:
        possible &= side == _sides(lines - credits_, np.full_like(lines, credits_))
    else:
        fewer = np.where(group.extra_lines is ExtraLines.BOTH, (lines - 1) // 2, 0)
        equal = (side == EQUAL) & (lines % 2 == 0) & (lines // 2 >= max(debits, credits_))
        heavy_debits = (side == MORE_DEBITS) & (fewer >= credits_) & (lines > _FEWEST)
        heavy_credits = (side == MORE_CREDIT) & (fewer >= debits) & (lines > _FEWEST)
        possible &= equal | heavy_debits | heavy_credits
    return possible


def _side(debits: int, credits_: int) -> int:
    return EQUAL if debits == credits_ else MORE_DEBITS if debits > credits_ else MORE_CREDIT


def _sides(debits: NDArray[np.int64], credits_: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(debits == credits_, EQUAL, np.where(debits > credits_, MORE_DEBITS, MORE_CREDIT))


def deal_line_counts(
    table: LineCountProfile,
    group: LineCountGroup,
    chances: NDArray[np.float64],
    most: NDArray[np.int64],
    key: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give a group's documents their numbers of lines.

    Parameters
    ----------
    table
        Of the stream.
    group
        Which postings they have.
    chances : (shapes,) float64
        The group's row of `fit_line_counts`.
    most : (n,) int64
        How many lines the amounts of each document stand.
    key
        From `make_key`.

    Returns
    -------
    debits, credits : (n,) int64
        Numbers of lines of each side.
    """
    size = len(most)
    numbers = np.arange(size, dtype=np.int64)
    # Draws of one key are all different, so every way of sorting gives the same order.
    order = np.argsort(draws(key, numbers, 0))
    reached = np.add.accumulate(chances)
    ranks = (np.arange(size) + 0.5) / max(size, 1) * reached[-1]
    chosen = np.empty(size, dtype=np.int64)
    chosen[order] = np.minimum(np.searchsorted(reached, ranks), len(chances) - 1)
    chosen = _afford(table.lines, chosen, most, draws(key, numbers, 1))
    lines, side = table.lines[chosen], table.side[chosen]
    lines = np.maximum(np.minimum(lines, most), group.debits + group.credits)
    return _sides_of(group, lines, side, draws(key, numbers, 2))


def _afford(
    lines: NDArray[np.int64], chosen: NDArray[np.int64], most: NDArray[np.int64], bits: NDArray[np.uint64]
) -> NDArray[np.int64]:
    """Swap shapes that are too large for their amounts with small ones of larger amounts."""
    wanted = lines[chosen]
    poor = np.flatnonzero(wanted > most)
    if not len(poor):
        return chosen
    fewest = int(wanted.min())
    rich = np.flatnonzero((wanted == fewest) & (most > fewest))
    rich = rich[np.argsort(most[rich], kind="stable")]
    swapped = chosen.copy()
    free = np.ones(len(rich), dtype=np.bool_)
    for at in poor[np.argsort(-wanted[poor], kind="stable")].tolist():
        first = int(np.searchsorted(most[rich], wanted[at]))
        open_places = np.flatnonzero(free[first:])
        if len(open_places):
            place = first + int(open_places[(int(bits[at]) >> 32) * len(open_places) >> 32])
            free[place] = False
            swapped[at], swapped[rich[place]] = swapped[rich[place]], swapped[at]
    return swapped


def _sides_of(
    group: LineCountGroup, lines: NDArray[np.int64], side: NDArray[np.int64], bits: NDArray[np.uint64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    debits, credits_ = group.debits, group.credits
    if group.extra_lines is ExtraLines.NONE:
        return np.full_like(lines, debits), np.full_like(lines, credits_)
    if group.extra_lines is ExtraLines.CREDITS:
        return np.full_like(lines, debits), lines - debits
    if group.extra_lines is ExtraLines.DEBITS:
        return lines - credits_, np.full_like(lines, credits_)
    if group.extra_lines is ExtraLines.EQUAL:
        return lines // 2, lines // 2
    least = np.where(side == MORE_DEBITS, credits_, debits)
    least = np.maximum(least, 1)
    room = np.maximum((lines - 1) // 2 - least + 1, 1)
    fewer = least + below(bits, room)
    debit = np.where(side == EQUAL, lines // 2, np.where(side == MORE_DEBITS, lines - fewer, fewer))
    debit = np.clip(debit, debits, lines - credits_)
    return debit, lines - debit
