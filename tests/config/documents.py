"""Small documents, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from marshmallow import fields

from datasynth.config import ConfigDocument, config_from_mapping
from datasynth.config.schema import ConfigSchema
from datasynth.errors import InvalidConfiguration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marshmallow import Schema


def nested(path: str, value: object) -> dict[str, object]:
    """Document that sets one dotted path; a company's key goes into the first company."""
    first, *rest = path.split(".")
    if first == "companies":
        return {"companies": [{"code": "1000", rest[1]: value}]}
    for key in reversed(rest):
        value = {key: value}
    return {first: value}


def problems(document: dict[str, object]) -> dict[str, object]:
    """Details of the error that a document gives."""
    with pytest.raises(InvalidConfiguration) as caught:
        config_from_mapping(document)
    return caught.value.details


def leaves(schema: Schema, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every key of a schema that holds a value, with its field; a list's are marked by brackets."""
    for name, field in schema.fields.items():
        key = prefix + (field.data_key or name)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from leaves(inner.schema, f"{key}[]." if inner is not field else f"{key}.")
        else:
            yield key, field


def keys() -> list[str]:
    """Dotted paths of all keys, those of companies in the first of them."""
    return [path.replace("[]", ".0") for path, _ in leaves(ConfigSchema())]


def default_of(path: str) -> object:
    """Value at a path of the default document; of a list, in its first item."""
    return _value_at(path, ConfigDocument.defaults())


def kept(path: str, value: object) -> object:
    """What a configuration holds at a path after a document has set it to a value."""
    return _value_at(path, ConfigDocument.defaults().merge(nested(path, value)))


def _value_at(path: str, document: ConfigDocument) -> object:
    value: object = document.as_dict()
    for key in path.replace("[]", "").replace(".0.", ".").split("."):
        value = cast("dict[str, object]", value[0] if isinstance(value, list) else value)[key]
    return value
