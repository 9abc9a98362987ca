"""CSV after RFC 4180, with a line feed at the end of a row; an absent value is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.fields import ROW_FIELDS, Notation
from datasynth.encoding.kernels.records import LINE
from datasynth.encoding.layout import LayoutWriter
from datasynth.encoding.words import csv_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.encoding.fields import RecordField
    from datasynth.encoding.layout import TextLayout
    from datasynth.generation.block import Vocabulary


def header_row(fields: Sequence[RecordField] = ROW_FIELDS) -> bytes:
    """The names of the columns, as a row."""
    return b",".join(csv_word(field.name) for field in fields) + b"\n"


def rows_layout(vocabulary: Vocabulary, fields: Sequence[RecordField] = ROW_FIELDS) -> TextLayout:
    """One row a line."""
    writer = LayoutWriter()
    for place, field in enumerate(fields):
        if place:
            writer.literal(b",")
        _write_field(writer, field, vocabulary)
    writer.literal(b"\n")
    writer.end(LINE)
    return writer.layout()


def _write_field(writer: LayoutWriter, field: RecordField, vocabulary: Vocabulary) -> None:
    words = field.words(vocabulary)
    if field.notation is Notation.WORD:
        writer.word(field.scope, field.column, b"", [csv_word(word) for word in words])
    elif field.notation is Notation.NUMBERED:
        openings = [csv_word(word) for word in words]
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
