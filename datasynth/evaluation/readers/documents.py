"""Documents of NDJSON to columns of numbers; on any thread, mostly outside the interpreter lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from datasynth.evaluation.dataset import ENTRY_FIELDS, LINE_FIELDS, NEVER, Kind
from datasynth.evaluation.readers.fingerprints import fingerprints
from datasynth.evaluation.readers.source import AMOUNT_DECIMALS, Unreadable
from datasynth.evaluation.readers.text_numbers import ending_numbers, hex_endings, stems

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from datasynth.evaluation.arrays import Codes, Ints
    from datasynth.evaluation.dataset import DocumentField

    Columns = dict[str, NDArray[np.generic] | "WordColumn"]

BLOCK_BYTES = 8 << 20
"""What Arrow parses at a time; a document has to fit in."""

AMOUNT_DIGITS = 23
"""Of all amounts, whatever the currency; `_fixed` reads the 18 lowest."""

ARROW_TYPES = {
    Kind.NUMBER: pa.int64(),
    Kind.DIGITS: pa.string(),
    Kind.WORD: pa.string(),
    Kind.PRINT: pa.string(),
    Kind.DAY: pa.timestamp("s"),
    Kind.MOMENT: pa.timestamp("s"),
    Kind.AMOUNT: pa.decimal128(AMOUNT_DIGITS, AMOUNT_DECIMALS),
    Kind.STEM: pa.string(),
    Kind.ENDING: pa.string(),
    Kind.HEX: pa.string(),
}


ROW_NAMES = {"line_number": "line"}
"""What fields of a line are called in the line view, where that is another name."""


def _types(fields: tuple[DocumentField, ...]) -> dict[str, pa.DataType]:
    """What Arrow makes of each field of a document; several columns may be read of one."""
    return {field.text: ARROW_TYPES[field.kind] for field in fields}


LINE_STRUCT = pa.struct(list(_types(LINE_FIELDS).items()))

SCHEMA = pa.schema([*_types(ENTRY_FIELDS).items(), ("lines", pa.list_(LINE_STRUCT))])
"""What is read of a document; other fields are passed over."""

ROW_SCHEMA = pa.schema(
    (
        _types(ENTRY_FIELDS) | {ROW_NAMES.get(name, name): kind for name, kind in _types(LINE_FIELDS).items()}
    ).items()
)
"""What is read of a record of the line view."""

DAY_SECONDS = 86_400
_SIGN_BIT = 63


@dataclass(frozen=True, slots=True)
class ParsedDocuments:
    """What was read of some documents.

    Attributes
    ----------
    entries, lines
        Columns by field; amounts are ten-thousandths.
    line_counts : (n,) int64
        Lines of each entry.
    missing
        How often a field that may not be absent is, by field.
    """

    entries: Columns
    lines: Columns
    line_counts: Ints
    missing: dict[str, int]


class WordColumn:
    """A column of words, as places in a list of its own.

    Attributes
    ----------
    places : (n,) int32
        -1 for absent ones.
    words
        Each once.
    """

    def __init__(self, texts: pa.Array) -> None:
        encoded = texts.dictionary_encode()
        indices = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        self.places: Codes = indices.astype(np.int32, copy=False)
        self.words: list[str] = encoded.dictionary.to_pylist()


def parse(part: bytes | pa.Table) -> ParsedDocuments:
    """Read whole entries.

    Parameters
    ----------
    part
        Documents as NDJSON, or a table of `SCHEMA` or of `ROW_SCHEMA`.

    Raises
    ------
    Unreadable
        If they are no entries; the message says why, not where.
    """
    try:
        table = (_read(part) if isinstance(part, bytes) else part).combine_chunks()
        entries, lines, counts = _of_documents(table) if "lines" in table.column_names else _of_rows(table)
        return ParsedDocuments(
            {field.name: READERS[field.kind](entries[field.text]) for field in ENTRY_FIELDS},
            {field.name: READERS[field.kind](lines[field.text]) for field in LINE_FIELDS},
            counts,
            _missing(ENTRY_FIELDS, entries) | _missing(LINE_FIELDS, lines),
        )
    except (pa.ArrowException, ValueError) as error:
        raise Unreadable(" ".join(str(error).split())) from error


def entry_starts(rows: pa.Table) -> Ints:
    """Return the rows of the line view where entries begin: where the number of the entry changes."""
    sequence = pc.fill_null(rows.column("sequence"), -1).to_numpy()
    return np.flatnonzero(np.diff(sequence, prepend=sequence[:1] - 1))


def _of_documents(table: pa.Table) -> tuple[dict[str, pa.Array], dict[str, pa.Array], Ints]:
    entries = {name: _whole(table.column(name)) for name in _types(ENTRY_FIELDS)}
    listed = _whole(table.column("lines"))
    inner = listed.flatten()
    lines = {name: inner.field(name) for name in _types(LINE_FIELDS)}
    return entries, lines, listed.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)


def _of_rows(rows: pa.Table) -> tuple[dict[str, pa.Array], dict[str, pa.Array], Ints]:
    """Take the fields of entries from the first line of each."""
    starts = entry_starts(rows)
    entries = {name: _whole(rows.column(name)).take(pa.array(starts)) for name in _types(ENTRY_FIELDS)}
    lines = {name: _whole(rows.column(ROW_NAMES.get(name, name))) for name in _types(LINE_FIELDS)}
    return entries, lines, np.diff(starts, append=rows.num_rows)


def _read(text: bytes) -> pa.Table:
    try:
        return _parsed(text, BLOCK_BYTES)
    except pa.ArrowInvalid as error:
        if "straddl" not in str(error):
            raise
        # One document is larger than a block.
        return _parsed(text, len(text) + 1)


def _parsed(text: bytes, block_bytes: int) -> pa.Table:
    return pyarrow.json.read_json(
        pa.BufferReader(text),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=block_bytes),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="ignore"),
    )


def _whole(chunked: pa.ChunkedArray) -> pa.Array:
    found = chunked.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _missing(fields: tuple[DocumentField, ...], arrays: Mapping[str, pa.Array]) -> dict[str, int]:
    required = [field.name for field in fields if field.required]
    return {name: arrays[name].null_count for name in required if arrays[name].null_count}


def _integers(array: pa.Array) -> Ints:
    found: Ints = pc.fill_null(array, -1).to_numpy(zero_copy_only=False)
    return found


def _seconds(array: pa.Array, unit: int) -> Ints:
    seconds = array.cast(pa.int64())
    found: Ints = pc.fill_null(seconds, NEVER).to_numpy(zero_copy_only=False)
    return found if unit == 1 else np.where(found == NEVER, NEVER, found // unit)


def _fixed(array: pa.Array) -> Ints:
    """Return the whole numbers under decimals: the low half of each 128 bits.

    Raises
    ------
    ValueError
        If one does not fit into it.
    """
    if not len(array):
        return np.zeros(0, dtype=np.int64)
    halves = np.frombuffer(array.buffers()[1], dtype=np.int64)
    low, high = (halves[2 * array.offset + half : 2 * (array.offset + len(array)) : 2] for half in (0, 1))
    there = array.is_valid().to_numpy(zero_copy_only=False)
    if (there & (high != low >> _SIGN_BIT)).any():
        message = "an amount has more than 18 digits"
        raise ValueError(message)
    return np.where(there, low, 0)


READERS: Mapping[Kind, Callable[[pa.Array], NDArray[np.generic] | WordColumn]] = {
    Kind.WORD: WordColumn,
    Kind.PRINT: fingerprints,
    Kind.DAY: lambda array: _seconds(array, DAY_SECONDS),
    Kind.MOMENT: lambda array: _seconds(array, 1),
    Kind.AMOUNT: _fixed,
    Kind.DIGITS: lambda array: _integers(pc.cast(array, pa.int64())),
    Kind.NUMBER: _integers,
    Kind.STEM: lambda array: WordColumn(stems(array)),
    Kind.ENDING: ending_numbers,
    Kind.HEX: hex_endings,
}
"""What turns an array of each kind into a column."""
