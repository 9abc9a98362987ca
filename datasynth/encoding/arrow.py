"""Blocks as Arrow record batches, with the names and the order of columns that downloads have.

Codes stay codes: a word is a dictionary-encoded string.  Dates, times, codes and
numbers are the block's own arrays, without a copy, wherever a row is an entry.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa

from datasynth.encoding.arrow_schema import arrow_type, entries_schema
from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.entries_format import EntriesFormat, View
from datasynth.encoding.fields import Notation
from datasynth.encoding.kernels.decimals import scale_amounts
from datasynth.encoding.kernels.records import ENTRY, LINE
from datasynth.encoding.kernels.text import UUID_SIZE
from datasynth.encoding.text_columns import text_column
from datasynth.generation.block import COLUMN_TYPES, Block

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from datasynth.encoding.fields import RecordField
    from datasynth.generation.block import Vocabulary

MOST_LINES = (2**31 - 1) // UUID_SIZE
"""Lines of one record batch; the longest column of text has offsets of 32 bits."""

EMPTY_BLOCK = Block(
    first=0,
    first_line=np.zeros(1, dtype=np.int64),
    **{
        column.name: np.zeros(0, dtype=COLUMN_TYPES.get(column.name, np.int64))
        for column in fields(Block)
        if column.name not in {"first", "first_line"}
    },
)
"""No entries."""


class WordList(NamedTuple):
    """The words of a field, each once.

    Attributes
    ----------
    dictionary
        Strings.
    places : int32, or None
        For each code the place of its word; None where the code is it.
    """

    dictionary: pa.Array
    places: NDArray[np.int32] | None


class RecordBatchEncoder:
    """Turns blocks of one journal into record batches; immutable, for any number of threads.

    Parameters
    ----------
    vocabulary
        The journal's words.
    format
        Its view, fields and amounts count.
    bare
        Whether the dictionaries of words are empty, for messages that do not contain them.

    Attributes
    ----------
    schema
        That of every batch.
    """

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat, *, bare: bool = False) -> None:
        self.schema = entries_schema(format)
        self._format = format
        self._columns = ColumnReader(vocabulary)
        chosen = {*format.row_fields, *format.entry_fields, *format.line_fields}
        self._words = {
            field: word_list(field.words(vocabulary)) for field in chosen if field.notation is Notation.WORD
        }
        if bare:
            self._words = {
                field: words._replace(dictionary=words.dictionary[:0]) for field, words in self._words.items()
            }
        self._texts = {
            field: text_column(field, vocabulary, self._columns)
            for field in chosen
            if pa.types.is_string(arrow_type(field, format.amounts))
        }

    def nothing(self) -> pa.RecordBatch:
        """Return the batch of no entries, with all dictionaries."""
        return self.encode(EMPTY_BLOCK)

    def encode(self, block: Block) -> pa.RecordBatch:
        """Convert a whole block.

        Raises
        ------
        ValueError
            It has more than `MOST_LINES` lines.
        """
        check_lines(block)
        arrays = self._rows(block) if self._format.view is View.LINE else self._documents(block)
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def _rows(self, block: Block) -> list[pa.Array]:
        entry_of_line = pa.array(np.repeat(np.arange(block.entries), np.diff(block.first_line)))
        arrays = []
        for field in self._format.row_fields:
            array = self._array(block, field)
            arrays.append(array.take(entry_of_line) if field.scope == ENTRY else array)
        return arrays

    def _documents(self, block: Block) -> list[pa.Array]:
        arrays = [self._array(block, field) for field in self._format.entry_fields]
        if self._format.line_fields:
            kind = self.schema.field("lines").type
            lines = pa.StructArray.from_arrays(
                [self._array(block, field) for field in self._format.line_fields],
                fields=list(kind.value_type),
            )
            arrays.append(
                pa.ListArray.from_arrays(pa.array(block.first_line.astype(np.int32)), lines, type=kind)
            )
        return arrays

    def _array(self, block: Block, field: RecordField) -> pa.Array:
        """One column, with as many values as there are entries or lines."""
        kind = arrow_type(field, self._format.amounts)
        column = self._columns.column(block, field.column)
        if field.notation is Notation.WORD:
            return _word_array(self._words[field], column, kind.index_type)
        presence = column if field.notation is Notation.NUMBERED else None
        if field.presence is not None:
            presence = self._columns.column(block, field.presence)
        if field in self._texts:
            offsets, data = self._texts[field].texts(block)
            return _buffers(kind, len(column), presence, offsets, data)
        if field.notation is Notation.AMOUNT and pa.types.is_decimal(kind):
            return _buffers(kind, len(column), presence, self._scaled(block, field, kind.scale))
        return _buffers(kind, len(column), presence, _of_width(column, kind))

    def _scaled(self, block: Block, field: RecordField, scale: int) -> NDArray[np.int64]:
        """Amounts of 128 bits with so many decimals, as (k, 2) int64."""
        decimals = self._columns.column(block, field.other).astype(np.int64)
        return scaled_amounts(block, self._columns.column(block, field.column), scale - decimals, field.scope)


def check_lines(block: Block) -> None:
    """Refuse a block with too many lines for columns of text.

    Raises
    ------
    ValueError
        It has more than `MOST_LINES`.
    """
    if block.lines > MOST_LINES:
        raise ValueError(f"a record batch has at most {MOST_LINES:,} lines; the block has {block.lines:,}")


def scaled_amounts(
    block: Block, amounts: NDArray[np.int64], missing_decimals: NDArray[np.int64], scope: int
) -> NDArray[np.int64]:
    """Return amounts as numbers of 128 bits that have one number of decimals.

    Parameters
    ----------
    block
        Says which lines an entry has.
    amounts : (k,) int64
        Of entries or lines.
    missing_decimals : (n,) int64
        How many decimals those of each entry lack.
    scope
        `ENTRY` or `LINE`.

    Returns
    -------
    halves : (k, 2) int64
        Low and high half of each number.
    """
    halves = np.empty((len(amounts), 2), dtype=np.int64)
    first = block.first_line if scope == LINE else np.arange(block.entries + 1)
    scale_amounts(halves, amounts, missing_decimals, first)
    return halves


def word_list(words: Iterable[str]) -> WordList:
    """Return words each once; half surrogates, which UTF-8 cannot hold, become ``?``, as elsewhere."""
    spelt = [word.encode("utf-8", "replace") for word in words]
    starts = np.zeros(len(spelt) + 1, dtype=np.int32)
    np.cumsum(list(map(len, spelt)), out=starts[1:])
    # `pyarrow.array` would import pandas, where that is installed.
    strings = pa.StringArray.from_buffers(len(spelt), pa.py_buffer(starts), pa.py_buffer(b"".join(spelt)))
    found = strings.dictionary_encode()
    if len(found.dictionary) == len(spelt):
        return WordList(found.dictionary, None)
    places = np.frombuffer(found.indices.buffers()[1], dtype=np.int32, count=len(spelt))
    return WordList(found.dictionary, places)


def _word_array(words: WordList, codes: NDArray[Any], index_type: pa.DataType) -> pa.DictionaryArray:
    places = codes if words.places is None else words.places[codes]
    if (codes < 0).any():
        # Polars reads the places of absent words, too, and stops at negative ones.
        places = np.maximum(places, 0)
    indices = _buffers(index_type, len(codes), codes, _of_width(places, index_type))
    return pa.DictionaryArray.from_arrays(indices, words.dictionary, safe=False)


def _of_width(numbers: NDArray[Any], kind: pa.DataType) -> NDArray[Any]:
    """The numbers in as many bits as a column of the type has; they fit."""
    return numbers.astype(f"i{kind.bit_width // 8}", copy=False)


def _buffers(
    kind: pa.DataType, length: int, presence: NDArray[Any] | None, *memory: NDArray[Any]
) -> pa.Array:
    """An array over some memory; absent where the presence, a column of codes, is below 0."""
    present = None if presence is None or (presence >= 0).all() else pa.array(presence >= 0).buffers()[1]
    return pa.Array.from_buffers(
        kind, length, [present, *(pa.py_buffer(np.ascontiguousarray(array)) for array in memory)]
    )
