"""Rows of lines from which documents are copied."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.generation.kernels.document_lines import ROW, TEMPLATE_LINE, LineSource
from datasynth.generation.kernels.layout import TemplateLineColumns, sum_debits
from datasynth.generation.kernels.reading_ahead import empty_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.kernel import Records


@dataclass(frozen=True, slots=True)
class DocumentLines:
    """Lines of documents, row by row.

    A document has one or several lines for each line of its row.  How they share its
    amount is drawn for each case.

    Attributes
    ----------
    offsets : (rows + 1,) int64
        Lines of row ``i`` are ``offsets[i] … offsets[i + 1] - 1``, debits first.
    debits : (rows,) int32
        How many of them are debits.
    account, posting : (lines,) int16
        Index in the chart; which posting of the step, 0 for closes.
    amount : (lines,) int64
        [minor units]
    jitter_unit : (lines,) int32
        What one jitter step adds. [minor units]
    parts : (lines,) int32
        Number of a document's lines that share the amount.
    split : (lines,) int16
        Number of the draw that shares it out; lines with the same one are shared out alike.
    """

    offsets: NDArray[np.int64]
    debits: NDArray[np.int32]
    account: NDArray[np.int16]
    posting: NDArray[np.int16]
    amount: NDArray[np.int64]
    jitter_unit: NDArray[np.int32]
    parts: NDArray[np.int32]
    split: NDArray[np.int16]

    @property
    def nbytes(self) -> int:
        """Memory of the columns. [bytes]"""
        return sum(int(getattr(self, field.name).nbytes) for field in fields(self))

    def totals(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sum the debits of each row.

        Returns
        -------
        totals, jitter_units : (rows,) int64
            The sums, and what one jitter step adds to them. [minor units]
        """
        totals, jitter_units = (np.empty(len(self.debits), dtype=np.int64) for _ in range(2))
        sum_debits(self.offsets, self.debits, self.amount, self.jitter_unit, totals, jitter_units)
        return totals, jitter_units


class GrowingLines:
    """The rows of `parts`, and memory for more `rows` and `lines` behind them.

    Free memory is not resident before it is written to, and the present rows need not
    be copied when more come.

    Attributes
    ----------
    filled
        The present rows; views that later rows do not change.
    """

    def __init__(self, parts: Sequence[DocumentLines], rows: int, lines: int) -> None:
        size = sum(len(part.debits) for part in parts)
        length = sum(len(part.amount) for part in parts)
        self._offsets = np.empty(size + rows + 1, dtype=np.int64)
        self._offsets[0] = 0
        self._debits = np.empty(size + rows, dtype=np.int32)
        self._lines: tuple[NDArray[Any], ...] = tuple(empty_lines(length + lines))
        self.filled = self._first(0, 0)
        for part in parts:
            self._write(part)

    def append(self, more: DocumentLines) -> DocumentLines:
        """Add rows and return all of them; if there is no room, everything is copied."""
        if len(self.filled.debits) + len(more.debits) > len(self._debits) or len(self.filled.amount) + len(
            more.amount
        ) > len(self._lines[0]):
            return join([self.filled, more])
        self._write(more)
        return self.filled

    def _write(self, part: DocumentLines) -> None:
        row, line = len(self.filled.debits), len(self.filled.amount)
        rows, lines = row + len(part.debits), line + len(part.amount)
        np.add(part.offsets[1:], line, out=self._offsets[row + 1 : rows + 1])
        self._debits[row:rows] = part.debits
        columns = (part.account, part.posting, part.amount, part.jitter_unit, part.parts, part.split)
        for column, new in zip(self._lines, columns, strict=True):
            column[line:lines] = new
        self.filled = self._first(rows, lines)

    def _first(self, rows: int, lines: int) -> DocumentLines:
        return DocumentLines(
            self._offsets[: rows + 1], self._debits[:rows], *(column[:lines] for column in self._lines)
        )


def empty_lines(size: int) -> TemplateLineColumns:
    """Return columns for the lines of templates that nothing is written in yet."""
    account, posting, split = (np.empty(size, dtype=np.int16) for _ in range(3))
    jitter_unit, parts = (np.empty(size, dtype=np.int32) for _ in range(2))
    return TemplateLineColumns(account, posting, np.empty(size, dtype=np.int64), jitter_unit, parts, split)


def line_source(lines: DocumentLines, first_close: int, closing: Records) -> LineSource:
    """Return rows in the form in which blocks copy them."""
    rows = empty_records(len(lines.debits), ROW)
    rows.first_line, rows.debits = lines.offsets[:-1], lines.debits
    rows.template_lines = np.diff(lines.offsets)
    counted = np.concatenate([[0], np.add.accumulate(lines.parts, dtype=np.int64)])
    rows.lines = np.diff(counted[lines.offsets])
    rows.total, rows.jitter_unit = lines.totals()
    copied = empty_records(len(lines.amount), TEMPLATE_LINE)
    for name in TEMPLATE_LINE.names or ():
        copied[name] = getattr(lines, name)
    return LineSource(rows, copied, first_close, closing)


def join(parts: Sequence[DocumentLines]) -> DocumentLines:
    """Concatenate rows."""
    lengths = np.concatenate([np.diff(part.offsets) for part in parts])
    columns = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(DocumentLines)
        if field.name != "offsets"
    }
    return DocumentLines(
        offsets=np.concatenate([[0], np.add.accumulate(lengths)]).astype(np.int64), **columns
    )
