"""The kinds of value that a configuration has, each with its limits and its sentence.

marshmallow's own fields convert what looks convertible (``"5"``, ``true``,
``5.0`` for an integer).  These convert nothing but whole numbers to decimal
ones, so that a document means what it says.
"""

from __future__ import annotations

import math
import re
import unicodedata
from abc import ABC, abstractmethod
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import ValidationError, fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REQUIRED = "This key is required."
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CALENDAR_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
COMPANY_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")


def kind_of(value: object) -> str:
    """What a person would call the type of `value`."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, dict):
        return "an object"
    names = {str: "text", int: "a whole number", float: "a decimal number", list: "a list"}
    return names.get(type(value), f"a {type(value).__name__}")


def _limit(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


class WholeNumber(fields.Field[int]):
    """An integer from `low` to `high`, both included."""

    type_name: ClassVar[str] = "integer"

    def __init__(self, low: int, high: int, high_text: str | None = None) -> None:
        super().__init__(required=True, error_messages={"required": REQUIRED, "null": REQUIRED})
        self.low = low
        self.high = high
        self.limits = f"{_limit(low)} … {high_text or _limit(high)}"

    def _deserialize(self, value: object, *_: object, **__: object) -> int:
        bounds = f"from {_limit(self.low)} to {_limit(self.high)}"
        if type(value) is not int:
            raise ValidationError(f"Must be a whole number {bounds}, not {kind_of(value)}.")
        if not self.low <= value <= self.high:
            raise ValidationError(f"Must be {bounds}.")
        return value


class DecimalNumber(fields.Field[float]):
    """A finite number from `low` to `high`, both included."""

    type_name: ClassVar[str] = "number"

    def __init__(self, low: float, high: float) -> None:
        super().__init__(required=True, error_messages={"required": REQUIRED, "null": REQUIRED})
        self.low = low
        self.high = high
        self.limits = f"{_limit(low)} … {_limit(high)}"

    def _deserialize(self, value: object, *_: object, **__: object) -> float:
        bounds = f"from {_limit(self.low)} to {_limit(self.high)}"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValidationError(f"Must be a number {bounds}, not {kind_of(value)}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise ValidationError(f"Must be a number {bounds}, neither infinite nor NaN.")
        if not self.low <= value <= self.high:
            raise ValidationError(f"Must be {bounds}.")
        # Adding 0.0 turns -0.0 into 0.0: equal configurations must print equally.
        return float(value) + 0.0


class _Text(fields.Field[str], ABC):
    """Text that obeys a rule of its own."""

    type_name: ClassVar[str] = "text"
    limits: str

    def __init__(self) -> None:
        super().__init__(required=True, error_messages={"required": REQUIRED, "null": REQUIRED})

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if not isinstance(value, str):
            hint = f' Put it in quotes: "{value}".' if type(value) is int else ""
            raise ValidationError(f"Must be text, not {kind_of(value)}.{hint}"[:200])
        self.check(value)
        return value

    @abstractmethod
    def check(self, value: str) -> None:
        """Raise `ValidationError` with a sentence if `value` is not one of ours."""


class OneOf(_Text):
    """One of a known set of words.

    Parameters
    ----------
    choices
        Gives the words; called at the first check, since some tables are slow to load.
    sentence
        What a wrong word is answered with.
    limits
        The set, in the words of the reference table.
    """

    def __init__(self, choices: Callable[[], frozenset[str]], sentence: str, limits: str) -> None:
        super().__init__()
        self._choices = choices
        self._sentence = sentence
        self.limits = limits

    def check(self, value: str) -> None:
        """Refuse a word outside the set."""
        if value not in self._choices():
            raise ValidationError(f"{self._sentence}; {value[:40]!a} is not one.")


class CompanyCode(_Text):
    """Key of a company; it appears in document numbers, so it is plain."""

    limits = "1–16 of A–Z a–z 0–9 _ -, unique"

    def check(self, value: str) -> None:
        """Refuse other characters and lengths."""
        if not COMPANY_CODE.fullmatch(value):
            raise ValidationError("Must be 1 to 16 letters A-Z or a-z, digits, hyphens or underscores.")


class Name(_Text):
    """Visible text in any script."""

    limits = "1–100 visible characters"

    def check(self, value: str) -> None:
        """Refuse blank, long and invisible text."""
        if not value.strip() or len(value) > 100:  # noqa: PLR2004 - the limit reads best beside its sentence
            raise ValidationError("Must be 1 to 100 characters and not blank.")
        if any(unicodedata.category(character) in _INVISIBLE for character in value):
            raise ValidationError("Must not hold control characters or line breaks.")


class CalendarDate(fields.Field[date]):
    """A day, from `first` to `last`, both included."""

    type_name: ClassVar[str] = "date"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(required=True, error_messages={"required": REQUIRED, "null": REQUIRED})
        self.first = first
        self.last = last
        self.limits = f"{first} … {last}"

    def _deserialize(self, value: object, *_: object, **__: object) -> date:
        day = self._day(value)
        if not self.first <= day <= self.last:
            raise ValidationError(f"Must be a date from {self.first} to {self.last}.")
        return day

    def _serialize(self, value: date | None, *_: object, **__: object) -> str | None:
        return None if value is None else value.isoformat()

    def _day(self, value: object) -> date:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if not isinstance(value, str):
            raise ValidationError(f"Must be a date such as 2024-01-31, not {kind_of(value)}.")
        try:
            if _CALENDAR_DATE.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            raise ValidationError(f"There is no such day as {value}.") from None
        raise ValidationError("Must be a date such as 2024-01-31 (year, month, day).")


def messages_of(error: ValidationError) -> Mapping[Any, Any]:
    """The messages of an error of a collection, by place."""
    return error.messages if isinstance(error.messages, dict) else {"_schema": error.messages}
