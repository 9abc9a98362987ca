"""Rows of lines: what documents are copied from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import below, draws

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.ledger.processes import Step

_FIRST_LINE_BONUS = 1_500


@dataclass(frozen=True, slots=True)
class Rows:
    """Lines of documents, row by row.

    Attributes
    ----------
    offsets : (rows + 1,) int64
        Lines of row ``i`` are ``offsets[i] … offsets[i + 1] - 1``, debits first.
    debits : (rows,) int32
        How many of them are debits.
    account : (lines,) int16
        Index in the chart.
    posting : (lines,) int16
        Which posting of the step; for closes 0.
    amount : (lines,) int64
        [minor units]
    scale : (lines,) int32
        What one step of variation adds. [minor units]
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    scale: NDArray[np.int32]

    def totals(self) -> NDArray[np.int64]:
        """Return the sum of each row's debits. [minor units]"""
        return self._of_debits(self.amount)

    def total_scales(self) -> NDArray[np.int64]:
        """Return what one step of variation adds to each row's debits. [minor units]"""
        return self._of_debits(self.scale.astype(np.int64))

    def _of_debits(self, column: NDArray[np.int64]) -> NDArray[np.int64]:
        reached = np.concatenate([[0], np.add.accumulate(column)])
        begin = self.offsets[:-1]
        sums: NDArray[np.int64] = reached[begin + self.debits] - reached[begin]
        return sums


def join(parts: Sequence[Rows]) -> Rows:
    """Lay rows one after the other."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Rows)
        if field.name != "offsets"
    }
    return Rows(offsets=np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64), **columns)


def split(
    totals: NDArray[np.int64],
    lines: NDArray[np.int64],
    row: NDArray[np.int64],
    nth: NDArray[np.int64],
    key: int,
    least: int = 1,
) -> NDArray[np.int64]:
    """Split totals into lines: differences of rounded cumulative shares, and the least that a line has.

    Parameters
    ----------
    totals, lines : (rows,) int64
        What to split, at least `least` for each line; into how many. [minor units]
    row, nth : (m,) int64
        Row of each line, ascending, and its number within the row.
    key
        From `make_key`.
    least
        What every line has; above 0. [minor units]
    """
    if not len(row):
        return np.zeros(0, dtype=np.int64)
    share = 1 + below(draws(key, np.arange(len(row)), 0), 1_000)
    share += np.where(nth == 0, _FIRST_LINE_BONUS, 0)
    reached = np.add.accumulate(share)
    before = np.concatenate([[0], np.add.accumulate(lines)])[:-1]
    start = np.concatenate([[0], reached])[before][row]
    whole = np.concatenate([[0], reached])[before + lines][row] - start
    spare = (totals - least * lines)[row]
    share = reached - start
    # Whole ones apart, since an amount times all shares may not fit.
    upto = spare // whole * share + spare % whole * share // whole
    previous = np.where(nth == 0, 0, np.concatenate([[0], upto[:-1]]))
    parts: NDArray[np.int64] = upto - previous + least
    return parts


def swapped(rows: Rows, step: Step) -> Rows:
    """Return the rows that take those of a step back: their credits first, as debits."""
    lengths = np.diff(rows.offsets)
    row = np.repeat(np.arange(len(lengths)), lengths)
    nth = np.arange(len(row)) - rows.offsets[row]
    debits = rows.debits[row].astype(np.int64)
    on_debit = nth < debits
    place = rows.offsets[row] + np.where(on_debit, nth + lengths[row] - debits, nth - debits)
    account, posting = np.empty_like(rows.account), np.empty_like(rows.posting)
    amount, scale = np.empty_like(rows.amount), np.empty_like(rows.scale)
    account[place], amount[place], scale[place] = rows.account, rows.amount, rows.scale
    moved = np.where(on_debit, rows.posting + len(step.credit), rows.posting - len(step.debit))
    posting[place] = moved
    return Rows(rows.offsets, (lengths - rows.debits).astype(np.int32), account, posting, amount, scale)
