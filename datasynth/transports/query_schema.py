"""Queries as marshmallow schemas: what reads a query is also what documents it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from datasynth.config.fields import messages_of
from datasynth.transports.query_keys import DATE, key_problems, read_date

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    from werkzeug.datastructures import MultiDict

    from datasynth.transports.query_keys import Problems

Choice = TypeVar("Choice", bound="StrEnum")


class QueryKey(fields.Field[Any]):
    """One key of a query; a key that is not given reads as None.

    Parameters
    ----------
    meaning
        One sentence of what the key does.
    read
        Turns its text into a value, or raises `ValueError` with a sentence for the client.
    json_schema
        What JSON Schema can say of the value.
    """

    def __init__(self, meaning: str, read: Callable[[str], Any] = str, **json_schema: object) -> None:
        super().__init__(metadata={"description": meaning})
        self._read = read
        self._json_schema = json_schema or {"type": "string"}

    @property
    def is_list(self) -> bool:
        """Whether its text holds several values with commas between them."""
        return self._json_schema.get("type") == "array"

    def json_schema(self) -> dict[str, Any]:
        """Return what JSON Schema can say of the value."""
        return dict(self._json_schema)

    def _deserialize(self, value: str, *_: object, **__: object) -> object:
        try:
            return self._read(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error


class QuerySchema(Schema):
    """The query of one address; its fields are `QueryKey` objects by their names in the query."""

    class Meta:
        """Unknown keys have a sentence of their own, which `read_query` writes."""

        unknown = EXCLUDE


def query_schema(keys: Mapping[str, QueryKey]) -> type[QuerySchema]:
    """Make the schema of a query that may have these keys, some of which Python cannot spell."""
    return cast("type[QuerySchema]", QuerySchema.from_dict(dict(keys), name="Query"))


def keys_of(schema: type[QuerySchema]) -> tuple[str, ...]:
    """Return the keys of a query, in the order of the reference page."""
    return tuple(schema().fields)


def read_query(schema: type[QuerySchema], query: MultiDict[str, str]) -> tuple[dict[str, Any], Problems]:
    """Read a query.

    Returns
    -------
    tuple of dict
        The values, None for a key that was not given or is faulty, and the sentences about each faulty key.
    """
    problems = key_problems(query, keys_of(schema))
    loaded = schema()
    values: dict[str, Any] = dict.fromkeys(loaded.fields)
    try:
        values |= loaded.load(query.to_dict())
    except ValidationError as error:
        values |= error.valid_data if isinstance(error.valid_data, dict) else {}
        for key, sentences in messages_of(error).items():
            problems.setdefault(key, []).extend(sentences)
    return values, problems


def choice(meaning: str, choices: type[Choice], default: Choice | None = None) -> QueryKey:
    """Declare a key that takes one of a few words."""

    def read(name: str) -> Choice:
        if name not in set(choices):
            raise ValueError(f"Must be one of: {', '.join(choices)}.")
        return choices(name)

    standard = {} if default is None else {"default": str(default)}
    return QueryKey(meaning, read, type="string", enum=[str(one) for one in choices], **standard)


def day(meaning: str) -> QueryKey:
    """Declare a key that takes a date."""
    return QueryKey(meaning, read_date, type="string", format="date", pattern=f"^{DATE.pattern}$")


def listed(meaning: str, read: Callable[[str], Any], items: tuple[str, ...]) -> QueryKey:
    """Declare a key that takes several of a few words, with commas between them."""
    return QueryKey(
        meaning,
        read,
        type="array",
        items={"type": "string", "enum": list(items)},
        minItems=1,
        uniqueItems=True,
    )
