"""Values that look the same in every text format: numbers, amounts, ids, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.fields import NUMBER_WIDTH, Shape
from datasynth.encoding.kernels.records import DATE, DIGITS, MOMENT

if TYPE_CHECKING:
    from datasynth.encoding.fields import Field
    from datasynth.encoding.layout import LayoutWriter

KINDS = {
    Shape.INTEGER: (DIGITS, 1),
    Shape.PADDED: (DIGITS, NUMBER_WIDTH),
    Shape.DATE: (DATE, 0),
    Shape.MOMENT: (MOMENT, 0),
}
"""Kind of piece of the shapes that need one column, and what the piece's `EXTRA` is."""


def write_bare(writer: LayoutWriter, field: Field) -> None:
    """Write the value of a field that neither is a word nor begins with one; nothing where it is absent."""
    if field.shape is Shape.AMOUNT:
        writer.amount(field.scope, field.column, field.other, field.gate)
    elif field.shape is Shape.UUID:
        writer.uuid(field.scope, field.column, field.other, field.gate)
    else:
        kind, extra = KINDS[field.shape]
        writer.value(field.scope, kind, field.column, extra, field.gate)
