"""The columns of the line view as Parquet holds them: different values once, and their numbers.

All row groups have one list of the words of a column, since pyarrow refuses to group by words that are
numbered in several ways.  Only ids of partners may be too many for that.
A column of the entry has the same value on all lines of an entry, so its numbers are one run an entry, made
without a look at the lines.  Amounts of lines, which hardly repeat, stand there as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from datasynth.encoding.arrow import scaled_amounts, word_list
from datasynth.encoding.arrow_schema import arrow_type
from datasynth.encoding.fields import Notation
from datasynth.encoding.kernels.parquet_pages import (
    LENGTH,
    NOBODY,
    keep_present,
    number_values,
    number_words,
    put_decimals,
    put_hybrid,
    put_runs,
    put_texts,
)
from datasynth.encoding.kernels.records import ENTRY
from datasynth.encoding.text_columns import text_column

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datasynth.encoding.columns import ColumnReader
    from datasynth.encoding.entries_format import Amounts
    from datasynth.encoding.fields import RecordField
    from datasynth.generation.block import Block, Vocabulary

    Places = NDArray[np.int32]

    ValueWriter = Callable[[Block, Places | None], NDArray[Any]]
    """Writes the values of some entries or lines (None: of all), as Parquet's encoding ``PLAIN`` does."""

LARGEST_TABLE = 65_536
"""Words of which a row group makes a table to number its own; of more it hashes them."""

OCTET = 8
"""Its bits."""

INT32_BITS = 32
"""Of the smallest numbers that Parquet has."""

MILLISECONDS = 1_000
"""Of a second: Parquet has no whole seconds."""


class ColumnPages(NamedTuple):
    """What the pages of a column hold, uncompressed.

    Attributes
    ----------
    dictionary : uint8, or None
        The different values; None if each stands in the data, or all row groups have the same.
    values
        How many different values there are.
    data : uint8
        Which lines have a value, and the values or their numbers.
    extremes
        The least and the largest value, as statistics have them; None where there are none.
    """

    dictionary: NDArray[np.uint8] | None
    values: int
    data: NDArray[np.uint8]
    extremes: tuple[bytes, bytes] | None


