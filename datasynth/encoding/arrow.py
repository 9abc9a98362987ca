"""Blocks as Arrow record batches, with the names and the order of columns that downloads have.

Codes stay codes: a word is a dictionary-encoded string.  Dates, times, codes and
numbers are the block's own arrays, without a copy, wherever a row is an entry.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import compute

from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.fields import HEADER_FIELDS, LINE_FIELDS, ROW_FIELDS, SEQUENCE, Notation
from datasynth.encoding.kernels.records import ENTRY, LINE
from datasynth.encoding.kernels.text import UUID_SIZE
from datasynth.ledger.references import NUMBER_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from datasynth.encoding.fields import RecordField
    from datasynth.generation.block import Block, Vocabulary

View = Literal["line", "document"]

AMOUNT = pa.decimal128(23, 4)
"""Holds every amount of 64 bits, in every currency: none has more than four decimals."""

RATE = pa.decimal128(27, 14)
"""Holds every exchange rate: six decimals or more, and 13 for the two currencies that are furthest apart."""

_KINDS = {Notation.DATE: pa.date32(), Notation.MOMENT: pa.timestamp("s", tz="UTC")}

MOST_LINES = (2**31 - 1) // UUID_SIZE
"""Lines of one record batch; the longest column of text has offsets of 32 bits."""

_HEX_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_HEX_PLACES = np.array(
    [place for place, sign in enumerate("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") if sign == "x"]
)


class _Words(NamedTuple):
    """The words of a field, each once, and for each code the place of its word (None: the code is it)."""

    dictionary: pa.Array
    places: NDArray[np.int32] | None


class RecordBatchEncoder:
    """Turns blocks of one journal into record batches; immutable, for any number of threads.

    Parameters
    ----------
    vocabulary
        The journal's words.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._columns = ColumnReader(vocabulary)
        self._words = {
            field: _distinct(field.words(vocabulary))
            for field in (*HEADER_FIELDS, *LINE_FIELDS)
            if field.notation in {Notation.WORD, Notation.NUMBERED}
        }

    def encode(self, block: Block, view: View) -> pa.RecordBatch:
        """Convert a whole block.

        Parameters
        ----------
        block
            Of the journal.
        view
            ``line``: a row a line, with its entry's columns; ``document``: a row an
            entry, with its lines as a list of structs.

        Raises
        ------
        ValueError
            There is no such view, or the block has more than `MOST_LINES` lines.
        """
        if block.lines > MOST_LINES:
            raise ValueError(
                f"a record batch holds at most {MOST_LINES:,} lines; the block has {block.lines:,}"
            )
        match view:
            case "line":
                return self._lines(block)
            case "document":
                return self._documents(block)
        raise ValueError(f"there is no view {view!r}; there is line, and document")

    def _lines(self, block: Block) -> pa.RecordBatch:
        entry_of_line = pa.array(np.repeat(np.arange(block.entries), np.diff(block.first_line)))
        arrays = []
        for field in ROW_FIELDS:
            array = self._array(block, field)
            arrays.append(array.take(entry_of_line) if field.scope == ENTRY else array)
        return pa.RecordBatch.from_arrays(arrays, [field.name for field in ROW_FIELDS])

    def _documents(self, block: Block) -> pa.RecordBatch:
        lines = pa.StructArray.from_arrays(
            [self._array(block, field) for field in LINE_FIELDS], [field.name for field in LINE_FIELDS]
        )
        fields = (SEQUENCE, *HEADER_FIELDS)
        return pa.RecordBatch.from_arrays(
            [
                *(self._array(block, field) for field in fields),
                pa.ListArray.from_arrays(pa.array(block.first_line.astype(np.int32)), lines),
            ],
            [*(field.name for field in fields), "lines"],
        )

    def _array(self, block: Block, field: RecordField) -> pa.Array:
        """One column, with as many values as there are entries or lines."""
        column = self._columns.column(block, field.column)
        if field.notation is Notation.WORD:
            return _word_array(self._words[field], column)
        if field.notation is Notation.PADDED:
            return compute.utf8_lpad(pa.array(column).cast(pa.string()), NUMBER_DIGITS, "0")
        if field.notation is Notation.NUMBERED:
            texts = _word_array(self._words[field], column).dictionary_decode()
            numbers = pa.array(self._columns.column(block, field.other)).cast(pa.string())
            noughts = _noughts(numbers, self._columns.column(block, field.digits))
            return compute.binary_join_element_wise(texts, noughts, numbers, "")
        presence = None if field.presence is None else self._columns.column(block, field.presence)
        if field.notation is Notation.UUID:
            return _uuid_array(column, self._columns.column(block, field.other), presence)
        if field.notation is Notation.AMOUNT:
            kind = RATE if field.other == "rate_places" else AMOUNT
            return _fixed(kind, _scaled(column, kind.scale - self._decimals(block, field)), presence)
        kind = _KINDS.get(field.notation) or pa.from_numpy_dtype(column.dtype)
        return _fixed(kind, column, presence)

    def _decimals(self, block: Block, field: RecordField) -> NDArray[Any]:
        """Decimals of each value of an amount; of a line those of its entry."""
        decimals = self._columns.column(block, field.other)
        return np.repeat(decimals, np.diff(block.first_line)) if field.scope == LINE else decimals


