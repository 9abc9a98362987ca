"""NDJSON: a JSON object and a line feed, per line or per document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.fields import DOCUMENT_FIELDS, LINE_FIELDS, ROW_FIELDS, Notation
from datasynth.encoding.kernels.records import ENTRY, LINE
from datasynth.encoding.layout import LayoutWriter
from datasynth.encoding.words import json_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from datasynth.encoding.fields import RecordField
    from datasynth.encoding.layout import TextLayout
    from datasynth.generation.block import Vocabulary

NULL = b"null"
QUOTE = b'"'


def lines_layout(vocabulary: Vocabulary, fields: Sequence[RecordField] = ROW_FIELDS) -> TextLayout:
    """One flat object a line."""
    writer = LayoutWriter()
    writer.literal(b"{")
    write_members(writer, fields, vocabulary)
    writer.literal(b"}\n")
    writer.end(LINE)
    return writer.layout()


def documents_layout(
    vocabulary: Vocabulary,
    entry_fields: Sequence[RecordField] = DOCUMENT_FIELDS,
    line_fields: Sequence[RecordField] = LINE_FIELDS,
) -> TextLayout:
    """One object an entry, with its lines."""
    writer = LayoutWriter()
    write_document(writer, vocabulary, entry_fields, line_fields)
    writer.literal(b"\n")
    writer.end(ENTRY)
    return writer.layout()


def write_document(
    writer: LayoutWriter,
    vocabulary: Vocabulary,
    entry_fields: Sequence[RecordField] = DOCUMENT_FIELDS,
    line_fields: Sequence[RecordField] = LINE_FIELDS,
) -> None:
    """Write the object of the document view: fields of the entry, then its lines, if any of their fields."""
    writer.literal(b"{")
    write_members(writer, entry_fields, vocabulary)
    if not line_fields:
        writer.literal(b"}")
        return
    writer.literal(b',"lines":[' if entry_fields else b'"lines":[')
    writer.end(ENTRY)
    writer.literal(b"{")
    write_members(writer, line_fields, vocabulary)
    writer.literal(b"}")
    writer.end(LINE)
    writer.literal(b"]}")


def write_members(writer: LayoutWriter, fields: Iterable[RecordField], vocabulary: Vocabulary) -> None:
    """Write ``"name":value`` for each field, commas between them."""
    for place, field in enumerate(fields):
        comma = b"," if place else b""
        writer.literal(comma + json_word(field.name) + b":")
        _write_value(writer, field, field.words(vocabulary))


def _write_value(writer: LayoutWriter, field: RecordField, words: Sequence[str]) -> None:
    quotes = [QUOTE] * len(words)
    if field.notation is Notation.INTEGER:
        writer.bare(field)
    elif field.notation is Notation.WORD:
        writer.word(field.scope, field.column, NULL, [json_word(word) for word in words])
    elif field.notation is Notation.NUMBERED:
        writer.word(field.scope, field.column, NULL, [json_word(word)[:-1] for word in words])
        writer.number(field)
        writer.word(field.scope, field.column, b"", quotes)
    elif field.presence is not None:
        writer.word(field.scope, field.presence, NULL, quotes)
        writer.bare(field)
        writer.word(field.scope, field.presence, b"", quotes)
    else:
        writer.literal(QUOTE)
        writer.bare(field)
        writer.literal(QUOTE)
