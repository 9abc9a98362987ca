"""Columns of text for Arrow: what a record has for one field, value after value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.encoding.fields import Notation
from datasynth.encoding.kernels.records import LINE
from datasynth.encoding.layout import LayoutWriter
from datasynth.encoding.text_encoders import DocumentEncoder, LineEncoder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.encoding.columns import ColumnReader
    from datasynth.encoding.fields import RecordField
    from datasynth.generation.block import Block, Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """Values of a field as text, nothing where it is absent.

    Attributes
    ----------
    encoder
        Of records that have this field alone.
    """

    encoder: LineEncoder | DocumentEncoder

    def texts(
        self, block: Block, places: NDArray[np.int32] | None = None
    ) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Write the values of a block.

        Parameters
        ----------
        block
            With what the field is of.
        places : (k,) int32, or None
            The entries or lines whose values are written; None for all.

        Returns
        -------
        offsets : (k + 1,) int32
            Value ``i`` is ``data[offsets[i]:offsets[i + 1]]``.
        data : uint8
            UTF-8.
        """
        encoded = self.encoder.encode(block, places)
        offsets = encoded.entry_offsets if encoded.line_offsets is None else encoded.line_offsets
        return offsets.astype(np.int32), encoded.data


def text_column(field: RecordField, vocabulary: Vocabulary, columns: ColumnReader) -> TextColumn:
    """Prepare the column of a field that is no word."""
    writer = LayoutWriter()
    if field.notation is Notation.NUMBERED:
        words = [word.encode("utf-8", "replace") for word in field.words(vocabulary)]
        writer.word(field.scope, field.column, b"", words)
        writer.number(field)
    else:
        writer.bare(field)
    writer.end(field.scope)
    layout = writer.layout()
    return TextColumn(
        LineEncoder(layout, columns) if field.scope == LINE else DocumentEncoder(layout, columns)
    )
