"""Documents that are independent draws: what the null hypothesis of twins and repeats says, as a data set."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.dataset import DatasetEntries
from tests.evaluation.shapes import TYPES, chances, good_shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation import Dataset

ENTRIES = 24_000
ACCOUNTS = 300
LONGEST = 24


@cache
def _base() -> Dataset:
    data = good_shapes()
    columns = {one.name: getattr(data.entries, one.name)[:ENTRIES] for one in fields(DatasetEntries)}
    return replace(data, entries=replace(data.entries, **columns))


def normals(salt: int, size: int) -> NDArray[np.float64]:
    """Standard normal numbers, the same for the same salt, by Box and Muller's way."""
    radius = np.sqrt(-2 * np.log1p(-chances(2 * salt, size)))
    found: NDArray[np.float64] = radius * np.cos(2 * np.pi * chances(2 * salt + 1, size))
    return found


def independent(seed: int, spread: float = 1.4, patterns: int = 40, rounded: float = 0.0) -> Dataset:
    """Twenty-four thousand documents of five lines or more, patterns drawn at random, totals log-normal.

    A pattern has its own level and spread, its totals are split at random, and a share of them is
    rounded to two digits. No reversals, no closes, no partners; columns that say nothing of twins and repeats
    are those of other documents.
    """
    salt = 100 * seed + 1_000
    lines = 5 + np.floor((LONGEST - 4) * chances(salt, ENTRIES) ** 3).astype(np.int64)
    # A few patterns of each length are frequent, most are seldom.
    kind = np.floor(patterns * chances(salt + 1, ENTRIES) ** 2).astype(np.int64) + patterns * lines
    kinds = int(kind.max()) + 1
    level = 10.0 + normals(salt + 2, kinds)[kind]
    width = spread * (0.7 + 0.6 * chances(salt + 3, kinds))[kind]
    total = np.exp(level + width * normals(salt + 4, ENTRIES)).astype(np.int64)
    total = np.maximum(total, 4 * LONGEST)
    unit = 10 ** np.maximum(np.floor(np.log10(total)).astype(np.int64) - 1, 0)
    total = np.where(chances(salt + 5, ENTRIES) < rounded, total // unit * unit, total)
    debits = 1 + kind % (lines - 1)
    return _posted(salt, kind, lines, debits, total)


def _posted(
    salt: int,
    kind: NDArray[np.int64],
    lines: NDArray[np.int64],
    debits: NDArray[np.int64],
    total: NDArray[np.int64],
) -> Dataset:
    """Put totals on lines, an account for each line of a pattern."""
    base = _base()
    first_line = np.append(np.int64(0), np.cumsum(lines))
    entry = np.repeat(np.arange(ENTRIES), lines)
    within = np.arange(entry.size) - first_line[entry]
    debit_side = within < debits[entry]
    slot = kind[entry] * (LONGEST + 1) + within
    chart = np.floor(ACCOUNTS * chances(salt + 6, int(slot.max()) + 1)).astype(np.int32)
    amount = _split(salt + 7, entry, debit_side, total)
    return replace(
        base,
        entries=replace(
            base.entries,
            document_type=(kind % len(TYPES)).astype(np.int32),
            currency=np.zeros(ENTRIES, dtype=np.int32),
            source=np.ones(ENTRIES, dtype=np.int32),
            reversal_of=np.zeros(ENTRIES, dtype=np.uint64),
        ),
        lines=replace(
            base.lines,
            line_number=within + 1,
            account=chart[slot],
            debit=np.where(debit_side, amount, 0),
            credit=np.where(debit_side, 0, amount),
            local_amount=np.where(debit_side, amount, -amount),
            partner_id=np.full(entry.size, -1, dtype=np.int32),
            trading_partner=np.full(entry.size, -1, dtype=np.int32),
        ),
        first_line=first_line,
    )


def _split(
    salt: int, entry: NDArray[np.int64], debit_side: NDArray[np.bool_], total: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Split each side at random, rounding what is left to the side's last line."""
    side = 2 * entry + ~debit_side
    weight = 0.05 - np.log1p(-chances(salt, entry.size))
    starts = np.flatnonzero(np.append(np.True_, side[1:] != side[:-1]))
    counts = np.diff(np.append(starts, side.size))
    sums = np.repeat(np.add.reduceat(weight, starts), counts)
    amount: NDArray[np.int64] = np.maximum((total[entry] * weight / sums).astype(np.int64), 1)
    ends = starts + counts - 1
    amount[ends] += total[entry[ends]] - np.add.reduceat(amount, starts)
    return amount
