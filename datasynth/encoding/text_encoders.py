"""Encoders that follow a layout, one record a line or one a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.formats import Encoded
from datasynth.encoding.kernels.records import encode_documents, encode_lines
from datasynth.encoding.kernels.text import SLACK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.encoding.columns import ColumnReader
    from datasynth.encoding.layout import TextLayout
    from datasynth.generation.block import Block


def room(size: int) -> NDArray[np.uint8]:
    """A buffer for at most `size` bytes and the slack behind them; what is never written takes no memory."""
    return np.empty(size + SLACK, dtype=np.uint8)


def cut(data: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The buffer with all but its first `size` bytes given back, in place."""
    data.resize(size, refcheck=False)
    return data


@dataclass(frozen=True, slots=True, eq=False)
class LineEncoder:
    """One record per line.

    Attributes
    ----------
    layout
        What a record looks like.
    columns
        Where its values come from.
    framed
        Whether each record is a WebSocket frame.
    """

    layout: TextLayout
    columns: ColumnReader
    framed: bool = False

    def encode(self, block: Block, lines: NDArray[np.int32] | None = None) -> Encoded:
        """Encode all lines of a block, or some, each as if its entry had no other."""
        layout = self.layout
        columns = self.columns.gather(block, layout.entry_columns, layout.line_columns, lines=lines)
        count = len(columns.lines)
        out = room(count * (layout.entry_size + layout.line_size))
        scratch = room(layout.entry_size)
        line_offsets = np.empty(count + 1, dtype=np.int64)
        size = encode_lines(out, layout.record, columns, self.framed, scratch, line_offsets)
        return Encoded(cut(out, size), line_offsets[columns.first_line], line_offsets)


@dataclass(frozen=True, slots=True, eq=False)
class DocumentEncoder:
    """One record per entry, its lines inside; attributes are those of `LineEncoder`."""

    layout: TextLayout
    columns: ColumnReader
    framed: bool = False

    def encode(self, block: Block, entries: NDArray[np.int32] | None = None) -> Encoded:
        """Encode all entries of a block, or some, without their lines."""
        layout = self.layout
        columns = self.columns.gather(block, layout.entry_columns, layout.line_columns, entries=entries)
        out = room(len(columns.entries) * layout.entry_size + len(columns.lines) * layout.line_size)
        entry_offsets = np.empty(len(columns.entries) + 1, dtype=np.int64)
        size = encode_documents(out, layout.record, columns, self.framed, entry_offsets)
        return Encoded(cut(out, size), entry_offsets)