class ParquetWords:
    """A column of words, numbered by one list in all row groups of a file.

    Parameters
    ----------
    field
        One of words.
    vocabulary, columns
        The journal's words, and what reads the codes.
    whole_octets
        Whether numbers take whole octets, in which zstd and gzip, but not Snappy, find more that repeats
        than the wider numbers cost.
    told
        Whether the row group tells the least and the largest word; no entry or line is without one then.
    """

    def __init__(
        self,
        field: RecordField,
        vocabulary: Vocabulary,
        columns: ColumnReader,
        *,
        whole_octets: bool,
        told: bool,
    ) -> None:
        self._column = _WordColumn(field, vocabulary, columns)
        width = _width(self._column.count)
        self._width = -(-width // OCTET) * OCTET if whole_octets and width > OCTET // 2 else width
        self._told = told

    def dictionary(self) -> tuple[NDArray[np.uint8], int]:
        """Return the list as Parquet has it, and how many words it has."""
        count = self._column.count
        return self._column.written(np.arange(count, dtype=np.int32)), count

    def pages(self, block: Block) -> ColumnPages:
        """Encode the column of a block that has lines, but for the list."""
        words = self._column.words(block)
        data = _data(block, self._column.field, words >= 0, words, self._width)
        return ColumnPages(None, 0, data, self._extremes(words) if self._told else None)

    def _extremes(self, words: Places) -> tuple[bytes, bytes]:
        found = [self._column.text(word) for word in np.flatnonzero(np.bincount(words)).tolist()]
        return min(found), max(found)


class ParquetManyWords:
    """A column of words of which each row group lists those that occur in it; parameters are as above."""

    def __init__(self, field: RecordField, vocabulary: Vocabulary, columns: ColumnReader) -> None:
        self._column = _WordColumn(field, vocabulary, columns)

    def pages(self, block: Block) -> ColumnPages:
        """Encode the column of a block that has lines."""
        words = self._column.words(block)
        numbers, used = self._numbered(words)
        data = _data(block, self._column.field, words >= 0, numbers, _width(len(used)))
        return ColumnPages(self._column.written(used), len(used), data, None)

    def _numbered(self, words: Places) -> tuple[Places, Places]:
        """Number the words that occur; return the numbers, and the word of each."""
        if self._column.count > LARGEST_TABLE:
            numbers, first_places = _numbered(words >= 0, words, words)
            return numbers, words[first_places]
        numbers, used = np.empty_like(words), np.empty_like(words)
        table = np.empty(self._column.count + 1, dtype=np.int32)
        count = number_words(numbers, used, table, words)
        return numbers, used[:count]


class _WordColumn:
    """The words of a field, each once, and where they are in blocks."""

    def __init__(self, field: RecordField, vocabulary: Vocabulary, columns: ColumnReader) -> None:
        self.field = field
        self._columns = columns
        words = word_list(field.words(vocabulary))
        _, starts, text = words.dictionary.buffers()
        self.count = len(words.dictionary)
        # The last place is that of a word that is absent, whose code is -1.
        self._places = None if words.places is None else np.append(words.places, np.int32(NOBODY))
        # Copies, since kernels are compiled anew for arrays that cannot be written to.
        self._starts = np.frombuffer(starts, dtype=np.int32, count=self.count + 1).copy()
        self._text = np.frombuffer(text or b"", dtype=np.uint8).copy()

    def words(self, block: Block) -> Places:
        """Return the place of each word in the list, below 0 where it is absent."""
        codes = self._columns.column(block, self.field.column)
        return codes.astype(np.int32) if self._places is None else self._places[codes]

    def text(self, word: int) -> bytes:
        return self._text[self._starts[word] : self._starts[word + 1]].tobytes()

    def written(self, words: Places) -> NDArray[np.uint8]:
        return _written(self._text, self._starts, words)


class ParquetValues:
    """A column of numbers, dates, times, ids or amounts.

    Parameters
    ----------
    field
        One that is no word.
    vocabulary, columns
        The journal's words, and what reads the columns of blocks.
    amounts
        How amounts are written.
    told
        Whether the row group tells the least and the largest value, which are numbers then.
    """

    def __init__(
        self,
        field: RecordField,
        vocabulary: Vocabulary,
        columns: ColumnReader,
        amounts: Amounts,
        *,
        told: bool,
    ) -> None:
        self._field = field
        self._columns = columns
        self._write = value_writer(field, vocabulary, columns, amounts)
        self._plain = field.notation is Notation.AMOUNT and field.scope != ENTRY
        self._told = told

    def pages(self, block: Block) -> ColumnPages:
        """Encode the column of a block that has lines."""
        present = self._present(block)
        if self._plain:
            values = self._write(block, None if present.all() else np.flatnonzero(present).astype(np.int32))
            data = _joined(_levels(block, self._field, present), values.view(np.uint8).ravel())
            return ColumnPages(None, 0, data, None)
        numbers, first_places = _numbered(present, *self._keys(block))
        values = self._write(block, first_places)
        extremes = (values.min().tobytes(), values.max().tobytes()) if self._told else None
        data = _data(block, self._field, present, numbers, _width(len(first_places)))
        return ColumnPages(values.view(np.uint8).ravel(), len(first_places), data, extremes)

    def _present(self, block: Block) -> NDArray[np.bool_]:
        field = self._field
        name = field.column if field.notation is Notation.NUMBERED else field.presence
        if name is not None:
            present: NDArray[np.bool_] = self._columns.column(block, name) >= 0
            return present
        return np.ones(block.entries if field.scope == ENTRY else block.lines, dtype=np.bool_)

    def _keys(self, block: Block) -> tuple[NDArray[Any], NDArray[Any]]:
        """Two columns in which two entries or lines are alike if their values are, and else hardly ever."""
        high = self._columns.column(block, self._field.column)
        return high, self._columns.column(block, self._field.other) if self._field.other else high


def value_writer(
    field: RecordField, vocabulary: Vocabulary, columns: ColumnReader, amounts: Amounts
) -> ValueWriter:
    """Return what writes the values of a field that is no word."""
    kind = arrow_type(field, amounts)

    def texts(block: Block, places: Places | None) -> NDArray[np.uint8]:
        starts, text = column.texts(block, places)
        return _written(text, starts, np.arange(len(starts) - 1, dtype=np.int32))

    def decimals(block: Block, places: Places | None) -> NDArray[np.uint8]:
        missing = kind.scale - columns.column(block, field.other).astype(np.int64)
        halves = scaled_amounts(block, columns.column(block, field.column), missing, field.scope)
        if places is not None:
            halves = halves[places]
        out = np.empty((len(halves), _octets(kind.precision)), dtype=np.uint8)
        put_decimals(out, halves)
        return out

    def numbers(block: Block, places: Places | None) -> NDArray[Any]:
        values = columns.column(block, field.column)
        if places is not None:
            values = values[places]
        if field.notation is Notation.MOMENT:
            return values.astype(np.int64) * MILLISECONDS
        return values.astype(np.int64 if kind.bit_width > INT32_BITS else np.int32, copy=False)

    if pa.types.is_string(kind):
        column = text_column(field, vocabulary, columns)
        return texts
    return decimals if pa.types.is_decimal(kind) else numbers


def _octets(digits: int) -> int:
    """Octets of a signed number with so many decimal digits."""
    return int(10**digits).bit_length() // 8 + 1


def _numbered(
    present: NDArray[np.bool_], high: NDArray[Any], low: NDArray[Any]
) -> tuple[Places, NDArray[np.int32]]:
    """Number the pairs that occur; return the numbers, below 0 where a pair is absent, and their places."""
    numbers = present.astype(np.int32) - 1
    first_places = np.empty(len(numbers), dtype=np.int32)
    table = np.full(2 << int(np.count_nonzero(present)).bit_length(), NOBODY, dtype=np.int32)
    # Interpreted, the hash overflows on purpose.
    with np.errstate(over="ignore"):
        count = number_values(numbers, first_places, table, _wide(high), _wide(low))
    return numbers, first_places[:count]


def _wide(column: NDArray[Any]) -> NDArray[np.int64]:
    return column.view(np.int64) if column.dtype == np.uint64 else column.astype(np.int64, copy=False)


def _written(text: NDArray[np.uint8], starts: Places, places: Places) -> NDArray[np.uint8]:
    """Some texts, each behind its length."""
    sizes = starts[places + 1] - starts[places]
    out = np.empty(int(sizes.sum(dtype=np.int64)) + LENGTH * len(places), dtype=np.uint8)
    put_texts(out, text, starts, places)
    return out


def _width(count: int) -> int:
    """Bits of the numbers of so many values."""
    return max((count - 1).bit_length(), 1)


def _data(
    block: Block, field: RecordField, present: NDArray[np.bool_], numbers: Places, width: int
) -> NDArray[np.uint8]:
    """What a page of numbers of values holds."""
    octets = _runs(block, field, numbers, width)
    return _joined(_levels(block, field, present), np.array([width], dtype=np.uint8), octets)


def _joined(*octets: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Octets in a row; a copy only where there is more than one part."""
    parts = [part for part in octets if len(part)]
    return parts[0] if len(parts) == 1 else np.concatenate(octets)


def _levels(block: Block, field: RecordField, present: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Which lines have a value, behind the length of that; nothing where all must have one."""
    if not field.nullable:
        return np.empty(0, dtype=np.uint8)
    octets = _runs(block, field, present.view(np.int8).astype(np.int32), 1)
    return _joined(np.array([len(octets)], dtype="<u4").view(np.uint8), octets)


def _runs(block: Block, field: RecordField, numbers: Places, width: int) -> NDArray[np.uint8]:
    """Numbers of entries or lines as runs over the lines; those below 0 are left out."""
    if field.scope == ENTRY:
        # A head of up to ten octets and the number.
        out = np.empty(len(numbers) * (10 + width // 8 + 1), dtype=np.uint8)
        return out[: put_runs(out, numbers, block.first_line, width)]
    kept = np.empty(len(numbers) + 1, dtype=np.int32)
    numbers = kept[: keep_present(kept, numbers)]
    # Packed, each takes its bits, and each 504 of them a head; a run of eight takes no more than they.
    out = np.empty(len(numbers) * width // 8 + len(numbers) // 2 + 64, dtype=np.uint8)
    return out[: put_hybrid(out, numbers, width)]
