"""What can be chosen about a file of entries."""

from __future__ import annotations

import pytest

from datasynth.encoding import (
    COMPRESSIONS,
    NDJSON_DOCUMENTS,
    Compression,
    EntriesFormat,
    FileFormat,
    View,
    field_names,
)
from datasynth.generation.block import BLOCK_ENTRIES


@pytest.mark.parametrize(
    ("format", "extension"),
    [
        (EntriesFormat(), ".ndjson"),
        (EntriesFormat(compression=Compression.ZSTD), ".ndjson.zst"),
        (EntriesFormat(FileFormat.CSV, compression=Compression.GZIP), ".csv.gz"),
        (EntriesFormat(FileFormat.ARROW), ".arrows"),
        (EntriesFormat(FileFormat.ARROW, footer=True), ".arrow"),
        (EntriesFormat(FileFormat.PARQUET, compression=Compression.GZIP), ".parquet"),
    ],
)
def test_extensions(format: EntriesFormat, extension: str) -> None:
    """A name says what the bytes are; Parquet keeps its own, whatever compresses its pages."""
    assert extension == format.extension


def test_records_are_plain_text() -> None:
    """Only uncompressed text can be cut anywhere."""
    records = [
        (file, packing)
        for file, packings in COMPRESSIONS.items()
        for packing in packings
        if EntriesFormat(file, compression=packing).records
    ]

    assert [(FileFormat.NDJSON, Compression.NONE), (FileFormat.CSV, Compression.NONE)] == records


def test_blocks_of_files() -> None:
    """Row groups are made of whole blocks."""
    assert BLOCK_ENTRIES == EntriesFormat().block_entries
    assert 0 == EntriesFormat(FileFormat.PARQUET).block_entries % BLOCK_ENTRIES


def test_fields_come_as_they_are_named() -> None:
    """The names of a view are all of its fields, and a choice keeps its order."""
    names = ("debit", "sequence", "account")
    lines, documents = EntriesFormat(fields=names), EntriesFormat(view=View.DOCUMENT, fields=names)

    assert names == tuple(field.name for field in lines.row_fields)
    assert ("sequence",) == tuple(field.name for field in documents.entry_fields)
    assert ("debit", "account") == tuple(field.name for field in documents.line_fields)
    assert field_names(View.LINE) == tuple(field.name for field in EntriesFormat().row_fields)
    assert field_names(View.DOCUMENT) == tuple(
        field.name for field in (*NDJSON_DOCUMENTS.entry_fields, *NDJSON_DOCUMENTS.line_fields)
    )


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"file": FileFormat.CSV, "view": View.DOCUMENT}, "no view document"),
        ({"compression": Compression.SNAPPY}, "no compression snappy"),
        ({"file": FileFormat.ARROW, "compression": Compression.GZIP}, "no compression gzip"),
        ({"fields": ("debit", "colour")}, "unknown or repeated"),
        ({"fields": ("debit", "debit")}, "unknown or repeated"),
        ({"fields": ("line",), "view": View.DOCUMENT}, "unknown or repeated"),
    ],
)
def test_what_there_is_not(choice: dict[str, object], sentence: str) -> None:
    """What a format does not have is refused when it is chosen."""
    with pytest.raises(ValueError, match=sentence):
        EntriesFormat(**choice)  # type: ignore[arg-type]  # one of them
