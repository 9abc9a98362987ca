"""Files of text records: NDJSON, and CSV with its header row; compressed ones, too."""

from __future__ import annotations

import codecs
import zlib
from functools import cached_property, partial
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding import csv_rows, ndjson
from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.entries_format import Compression, Dialect, EntriesFormat, FileFormat, View
from datasynth.encoding.formats import Encoded
from datasynth.encoding.text_encoders import DocumentEncoder, LineEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.encoding.formats import Encoder, FileEncoder, FileEnd
    from datasynth.generation.block import Block, Vocabulary

GZIP_LEVEL = 1
"""The fastest: entries repeat so much that higher levels save a tenth and take three times as long."""

ZSTD_LEVEL = 1
"""Likewise."""

DIALECTS = {
    Dialect.RFC_4180: csv_rows.RFC_4180,
    Dialect.EXCEL: csv_rows.CsvDialect(";", mark=codecs.BOM_UTF8),
    Dialect.EXCEL_COMMA: csv_rows.CsvDialect(";", decimal_comma=True, mark=codecs.BOM_UTF8),
}

_GZIP_WINDOW = 16 + zlib.MAX_WBITS


def record_encoder(vocabulary: Vocabulary, format: EntriesFormat) -> Encoder:
    """Prepare the encoder of the records alone."""
    columns = ColumnReader(vocabulary)
    if format.file is FileFormat.CSV:
        layout = csv_rows.rows_layout(vocabulary, format.row_fields, DIALECTS[format.dialect])
        return LineEncoder(layout, columns)
    if format.view is View.LINE:
        return LineEncoder(ndjson.lines_layout(vocabulary, format.row_fields), columns)
    layout = ndjson.documents_layout(vocabulary, format.entry_fields, format.line_fields)
    return DocumentEncoder(layout, columns)


def header(format: EntriesFormat) -> bytes:
    """Bytes before the first record: the CSV header row with its line feed, else nothing."""
    if format.file is not FileFormat.CSV or not format.header:
        return b""
    return csv_rows.header_row(format.row_fields, DIALECTS[format.dialect])


def no_end(_: Sequence[tuple[int, object]]) -> bytes:
    """What ends a file of records: nothing."""
    return b""


class RecordEncoder:
    """Records one after the other; any run of them is a slice.

    Parameters
    ----------
    vocabulary
        The journal's words.
    format
        One of text.
    """

    end: FileEnd = staticmethod(no_end)

    def __init__(self, vocabulary: Vocabulary, format: EntriesFormat) -> None:
        self._format = format
        self._records = record_encoder(vocabulary, format)

    def opening(self) -> bytes:
        """Return the CSV header row, else nothing."""
        return header(self._format)

    def encode(self, block: Block) -> Encoded:
        """Encode all records of a block."""
        return self._records.encode(block)


class CompressedEncoder:
    """Compresses what another encoder makes, opening and blocks each by itself.

    The parts of gzip and of zstd are whole by themselves, so files of parts one after the
    other are one file, too.

    Parameters
    ----------
    inner
        The encoder of what is compressed; without an end.
    compression
        ``gzip`` or ``zstd``.
    """

    end: FileEnd = staticmethod(no_end)

    def __init__(self, inner: FileEncoder, compression: Compression) -> None:
        self._inner = inner
        self._compression = compression

    def opening(self) -> bytes:
        """Return the compressed opening, or nothing where there is none."""
        opening = self._inner.opening()
        return self._compress(opening) if opening else b""

    def encode(self, block: Block) -> Encoded:
        """Encode and compress a block; without records it is no bytes."""
        data = self._inner.encode(block).data
        packed = self._compress(data.data) if len(data) else b""
        return whole_block(packed, block.entries)

    @cached_property
    def _compress(self) -> Callable[[bytes | memoryview], bytes]:
        if self._compression is Compression.GZIP:
            return _gzip
        # Only now, since pyarrow takes time and memory.
        codec = import_module("pyarrow").Codec("zstd", ZSTD_LEVEL)
        return partial(codec.compress, asbytes=True)


def whole_block(data: bytes | memoryview, entries: int, metadata: object = None) -> Encoded:
    """Return a block that cannot be cut: all bytes come with its last entry."""
    offsets = np.zeros(entries + 1, dtype=np.int64)
    if entries:
        offsets[-1] = len(data)
    return Encoded(np.frombuffer(data, dtype=np.uint8), offsets, metadata=metadata)


def _gzip(data: bytes | memoryview) -> bytes:
    # zlib leaves the time out of the head, so equal bytes stay equal.
    packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)
    return packer.compress(data) + packer.flush()
