"""The encoder of each format, and what stands before its first record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding import csv_rows, ndjson, ws_frames
from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.fields import HEADER_FIELDS, LEAST, LINE_FIELDS, ROW_FIELDS, SEQUENCE, Notation
from datasynth.encoding.formats import Format
from datasynth.encoding.protobuf import message_encoder
from datasynth.encoding.text_encoders import DocumentEncoder, LineEncoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding.fields import RecordField
    from datasynth.encoding.formats import Encoder
    from datasynth.generation.block import Vocabulary


def make_encoder(format: Format, vocabulary: Vocabulary, stream_id: str) -> Encoder:
    """Prepare an encoder; its words are spelt once, here.

    Parameters
    ----------
    format
        What to encode to.
    vocabulary
        The journal's words.
    stream_id
        Shown in WebSocket events; no other format has it.
    """
    columns = ColumnReader(vocabulary)
    match format:
        case Format.NDJSON_LINES:
            return LineEncoder(ndjson.lines_layout(vocabulary), columns)
        case Format.NDJSON_DOCUMENTS:
            return DocumentEncoder(ndjson.documents_layout(vocabulary), columns)
        case Format.CSV_LINES:
            return LineEncoder(csv_rows.rows_layout(vocabulary), columns)
        case Format.WS_LINES:
            return LineEncoder(ws_frames.lines_layout(vocabulary, stream_id), columns, framed=True)
        case Format.WS_DOCUMENTS:
            return DocumentEncoder(ws_frames.documents_layout(vocabulary, stream_id), columns, framed=True)
        case Format.PROTOBUF:
            return message_encoder(vocabulary, columns)


def least_entry_bytes(format: Format) -> int:
    """Bytes that no entry is below, whatever the journal: two lines, and of each value the least."""
    match format:
        case Format.NDJSON_LINES:
            return 2 * _least_object(ROW_FIELDS)
        case Format.NDJSON_DOCUMENTS:
            return _least_object((SEQUENCE, *HEADER_FIELDS)) + 2 * _least_object(LINE_FIELDS)
        case Format.CSV_LINES:
            return 2 * sum(1 + _least_value(field) for field in ROW_FIELDS)
        case _:
            return 0


def _least_object(fields: Sequence[RecordField]) -> int:
    names = sum(len(f',"{field.name}":') for field in fields)
    # A null takes more than the quotes around nothing.
    quotes = 2 * sum(field.notation is not Notation.INTEGER for field in fields)
    return names + quotes + sum(map(_least_value, fields))


def _least_value(field: RecordField) -> int:
    return LEAST[field.notation] if field.presence is None else 0


def header(format: Format) -> bytes:
    """Bytes before the first record: the CSV header row with its line feed, else nothing."""
    return csv_rows.HEADER_ROW if format is Format.CSV_LINES else b""
