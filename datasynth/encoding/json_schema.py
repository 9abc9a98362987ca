"""JSON Schema of entries, made from the table of their fields.

It describes what NDJSON and the messages of streams hold: a line with the
fields of its entry, or an entry with its lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.encoding.entries_format import View
from datasynth.encoding.fields import DOCUMENT_FIELDS, LINE_FIELDS, ROW_FIELDS, Notation
from datasynth.ledger.references import NUMBER_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datasynth.encoding.fields import RecordField

JsonSchema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

VALUES: dict[Notation, JsonSchema] = {
    Notation.INTEGER: {"type": "integer"},
    Notation.PADDED: {"type": "string", "pattern": f"^[0-9]{{{NUMBER_DIGITS},}}$"},
    Notation.WORD: {"type": "string"},
    Notation.NUMBERED: {"type": "string"},
    Notation.AMOUNT: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    Notation.UUID: {"type": "string", "format": "uuid"},
    Notation.DATE: {"type": "string", "format": "date"},
    Notation.MOMENT: {"type": "string", "format": "date-time"},
}
"""What JSON has of each notation."""


def entry_json_schema(view: View) -> JsonSchema:
    """Return the schema of one record of a view, with every field in its order."""
    if view is View.LINE:
        return {"title": "One line of an entry, with the fields of the entry", **object_schema(ROW_FIELDS)}
    document = object_schema(DOCUMENT_FIELDS)
    document["properties"]["lines"] = {"type": "array", "items": object_schema(LINE_FIELDS), "minItems": 2}
    document["required"].append("lines")
    return {"title": "One entry with its lines", **document}


def object_schema(fields: Iterable[RecordField]) -> JsonSchema:
    """Return the schema of an object that has all of these fields, some of them null at times."""
    properties = {field.name: _value(field) for field in fields}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _value(field: RecordField) -> JsonSchema:
    value = VALUES[field.notation]
    return {**value, "type": [value["type"], "null"]} if field.nullable else dict(value)
