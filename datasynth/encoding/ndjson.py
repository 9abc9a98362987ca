"""NDJSON: a JSON object and a line feed, per line or per document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.fields import HEADER_FIELDS, LINE_FIELDS, ROW_FIELDS, SEQUENCE
from datasynth.encoding.json_text import write_members
from datasynth.encoding.kernels.records import ENTRY, LINE
from datasynth.encoding.layout import LayoutWriter

if TYPE_CHECKING:
    from datasynth.encoding.layout import Layout
    from datasynth.generation.block import Vocabulary


def lines_layout(vocabulary: Vocabulary) -> Layout:
    """One flat object a line."""
    writer = LayoutWriter()
    writer.literal(b"{")
    write_members(writer, ROW_FIELDS, vocabulary)
    writer.literal(b"}\n")
    writer.end(LINE)
    return writer.layout()


def documents_layout(vocabulary: Vocabulary) -> Layout:
    """One object an entry, with its lines."""
    writer = LayoutWriter()
    write_document(writer, vocabulary)
    writer.literal(b"\n")
    writer.end(ENTRY)
    return writer.layout()


def write_document(writer: LayoutWriter, vocabulary: Vocabulary) -> None:
    """The object of the document view: sequence, header fields, then lines."""
    writer.literal(b"{")
    write_members(writer, (SEQUENCE, *HEADER_FIELDS), vocabulary)
    writer.literal(b',"lines":[')
    writer.end(ENTRY)
    writer.literal(b"{")
    write_members(writer, LINE_FIELDS, vocabulary)
    writer.literal(b"}")
    writer.end(LINE)
    writer.literal(b"]}")
