"""A text format as a table of pieces, the form in which kernels follow it.

A record is a row of literals with values between them.  `LayoutWriter` takes
them in the order in which they are to appear and numbers words and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.kernels.frames import LARGEST_HEADER
from datasynth.encoding.kernels.records import (
    AMOUNT,
    DATE,
    DIGITS,
    ENTRY,
    LINE,
    MOMENT,
    NO_GATE,
    NOTHING,
    PIECE_COLUMNS,
    SECTION_COLUMNS,
    UUID,
    WORD,
)
from datasynth.encoding.kernels.text import AMOUNT_SIZE, DATE_SIZE, DIGITS_SIZE, MOMENT_SIZE, UUID_SIZE
from datasynth.encoding.words import WordPool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LARGEST = {
    NOTHING: 0,
    DIGITS: DIGITS_SIZE,
    AMOUNT: AMOUNT_SIZE,
    UUID: UUID_SIZE,
    WORD: 0,
    DATE: DATE_SIZE,
    MOMENT: MOMENT_SIZE,
}
"""Most bytes that a value of each kind takes beside its words."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """A format, ready for the kernels of `records`.

    Attributes
    ----------
    pieces, sections, words, starts
        As the kernels take them.
    entry_columns, line_columns
        Names of the columns that the pieces refer to, in order.
    entry_size, line_size
        Most bytes that the entry's and the line's pieces of one record take.
    """

    pieces: NDArray[np.int64]
    sections: NDArray[np.int64]
    words: NDArray[np.uint8]
    starts: NDArray[np.int64]
    entry_columns: tuple[str, ...]
    line_columns: tuple[str, ...]
    entry_size: int
    line_size: int


@dataclass(slots=True)
class _Piece:
    """A piece under construction; `words` is its literal alone, or a table with the literal in each word."""

    scope: int
    kind: int
    column: int
    extra: int
    gate: int
    words: list[bytes]

    def size(self) -> int:
        return max(map(len, self.words)) + LARGEST[self.kind]


class LayoutWriter:
    """Collects the pieces of a record in order."""

    def __init__(self) -> None:
        self._pieces: list[_Piece] = []
        self._columns: dict[int, list[str]] = {ENTRY: [], LINE: []}
        self._pending = b""

    def literal(self, text: bytes) -> None:
        """Bytes that stand there in every record."""
        self._pending += text

    def word(self, scope: int, column: str, absent: bytes, words: Sequence[bytes]) -> None:
        """One of `words` by the code in `column`, or `absent`.

        The literal before it becomes part of each word, and two tables in a
        row with the same codes become one: a longer copy costs next to nothing.
        """
        table = [self._pending + word for word in (absent, *words)]
        self._pending = b""
        place = self._column(scope, column)
        last = self._pieces[-1] if self._pieces else None
        if last and (last.scope, last.kind, last.column, len(last.words)) == (scope, WORD, place, len(table)):
            last.words = [first + second for first, second in zip(last.words, table, strict=True)]
        else:
            self._pieces.append(_Piece(scope, WORD, place, 0, NO_GATE, table))

    def value(self, scope: int, kind: int, column: str, extra: int = 0, gate: str | None = None) -> None:
        """A value of `column`, written only where the column `gate` is not absent."""
        gate_place = NO_GATE if gate is None else self._column(scope, gate)
        self._add(_Piece(scope, kind, self._column(scope, column), extra, gate_place, []))

    def amount(self, scope: int, column: str, decimals: str, gate: str | None = None) -> None:
        """An amount, or a rate, with as many decimals as the entry's column `decimals` says."""
        self.value(scope, AMOUNT, column, self._column(ENTRY, decimals), gate)

    def uuid(self, scope: int, high: str, low: str, gate: str | None = None) -> None:
        """An id from its two halves."""
        self.value(scope, UUID, high, self._column(scope, low), gate)

    def end(self, scope: int) -> None:
        """Let the literals since the last value belong to `scope`."""
        self._add(_Piece(scope, NOTHING, 0, 0, NO_GATE, []))

    def layout(self) -> Layout:
        """Everything collected."""
        pool = WordPool()
        pieces = [
            (pool.add(piece.words), piece.kind, piece.column, piece.extra, piece.gate)
            for piece in self._pieces
        ]
        words, starts = pool.tables()
        return Layout(
            pieces=np.array(pieces, dtype=np.int64).reshape(-1, PIECE_COLUMNS),
            sections=np.array(self._sections(), dtype=np.int64).reshape(-1, SECTION_COLUMNS),
            words=words,
            starts=starts,
            entry_columns=tuple(self._columns[ENTRY]),
            line_columns=tuple(self._columns[LINE]),
            entry_size=self._size(ENTRY),
            line_size=self._size(LINE),
        )

    def _add(self, piece: _Piece) -> None:
        piece.words.append(self._pending)
        self._pending = b""
        self._pieces.append(piece)

    def _column(self, scope: int, name: str) -> int:
        names = self._columns[scope]
        if name not in names:
            names.append(name)
        return names.index(name)

    def _size(self, scope: int) -> int:
        return LARGEST_HEADER + sum(piece.size() for piece in self._pieces if piece.scope == scope)

    def _sections(self) -> list[tuple[int, int, int]]:
        sections = []
        first = 0
        for scope, run in groupby(piece.scope for piece in self._pieces):
            last = first + len(list(run))
            sections.append((scope, first, last))
            first = last
        return sections
