"""The judge of documents, made from the declarations in `model` and what `rules` says between them.

`read_config` turns a whole document into a `Config` or says *everything* that
is wrong with it; `write_config` is its inverse.
"""

from __future__ import annotations

from copy import copy
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_type_hints

from marshmallow import Schema, ValidationError, post_load, validates_schema

from datasynth.config import rules
from datasynth.config.companies import Companies
from datasynth.config.fields import NOT_AN_OBJECT, Section, messages_of
from datasynth.config.model import Config
from datasynth.config.problems import UNKNOWN_KEY, refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


class SectionSchema(Schema):
    """A section whose keys are all known.

    Attributes
    ----------
    section
        Declaration of the section; a valid one becomes a value of it.
    """

    # marshmallow declares this attribute, and not as a class variable.
    error_messages = {"unknown": UNKNOWN_KEY, "type": NOT_AN_OBJECT}  # noqa: RUF012
    section: ClassVar[type[Any]]

    @validates_schema(skip_on_field_errors=False)
    def _parts_agree(self, data: dict[str, Any], **_: object) -> None:
        if rule := rules.OF_PARTS.get(self.section):
            rule(data, list(self.fields))

    @validates_schema(skip_on_field_errors=True)
    def _whole_agrees(self, data: dict[str, Any], **_: object) -> None:
        if rule := rules.OF_WHOLES.get(self.section):
            rule(self.section(**data))

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> object:
        return self.section(**data)


def schema_of(section: type[Any]) -> type[SectionSchema]:
    """Make the schema of a section from its declaration."""
    types = get_type_hints(section)
    declared: dict[str, Any] = {"section": section}
    for found in fields(section):
        kind = types[found.name]
        if key := found.metadata.get("key"):
            declared[found.name] = copy(key)
        elif items := get_args(kind):
            declared[found.name] = Companies(schema_of(items[0]))
        else:
            description = (kind.__doc__ or "").partition("\n")[0]
            declared[found.name] = Section(schema_of(kind), description, found.metadata.get("name"))
    return type(f"{section.__name__}Schema", (SectionSchema,), declared)


ConfigSchema = schema_of(Config)
"""The whole document."""


def read_config(document: Mapping[str, object]) -> Config:
    """Turn a whole document into a configuration.

    Raises
    ------
    InvalidConfiguration
        With every problem, ``{"companies.0.currency": ["…"]}``, in `details`.
    """
    schema = ConfigSchema()
    try:
        config: Config = schema.load(document)
    except ValidationError as error:
        raise refusal(messages_of(error), schema) from error
    return config


def write_config(config: Config) -> dict[str, object]:
    """Whole document of a configuration, in plain JSON types."""
    document: dict[str, object] = ConfigSchema().dump(config)
    return document
