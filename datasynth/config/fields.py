"""The kinds of value that a configuration has, each with its limits and its sentence.

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

JsonSchema = dict[str, Any]

REQUIRED = "This key is required."


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


class Section(fields.Nested):
    """A key that holds other keys.

    Parameters
    ----------
    schema
        What they are.
    meaning
        One sentence of what the section is about.
    data_key
        How the key is spelt in a document, if not as in the schema.
    """

    def __init__(self, schema: type[Schema], meaning: str, data_key: str | None = None) -> None:
        super().__init__(schema, data_key=data_key, required=True, error_messages={"required": REQUIRED})
        self.meaning = meaning


class Key(fields.Field[T], ABC):
    """A key that holds a value.

    Parameters
    ----------
    meaning
        One sentence of what the key does.  The reference page, the comments of
        a written file and the JSON Schema repeat it.

    Attributes
    ----------
    type_name
        Kind of the value, in the words of the reference page.
    limits
        What the value may be, likewise.
    """

    type_name: ClassVar[str]
    limits: str

    def __init__(self, meaning: str) -> None:
        super().__init__(required=True, error_messages={"required": REQUIRED, "null": REQUIRED})
        self.meaning = meaning

    @abstractmethod
    def read(self, value: object) -> T:
        """Value in the form that the configuration keeps, or `ValidationError` with a sentence."""

    @abstractmethod
    def json_schema(self) -> JsonSchema:
        """Say the same in JSON Schema, as far as it can be said there."""

    def _deserialize(self, value: object, *_: object, **__: object) -> T:
        return self.read(plain(value))


def limit(value: float) -> str:
    """Print a bound as people read it."""
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


class WholeNumber(Key[int]):
    """An integer from `low` to `high`, both included.

    Attributes
    ----------
    low, high
        The bounds.
    bounds
        Both, as sentences name them.
    """

    type_name: ClassVar[str] = "integer"

    def __init__(self, low: int, high: int, meaning: str, high_text: str | None = None) -> None:
        super().__init__(meaning)
        self.low = low
        self.high = high
        self.bounds = f"from {limit(low)} to {high_text or limit(high)}"
        self.limits = f"{limit(low)} … {high_text or limit(high)}"

    def read(self, value: object) -> int:
        """Refuse other types, and what lies outside the bounds."""
        if type(value) is not int:
            raise ValidationError(f"Must be a whole number {self.bounds}, not {kind_of(value)}.")
        if not self.low <= value <= self.high:
            raise ValidationError(f"Must be {self.bounds}.")
        return value

    def json_schema(self) -> JsonSchema:
        """Type and bounds."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}


class DecimalNumber(Key[float]):
    """A finite number from `low` to `high`, both included."""

    type_name: ClassVar[str] = "number"

    def __init__(self, low: float, high: float, meaning: str) -> None:
        super().__init__(meaning)
        self.low = low
        self.high = high
        self.limits = f"{limit(low)} … {limit(high)}"

    def read(self, value: object) -> float:
        """Refuse other types, what is not finite, and what lies outside the bounds."""
        bounds = f"from {limit(self.low)} to {limit(self.high)}"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError(f"Must be a number {bounds}, not {kind_of(value)}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValidationError(f"Must be a number {bounds}, neither infinite nor NaN.")
        if not self.low <= value <= self.high:
            raise ValidationError(f"Must be {bounds}.")
        # Adding 0.0 turns -0.0 into 0.0: equal configurations must print equally.
        return float(value) + 0.0

    def json_schema(self) -> JsonSchema:
        """Type and bounds."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}


class Flag(Key[bool]):
    """True or false, and no word or number that stands for them."""

    type_name: ClassVar[str] = "boolean"

    def __init__(self, meaning: str) -> None:
        super().__init__(meaning)
        self.limits = "true or false"

    def read(self, value: object) -> bool:
        """Refuse other types."""
        if not isinstance(value, bool):
            raise ValidationError(f"Must be true or false, not {kind_of(value)}.")
        return value

    def json_schema(self) -> JsonSchema:
        """Type."""
        return {"type": "boolean"}
