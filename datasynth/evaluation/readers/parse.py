"""A piece of NDJSON to columns; on any thread, mostly outside the interpreter lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.json

from datasynth.evaluation.readers.arrow_columns import Words, column
from datasynth.evaluation.readers.fields import ENTRY_FIELDS, LINE_FIELDS, SCHEMA
from datasynth.evaluation.readers.unreadable import Unreadable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation.readers.fields import Field

    Columns = dict[str, NDArray[np.generic] | Words]

BLOCK_BYTES = 8 << 20
"""What Arrow parses at a time; a document has to fit in."""


@dataclass(frozen=True, slots=True)
class Part:
    """The entries of a piece.

    Attributes
    ----------
    entries, lines
        Columns by field.
    line_counts : (n,) int64
        Lines of each entry.
    missing
        How often a field that may not be absent is, by field.
    """

    entries: Columns
    lines: Columns
    line_counts: NDArray[np.int64]
    missing: dict[str, int]


def parse(piece: bytes) -> Part:
    """Read whole documents, one a line.

    Raises
    ------
    Unreadable
        If they are no documents; the message says why, not where.
    """
    try:
        table = _read(piece).combine_chunks()
        missing: dict[str, int] = {}
        documents = {field.name: table.column(field.name) for field in ENTRY_FIELDS}
        listed = _whole(table.column("lines"))
        inner = listed.flatten()
        lines = {field.name: inner.field(field.name) for field in LINE_FIELDS}
        counts = listed.value_lengths().fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        return Part(
            {field.name: _column(field, _whole(documents[field.name]), missing) for field in ENTRY_FIELDS},
            {field.name: _column(field, lines[field.name], missing) for field in LINE_FIELDS},
            counts,
            missing,
        )
    except (pa.ArrowException, ValueError) as error:
        raise Unreadable(" ".join(str(error).split())) from error


def _read(piece: bytes) -> pa.Table:
    try:
        return _parsed(piece, BLOCK_BYTES)
    except pa.ArrowInvalid as error:
        if "straddl" not in str(error):
            raise
        # One document is larger than a block.
        return _parsed(piece, len(piece) + 1)


def _parsed(piece: bytes, block_bytes: int) -> pa.Table:
    return pyarrow.json.read_json(
        pa.BufferReader(piece),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=block_bytes),
        parse_options=pyarrow.json.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="ignore"),
    )


def _whole(chunked: pa.ChunkedArray) -> pa.Array:
    found = chunked.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _column(field: Field, array: pa.Array, missing: dict[str, int]) -> NDArray[np.generic] | Words:
    if field.required and array.null_count:
        missing[field.name] = array.null_count
    return column(field, array)
