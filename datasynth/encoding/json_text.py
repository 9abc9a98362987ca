"""Fields spelt as members of JSON objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.bare_text import write_bare
from datasynth.encoding.fields import NUMBER_WIDTH, Shape
from datasynth.encoding.kernels.records import DIGITS
from datasynth.encoding.words import json_word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasynth.encoding.fields import Field
    from datasynth.encoding.layout import LayoutWriter
    from datasynth.generation.block import Vocabulary

NULL = b"null"
QUOTE = b'"'


def write_members(writer: LayoutWriter, fields: Iterable[Field], vocabulary: Vocabulary) -> None:
    """Write ``"name":value`` for each field, commas between them."""
    for place, field in enumerate(fields):
        comma = b"," if place else b""
        writer.literal(comma + json_word(field.name) + b":")
        _write_value(writer, field, vocabulary)


def _write_value(writer: LayoutWriter, field: Field, vocabulary: Vocabulary) -> None:
    words = field.words(vocabulary)
    if field.shape is Shape.INTEGER:
        writer.value(field.scope, DIGITS, field.column, 1)
    elif field.shape is Shape.WORD:
        writer.word(field.scope, field.column, NULL, [json_word(word) for word in words])
    elif field.shape is Shape.NUMBERED:
        openings = [json_word(f"{word}-")[:-1] for word in words]
        writer.word(field.scope, field.column, NULL, openings)
        writer.value(field.scope, DIGITS, field.other, NUMBER_WIDTH, gate=field.column)
        writer.word(field.scope, field.column, b"", [QUOTE] * len(words))
    elif field.gate is not None:
        writer.word(field.scope, field.gate, NULL, [QUOTE] * len(words))
        write_bare(writer, field)
        writer.word(field.scope, field.gate, b"", [QUOTE] * len(words))
    else:
        writer.literal(QUOTE)
        write_bare(writer, field)
        writer.literal(QUOTE)
