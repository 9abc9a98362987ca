"""The schema of a document for other programs: editors that complete, pipelines that check.

Everything that JSON Schema can say is said: keys, kinds, bounds, words,
defaults.  Sums, orders and what else must hold between keys are left to
`schema`, which judges in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.config.defaults import default_company
from datasynth.config.fields import Key, Section
from datasynth.config.merge import ConfigDocument
from datasynth.config.schema import ConfigSchema
from datasynth.config.sections.companies import Companies, CompanySchema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from marshmallow import Schema, fields

    from datasynth.config.fields import JsonSchema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_json_schema() -> JsonSchema:
    """JSON Schema of a document that is merged over the defaults.

    No key is required, since each has a default, and each may be ``null``,
    which returns it to that.  The defaults told are those of the default
    industry and chart.
    """
    return {
        "$schema": DIALECT,
        "title": "Configuration of datasynth",
        "description": "A partial document: what it leaves out, or sets to null, has its default.",
        **_object(ConfigSchema(), ConfigDocument.defaults().as_dict()),
    }


def described(field: fields.Field[Any]) -> str:
    """What a key does and what it may be, in one line; for a section, what it is about."""
    if isinstance(field, Key):
        return f"{field.meaning} [{field.limits}]"
    if isinstance(field, Companies):
        return f"{field.meaning} [1 … {field.most}]"
    return field.meaning if isinstance(field, Section) else ""


def _object(schema: Schema, defaults: Mapping[str, object], needed: Collection[str] = ()) -> JsonSchema:
    properties: JsonSchema = {}
    for name, field in schema.fields.items():
        key = field.data_key or name
        value = _value(field, defaults.get(key))
        properties[key] = {"description": described(field)} | (value if key in needed else _or_null(value))
        if key in defaults and not isinstance(field, Section):
            properties[key]["default"] = defaults[key]
    required = {"required": list(needed)} if needed else {}
    return {"type": "object", "properties": properties, **required, "additionalProperties": False}


def _value(field: fields.Field[Any], default: object) -> JsonSchema:
    if isinstance(field, Key):
        return field.json_schema()
    if isinstance(field, Companies):
        items = _object(CompanySchema(), default_company(), field.needed)
        return {"type": "array", "items": items, "minItems": 1, "maxItems": field.most}
    section: Any = field
    return _object(section.schema, default if isinstance(default, dict) else {})


def _or_null(schema: JsonSchema) -> JsonSchema:
    """Let null in as well: it stands for the default."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    nullable = {**schema, "type": [*kinds, "null"]}
    if "enum" in schema:
        nullable["enum"] = [*schema["enum"], None]
    return nullable
