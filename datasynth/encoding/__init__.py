"""From blocks to bytes, and to Arrow record batches (`arrow` and what builds on it, which need pyarrow).

Knows the formats and the order of their fields, and writes each record once,
outside the interpreter lock.  It must know no transport, no stream and no
configuration, and it decides nothing about what an entry holds.
"""

from __future__ import annotations

from datasynth.encoding.encoders import AnyFormat, least_entry_bytes, make_encoder, make_file_encoder
from datasynth.encoding.entries_format import (
    COMPRESSIONS,
    CSV_LINES,
    NDJSON_DOCUMENTS,
    NDJSON_LINES,
    TEXTS,
    VIEWS,
    Amounts,
    Compression,
    Dialect,
    EntriesFormat,
    FileFormat,
    View,
    field_names,
)
from datasynth.encoding.format_choices import FormatChoices
from datasynth.encoding.formats import Encoded, Encoder, FileEncoder, FileEnd, Format
from datasynth.encoding.record_files import header, no_end
from datasynth.encoding.warm import warm_up

__all__ = [
    "COMPRESSIONS",
    "CSV_LINES",
    "NDJSON_DOCUMENTS",
    "NDJSON_LINES",
    "TEXTS",
    "VIEWS",
    "Amounts",
    "AnyFormat",
    "Compression",
    "Dialect",
    "Encoded",
    "Encoder",
    "EntriesFormat",
    "FileEncoder",
    "FileEnd",
    "FileFormat",
    "Format",
    "FormatChoices",
    "View",
    "field_names",
    "header",
    "least_entry_bytes",
    "make_encoder",
    "make_file_encoder",
    "no_end",
    "warm_up",
]
