"""Files of entries as their readers see them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

from datasynth.encoding import FileFormat, make_file_encoder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasynth.encoding import EntriesFormat
    from datasynth.generation.block import Block, Vocabulary


def whole_file(format: EntriesFormat, words: Vocabulary, blocks: Iterable[Block]) -> bytes:
    """Make a file of some blocks."""
    encoder = make_file_encoder(format, words)
    data, described = encoder.opening(), []
    for block in blocks:
        encoded = encoder.encode(block)
        if encoded.metadata is not None:
            described.append((len(data), encoded.metadata))
        data += encoded.data.tobytes()
    return data + encoder.end(described)


def table_of(format: EntriesFormat, data: bytes) -> pa.Table:
    """Read a file with pyarrow, and have every value checked."""
    if format.file is FileFormat.PARQUET:
        table = parquet.read_table(io.BytesIO(data))
    elif format.footer:
        table = pa.ipc.open_file(data).read_all()
    else:
        table = pa.ipc.open_stream(data).read_all()
    table.validate(full=True)
    return table


def rows_of(format: EntriesFormat, data: bytes) -> list[dict[str, Any]]:
    """Read the rows of a file."""
    rows: list[dict[str, Any]] = table_of(format, data).to_pylist()
    return rows
