"""CSV after RFC 4180, or as a spreadsheet wants it; a row ends with a line feed, an absent value is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from datasynth.encoding.fields import ROW_FIELDS, Notation
from datasynth.encoding.kernels.records import LINE
from datasynth.encoding.layout import LayoutWriter
from datasynth.encoding.words import csv_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding.fields import RecordField
    from datasynth.encoding.layout import TextLayout
    from datasynth.generation.block import Vocabulary


class CsvDialect(NamedTuple):
    """What rows look like.

    Attributes
    ----------
    delimiter
        Between two values.
    decimal_comma
        Whether amounts have a comma before their decimals, else a point.
    mark
        What stands before the header row.
    """

    delimiter: str = ","
    decimal_comma: bool = False
    mark: bytes = b""


RFC_4180 = CsvDialect()


def header_row(fields: Sequence[RecordField] = ROW_FIELDS, dialect: CsvDialect = RFC_4180) -> bytes:
    """The names of the columns, as a row."""
    return dialect.mark + dialect.delimiter.join(field.name for field in fields).encode() + b"\n"


def rows_layout(
    vocabulary: Vocabulary, fields: Sequence[RecordField] = ROW_FIELDS, dialect: CsvDialect = RFC_4180
) -> TextLayout:
    """One row a line."""
    writer = LayoutWriter(decimal_comma=dialect.decimal_comma)
    for place, field in enumerate(fields):
        if place:
            writer.literal(dialect.delimiter.encode())
        _write_field(writer, field, vocabulary, dialect.delimiter)
    writer.literal(b"\n")
    writer.end(LINE)
    return writer.layout()


def _write_field(writer: LayoutWriter, field: RecordField, vocabulary: Vocabulary, delimiter: str) -> None:
    words = field.words(vocabulary)
    if field.notation is Notation.WORD:
        writer.word(field.scope, field.column, b"", [csv_word(word, delimiter) for word in words])
    elif field.notation is Notation.NUMBERED:
        openings = [csv_word(word, delimiter) for word in words]
        quoted = [opening.startswith(b'"') for opening in openings]
        writer.word(
            field.scope,
            field.column,
            b"",
            [opening[:-1] if quote else opening for opening, quote in zip(openings, quoted, strict=True)],
        )
        writer.number(field)
        writer.word(field.scope, field.column, b"", [b'"' if quote else b"" for quote in quoted])
    else:
        writer.bare(field)
