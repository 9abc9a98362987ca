"""WebSocket ``entry`` events, each a whole text frame that is the same for every client."""

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


def lines_layout(vocabulary: Vocabulary, stream_id: str) -> TextLayout:
    """One event a line, `data` with the page's five keys."""
    writer = LayoutWriter()
    _open_event(writer, stream_id)
    write_members(writer, (SEQUENCE, LINE_IN_ROW, COMPANY_CODE, CURRENCY), vocabulary)
    writer.literal(b',"data":{')
    write_members(writer, PAGE_FIELDS, vocabulary)
    writer.literal(b"}}")
    writer.end(LINE)
    return writer.layout()


def documents_layout(vocabulary: Vocabulary, stream_id: str) -> TextLayout:
    """One event an entry, `data` being the document."""
    writer = LayoutWriter()
    _open_event(writer, stream_id)
    write_members(writer, (SEQUENCE, COMPANY_CODE, CURRENCY), vocabulary)
    writer.literal(b',"data":')
    write_document(writer, vocabulary)
    writer.literal(b"}")
    writer.end(ENTRY)
    return writer.layout()


def _open_event(writer: LayoutWriter, stream_id: str) -> None:
    writer.literal(b'{"type":"entry","stream_id":' + json_word(stream_id) + b",")
