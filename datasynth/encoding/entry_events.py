"""``entry`` events of streams, as WebSocket frames and as Server-Sent Events, the same for every client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.fields import COMPANY_CODE, CURRENCY, LINE_IN_ROW, PAGE_FIELDS, SEQUENCE
from datasynth.encoding.kernels.records import ENTRY, LINE
from datasynth.encoding.layout import LayoutWriter
from datasynth.encoding.ndjson import write_document, write_members
from datasynth.encoding.words import json_word

if TYPE_CHECKING:
    from datasynth.encoding.layout import TextLayout
    from datasynth.generation.block import Vocabulary


_ID = b"id: "
_KIND = b"\nevent: entry\ndata: "
_END = b"\n\n"


def line_frames_layout(vocabulary: Vocabulary, stream_id: str) -> TextLayout:
    """One frame a line."""
    writer = LayoutWriter()
    _write_line_event(writer, vocabulary, stream_id)
    writer.end(LINE)
    return writer.layout()


def document_frames_layout(vocabulary: Vocabulary, stream_id: str) -> TextLayout:
    """One frame an entry."""
    writer = LayoutWriter()
    _write_document_event(writer, vocabulary, stream_id)
    writer.end(ENTRY)
    return writer.layout()


def line_events_layout(vocabulary: Vocabulary, stream_id: str) -> TextLayout:
    """One event a line; its id is the sequence number and the number of the line."""
    writer = LayoutWriter()
    writer.literal(_ID)
    writer.bare(SEQUENCE)
    writer.literal(b":")
    writer.bare(LINE_IN_ROW)
    writer.literal(_KIND)
    _write_line_event(writer, vocabulary, stream_id)
    writer.literal(_END)
    writer.end(LINE)
    return writer.layout()


def document_events_layout(vocabulary: Vocabulary, stream_id: str) -> TextLayout:
    """One event an entry; its id is the sequence number."""
    writer = LayoutWriter()
    writer.literal(_ID)
    writer.bare(SEQUENCE)
    writer.literal(_KIND)
    _write_document_event(writer, vocabulary, stream_id)
    writer.literal(_END)
    writer.end(ENTRY)
    return writer.layout()


def _write_line_event(writer: LayoutWriter, vocabulary: Vocabulary, stream_id: str) -> None:
    """Write the object of a line's event, `data` with the page's five keys."""
    _open_event(writer, stream_id)
    write_members(writer, (SEQUENCE, LINE_IN_ROW, COMPANY_CODE, CURRENCY), vocabulary)
    writer.literal(b',"data":{')
    write_members(writer, PAGE_FIELDS, vocabulary)
    writer.literal(b"}}")


def _write_document_event(writer: LayoutWriter, vocabulary: Vocabulary, stream_id: str) -> None:
    """Write the object of an entry's event, `data` being the document."""
    _open_event(writer, stream_id)
    write_members(writer, (SEQUENCE, COMPANY_CODE, CURRENCY), vocabulary)
    writer.literal(b',"data":')
    write_document(writer, vocabulary)
    writer.literal(b"}")


def _open_event(writer: LayoutWriter, stream_id: str) -> None:
    writer.literal(b'{"type":"entry","stream_id":' + json_word(stream_id) + b",")
