"""The kinds of value that a key may hold, each with its limits and its sentence.

marshmallow's own fields convert what looks convertible (``"5"``, ``true``,
``5.0`` for an integer).  These convert nothing but whole numbers to decimal
ones, so that a document means what it says.  Words and days are in
`text_fields`, lists and tables in `list_fields`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from marshmallow import Schema, ValidationError, fields

from datasynth.config.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
N = TypeVar("N", int, float)

JsonSchema = dict[str, Any]

REQUIRED = "This key is required."
NOT_AN_OBJECT = "Must be an object of keys and values."


def kind_of(value: object) -> str:
    """What a person would call the type of `value`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "an object"
    names = {str: "text", int: "a whole number", float: "a decimal number", list: "a list"}
    return names.get(type(value), f"a {type(value).__name__}")


def messages_of(error: ValidationError) -> Mapping[Any, Any]:
    """The messages of an error of a collection, by place."""
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}


def by_key(schema: Schema) -> dict[str, Any]:
    """Each `Section`, `Key` or list of companies of a section, in order, by its key in a document."""
    return {field.data_key or name: field for name, field in schema.fields.items()}


class Section(fields.Nested):
    """A key that holds other keys; its description is the first line of the section's docstring."""

    def __init__(self, schema: type[Schema], description: str, data_key: str | None) -> None:
        super().__init__(schema, data_key=data_key, required=True, error_messages={"required": REQUIRED})
        self.description = description


class Key(fields.Field[T], ABC):
    """A key that holds a value.

    Parameters
    ----------
    limits
        What the value may be, in the words of the reference page.
    json_schema
        The same in JSON Schema, as far as it can be said there.

    Attributes
    ----------
    type_name
        Kind of the value, in the words of the reference page.
    meaning
        One sentence of what the key does.  The reference page, the comments of
        a written file and the JSON Schema repeat it.
    usual
        The default; None if there is none that holds for all data sets.
    """

    type_name: ClassVar[str]
    meaning: str = ""
    usual: T | None = None

    def __init__(self, limits: str, **json_schema: object) -> None:
        super().__init__(required=True, error_messages={"required": REQUIRED, "null": REQUIRED})
        self.limits = limits
        self._json_schema = json_schema

    @property
    def description(self) -> str:
        """What the key does and what it may be, in one line."""
        return f"{self.meaning} [{self.limits}]"

    def json_schema(self) -> JsonSchema:
        """Return what JSON Schema can say of the value."""
        return self._json_schema

    @abstractmethod
    def read(self, value: object) -> T:
        """Return the value in the form that the configuration keeps.

        Raises
        ------
        ValidationError
            With a sentence, if it is not such a value.
        """

    def _deserialize(self, value: object, *_: object, **__: object) -> T:
        return self.read(plain(value))


def limit(value: float) -> str:
    """Print a bound as people read it."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


class _Number(Key[N]):
    def __init__(self, low: N, high: N, high_text: str = "") -> None:
        bounds = (limit(low), high_text or limit(high))
        super().__init__(" … ".join(bounds), type=self.type_name, minimum=low, maximum=high)
        self.low: N = low
        self.high: N = high
        self.bounds = "from {} to {}".format(*bounds)

    def _within(self, value: N) -> N:
        if not self.low <= value <= self.high:
            raise ValidationError(f"Must be {self.bounds}.")
        return value


class WholeNumber(_Number[int]):
    """An integer from `low` to `high`, both included; `high_text` stands for the latter in sentences."""

    type_name = "integer"

    def read(self, value: object) -> int:
        """Refuse other types, and what lies outside the bounds."""
        if type(value) is not int:
            raise ValidationError(f"Must be a whole number {self.bounds}, not {kind_of(value)}.")
        return self._within(value)


class DecimalNumber(_Number[float]):
    """A finite number from `low` to `high`, both included."""

    type_name = "number"

    def read(self, value: object) -> float:
        """Refuse other types, what is not finite, and what lies outside the bounds."""
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError(f"Must be a number {self.bounds}, not {kind_of(value)}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValidationError(f"Must be a number {self.bounds}, neither infinite nor NaN.")
        # Adding 0.0 turns -0.0 into 0.0: equal configurations must print equally.
        return float(self._within(value)) + 0.0


class Flag(Key[bool]):
    """True or false, and no word or number that stands for them."""

    type_name = "boolean"

    def __init__(self) -> None:
        super().__init__("true or false", type="boolean")

    def read(self, value: object) -> bool:
        """Refuse other types."""
        if not isinstance(value, bool):
            raise ValidationError(f"Must be true or false, not {kind_of(value)}.")
        return value