def _distinct(words: Iterable[str]) -> _Words:
    """Half surrogates, which UTF-8 cannot hold, become ``?``, as in the other formats."""
    found = pa.array([word.encode("utf-8", "replace") for word in words], pa.string()).dictionary_encode()
    as_they_are = len(found.dictionary) == len(found)
    return _Words(found.dictionary, None if as_they_are else found.indices.to_numpy())


def _word_array(words: _Words, codes: NDArray[Any]) -> pa.DictionaryArray:
    places = codes if words.places is None else words.places[codes]
    indices = _fixed(pa.from_numpy_dtype(places.dtype), places, codes)
    return pa.DictionaryArray.from_arrays(indices, words.dictionary)


def _fixed(kind: pa.DataType, values: NDArray[Any], presence: NDArray[Any] | None) -> pa.Array:
    """An array over the memory of `values`; absent where the presence, a column of codes, is below 0."""
    present = None if presence is None or (presence >= 0).all() else pa.array(presence >= 0).buffers()[1]
    return pa.Array.from_buffers(kind, len(values), [present, pa.py_buffer(np.ascontiguousarray(values))])


def _scaled(values: NDArray[np.int64], power: NDArray[Any]) -> NDArray[np.int64]:
    """Multiply by powers of ten below 2^31, in 128 bits.

    Returns
    -------
    (n, 2) int64
        Low and high half of each product.
    """
    factor = 10 ** power.astype(np.int64)
    low = (values & 0xFFFFFFFF) * factor
    high = (values >> 32) * factor + (low >> 32)
    halves = np.empty((len(values), 2), dtype="<i8")
    halves[:, 0] = (high << 32) | (low & 0xFFFFFFFF)
    halves[:, 1] = high >> 32
    return halves


def _noughts(numbers: pa.Array, digits: NDArray[np.int64]) -> pa.Array:
    """What lengthens each number, already text, to its least digits."""
    lacking = np.maximum(digits - compute.binary_length(numbers).to_numpy(), 0)
    return pa.array(["0" * count for count in range(int(lacking.max(initial=0)) + 1)]).take(pa.array(lacking))


def _uuid_array(high: NDArray[np.uint64], low: NDArray[np.uint64], presence: NDArray[Any] | None) -> pa.Array:
    octets = np.stack([high, low], axis=1).astype(">u8").view(np.uint8)
    text = np.full((len(high), UUID_SIZE), ord("-"), dtype=np.uint8)
    text[:, _HEX_PLACES[0::2]] = _HEX_DIGITS[octets >> 4]
    text[:, _HEX_PLACES[1::2]] = _HEX_DIGITS[octets & 15]
    array = _fixed(pa.binary(UUID_SIZE), text, presence)
    return array.cast(pa.binary()).cast(pa.string())
