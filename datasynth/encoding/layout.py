"""A text format as a table of fragments, the form in which kernels follow it.

A record is a row of literals with values between them.  `LayoutWriter` takes
them in the order in which they are to appear and numbers words and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.fields import Notation
from datasynth.encoding.kernels.frames import LARGEST_HEADER
from datasynth.encoding.kernels.records import (
    ALWAYS,
    AMOUNT,
    AMOUNT_WITH_COMMA,
    DATE,
    DIGITS,
    ENTRY,
    FRAGMENT,
    LINE,
    MOMENT,
    NOTHING,
    NUMBER,
    SECTION,
    UUID,
    WORD,
    RecordLayout,
)
from datasynth.encoding.kernels.text import AMOUNT_SIZE, DATE_SIZE, DIGITS_SIZE, MOMENT_SIZE, UUID_SIZE
from datasynth.encoding.words import WordPool
from datasynth.ledger.references import NUMBER_DIGITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding.fields import RecordField

LARGEST = {
    NOTHING: 0,
    DIGITS: DIGITS_SIZE,
    NUMBER: DIGITS_SIZE,
    AMOUNT: AMOUNT_SIZE,
    AMOUNT_WITH_COMMA: AMOUNT_SIZE,
    UUID: UUID_SIZE,
    WORD: 0,
    DATE: DATE_SIZE,
    MOMENT: MOMENT_SIZE,
}
"""Most bytes that a value of each kind takes beside its words."""

ONE_COLUMN = {
    Notation.INTEGER: (DIGITS, 1),
    Notation.PADDED: (DIGITS, NUMBER_DIGITS),
    Notation.DATE: (DATE, 0),
    Notation.MOMENT: (MOMENT, 0),
}
"""Kind of fragment of the notations that need one column, and what its `extra` is."""


@dataclass(frozen=True, slots=True, eq=False)
class TextLayout:
    """A text format, ready for the kernels of `records`.

    Attributes
    ----------
    record
        As the kernels take it.
    entry_columns, line_columns
        Names of the columns that the fragments refer to, in order.
    entry_size, line_size
        Most bytes that the entry's and the line's fragments of one record take.
    """

    record: RecordLayout
    entry_columns: tuple[str, ...]
    line_columns: tuple[str, ...]
    entry_size: int
    line_size: int


@dataclass(slots=True)
class _Fragment:
    """A fragment in the making; `words` is its literal alone, or a table with the literal in each word."""

    scope: int
    kind: int
    column: int
    extra: int
    presence: int
    words: list[bytes]

    def size(self) -> int:
        return max(map(len, self.words)) + LARGEST[self.kind]


class LayoutWriter:
    """Collects the fragments of a record in order.

    Parameters
    ----------
    decimal_comma
        Whether amounts have a comma before their decimals, else a point.
    """

    def __init__(self, *, decimal_comma: bool = False) -> None:
        self._amount = AMOUNT_WITH_COMMA if decimal_comma else AMOUNT
        self._fragments: list[_Fragment] = []
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
        last = self._fragments[-1] if self._fragments else None
        if last and (last.scope, last.kind, last.column, len(last.words)) == (scope, WORD, place, len(table)):
            last.words = [first + second for first, second in zip(last.words, table, strict=True)]
        else:
            self._fragments.append(_Fragment(scope, WORD, place, 0, ALWAYS, table))

    def number(self, field: RecordField) -> None:
        """The number of a reference, written only where its kind is not absent."""
        self._value(field.scope, NUMBER, field.other, self._column(field.scope, field.digits), field.column)

    def bare(self, field: RecordField) -> None:
        """The value of a field that neither is a word nor begins with one; nothing where it is absent."""
        if field.notation is Notation.AMOUNT:
            kind, extra = self._amount, self._column(ENTRY, field.other)
        elif field.notation is Notation.UUID:
            kind, extra = UUID, self._column(field.scope, field.other)
        else:
            kind, extra = ONE_COLUMN[field.notation]
        self._value(field.scope, kind, field.column, extra, field.presence)

    def end(self, scope: int) -> None:
        """Let the literals since the last value belong to `scope`."""
        self._add(_Fragment(scope, NOTHING, 0, 0, ALWAYS, []))

    def layout(self) -> TextLayout:
        """Everything collected."""
        pool = WordPool()
        fragments = [
            (pool.add(one.words), one.kind, one.column, one.extra, one.presence) for one in self._fragments
        ]
        return TextLayout(
            record=RecordLayout(
                np.array(fragments, dtype=FRAGMENT), np.array(self._sections(), dtype=SECTION), pool.table()
            ),
            entry_columns=tuple(self._columns[ENTRY]),
            line_columns=tuple(self._columns[LINE]),
            entry_size=self._size(ENTRY),
            line_size=self._size(LINE),
        )

    def _value(self, scope: int, kind: int, column: str, extra: int, presence: str | None) -> None:
        present = ALWAYS if presence is None else self._column(scope, presence)
        self._add(_Fragment(scope, kind, self._column(scope, column), extra, present, []))

    def _add(self, fragment: _Fragment) -> None:
        fragment.words.append(self._pending)
        self._pending = b""
        self._fragments.append(fragment)

    def _column(self, scope: int, name: str) -> int:
        names = self._columns[scope]
        if name not in names:
            names.append(name)
        return names.index(name)

    def _size(self, scope: int) -> int:
        return LARGEST_HEADER + sum(one.size() for one in self._fragments if one.scope == scope)

    def _sections(self) -> list[tuple[int, int, int]]:
        sections = []
        first = 0
        for scope, run in groupby(one.scope for one in self._fragments):
            last = first + len(list(run))
            sections.append((scope, first, last))
            first = last
        return sections
