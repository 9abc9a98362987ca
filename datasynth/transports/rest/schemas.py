"""The JSON Schemas of single values, which descriptions of calls are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding.fields import Notation
from datasynth.encoding.json_schema import VALUES

if TYPE_CHECKING:
    from datasynth.transports.operations import JsonSchema

TEXT: JsonSchema = {"type": "string"}
WHOLE: JsonSchema = {"type": "integer", "minimum": 0}
NUMBER: JsonSchema = {"type": "number", "minimum": 0}
TRUTH: JsonSchema = {"type": "boolean"}
AMOUNT = VALUES[Notation.AMOUNT]
DAY = VALUES[Notation.DATE]
MOMENT = VALUES[Notation.MOMENT]


def or_null(schema: JsonSchema) -> JsonSchema:
    """Allow null as well."""
    allowed = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        allowed["enum"] = [*schema["enum"], None]
    return allowed


def words(*allowed: str) -> JsonSchema:
    """Return the schema of one of a few words."""
    return {"type": "string", "enum": list(allowed)}


def every(items: JsonSchema) -> JsonSchema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}
