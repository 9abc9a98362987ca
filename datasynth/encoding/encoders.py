"""The encoder of each format."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from datasynth.encoding import entry_events
from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.company_entries import CompanyEncoder
from datasynth.encoding.entries_format import Compression, EntriesFormat, FileFormat, View
from datasynth.encoding.fields import LEAST, Notation
from datasynth.encoding.formats import Format
from datasynth.encoding.protobuf import message_encoder
from datasynth.encoding.record_files import CompressedEncoder, RecordEncoder
from datasynth.encoding.text_encoders import DocumentEncoder, LineEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding.fields import RecordField
    from datasynth.encoding.formats import Encoder, FileEncoder
    from datasynth.generation.block import Vocabulary


LATE_ENCODERS = {
    (FileFormat.ARROW, False): ("datasynth.encoding.arrow_stream", "ArrowStreamEncoder"),
    (FileFormat.ARROW, True): ("datasynth.encoding.arrow_stream", "ArrowFileEncoder"),
    (FileFormat.PARQUET, False): ("datasynth.encoding.parquet.encoder", "ParquetEncoder"),
    (FileFormat.PARQUET, True): ("datasynth.encoding.parquet.encoder", "ParquetEncoder"),
}
"""Modules that need pyarrow, and their classes, by format and footer.

They are imported at their first use: pyarrow takes a tenth of a second and 33 MB, which a server of text
does without.
"""

AnyFormat = Format | EntriesFormat
"""Of messages, or of files."""


def make_encoder(format: AnyFormat, vocabulary: Vocabulary, stream_id: str) -> Encoder:
    """Prepare an encoder; its words are spelt once, here.

    Parameters
    ----------
    format
        What to encode to.
    vocabulary
        The journal's words.
    stream_id
        Shown in events, over WebSocket and as Server-Sent Events; no other format has it.
    """
    if isinstance(format, EntriesFormat):
        return make_file_encoder(format, vocabulary)
    columns = ColumnReader(vocabulary)
    match format:
        case Format.WS_LINES:
            return LineEncoder(entry_events.line_frames_layout(vocabulary, stream_id), columns, framed=True)
        case Format.WS_DOCUMENTS:
            return DocumentEncoder(
                entry_events.document_frames_layout(vocabulary, stream_id), columns, framed=True
            )
        case Format.SSE_LINES:
            return LineEncoder(entry_events.line_events_layout(vocabulary, stream_id), columns)
        case Format.SSE_DOCUMENTS:
            return DocumentEncoder(entry_events.document_events_layout(vocabulary, stream_id), columns)
        case Format.PROTOBUF:
            return message_encoder(vocabulary, columns)


def make_file_encoder(format: EntriesFormat, vocabulary: Vocabulary) -> FileEncoder:
    """Prepare the encoder of a file."""
    encoder = _all_companies(format, vocabulary)
    if format.company:
        return CompanyEncoder(encoder, vocabulary.companies.index(format.company))
    return encoder


def _all_companies(format: EntriesFormat, vocabulary: Vocabulary) -> FileEncoder:
    module_and_class = LATE_ENCODERS.get((format.file, format.footer))
    if module_and_class is not None:
        module, name = module_and_class
        encoder: FileEncoder = getattr(import_module(module), name)(vocabulary, format)
        return encoder
    records = RecordEncoder(vocabulary, format)
    if format.packing is Compression.NONE:
        return records
    return CompressedEncoder(records, format.packing)


def least_entry_bytes(format: EntriesFormat) -> int:
    """Bytes that no entry is below, whatever the journal: two lines, and of each value the least."""
    if not format.records or format.company:
        return 0
    if format.file is FileFormat.CSV:
        return 2 * sum(1 + _least_value(field) for field in format.row_fields)
    if format.view is View.LINE:
        return 2 * _least_object(format.row_fields)
    return _least_object(format.entry_fields) + 2 * _least_object(format.line_fields)


def _least_object(fields: Sequence[RecordField]) -> int:
    names = sum(len(f',"{field.name}":') for field in fields)
    # A null takes more than the quotes around nothing.
    quotes = 2 * sum(field.notation is not Notation.INTEGER for field in fields)
    return names + quotes + sum(map(_least_value, fields))


def _least_value(field: RecordField) -> int:
    return LEAST[field.notation] if field.presence is None else 0
