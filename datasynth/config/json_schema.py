"""The schema of a document for other programs: editors that complete, pipelines that check.

It has what JSON Schema can express: keys, kinds, bounds, words and defaults.
It leaves out sums, orders and whatever else `rules` check between keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.config.companies import MOST_COMPANIES, Companies
from datasynth.config.defaults import default_company
from datasynth.config.fields import Section, by_key
from datasynth.config.merge import ConfigDocument
from datasynth.config.schema import ConfigSchema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from marshmallow import Schema

    from datasynth.config.fields import JsonSchema, Key

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_json_schema() -> JsonSchema:
    """JSON Schema of a document that is merged over the defaults.

    No key is required, since each has a default, and each may be ``null``,
    which returns it to the default.  The schema shows the defaults of the default
    industry and chart.
    """
    return {
        "$schema": DIALECT,
        "title": "Configuration of datasynth",
        "description": "A partial document. Keys that are missing or null have their default values.",
        **_object(ConfigSchema(), ConfigDocument.defaults().as_dict()),
    }


def _object(schema: Schema, defaults: Mapping[str, object], needed: Collection[str] = ()) -> JsonSchema:
    properties: JsonSchema = {}
    for key, field in by_key(schema).items():
        value = _value(field, defaults.get(key))
        properties[key] = {"description": field.description} | (value if key in needed else _or_null(value))
        if key in defaults and not isinstance(field, Section):
            properties[key]["default"] = defaults[key]
    required = {"required": list(needed)} if needed else {}
    return {"type": "object", "properties": properties, **required, "additionalProperties": False}


def _value(field: Any, default: Any) -> JsonSchema:
    if isinstance(field, Companies):
        items = _object(field.schema, default_company(), field.needed)
        return {"type": "array", "items": items, "minItems": 1, "maxItems": MOST_COMPANIES}
    if isinstance(field, Section):
        return _object(field.schema, default)
    kind: Key[Any] = field
    return kind.json_schema()


def _or_null(schema: JsonSchema) -> JsonSchema:
    """Allow null as well; it stands for the default."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    nullable = {**schema, "type": [*kinds, "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable
