"""The encoder of each format, and what stands before its first record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding import csv_rows, ndjson, ws_frames
from datasynth.encoding.columns import ColumnReader
from datasynth.encoding.formats import Format
from datasynth.encoding.protobuf import message_encoder
from datasynth.encoding.text_encoders import DocumentEncoder, LineEncoder

if TYPE_CHECKING:
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


def header(format: Format) -> bytes:
    """Bytes before the first record: the CSV header row with its line feed, else nothing."""
    return csv_rows.HEADER_ROW if format is Format.CSV_LINES else b""
