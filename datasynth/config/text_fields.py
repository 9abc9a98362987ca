"""Values that are written as text: words of a known set, codes, names and days."""

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from datetime import date, datetime
from typing import TYPE_CHECKING, ClassVar

from marshmallow import ValidationError

from datasynth.config.fields import JsonSchema, Key, kind_of
from datasynth.config.spelling import plain, spelling_of

if TYPE_CHECKING:
    from collections.abc import Callable

COMPANY_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")
LONGEST_NAME = 100
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CALENDAR_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Text(Key[str]):
    """Text that obeys a rule of its own."""

    type_name: ClassVar[str] = "text"

    def read(self, value: object) -> str:
        """Refuse other types, and text that breaks the rule."""
        if not isinstance(value, str):
            raise ValidationError(f"Must be text, not {kind_of(value)}.")
        self.check(value)
        return value

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            hint = f' Put it in quotes: "{spelling_of(value)}".'
            raise ValidationError(f"Must be text, not {kind_of(plain(value))}.{hint}"[:200])
        return self.read(value)

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
        The set, in the words of the reference page.
    meaning
        One sentence of what the key does.
    """

    def __init__(
        self, choices: Callable[[], frozenset[str]], sentence: str, limits: str, meaning: str
    ) -> None:
        super().__init__(meaning)
        self._choices = choices
        self._sentence = sentence
        self.limits = limits

    def check(self, value: str) -> None:
        """Refuse a word outside the set."""
        if value not in self._choices():
            raise ValidationError(f"{self._sentence}; {value[:40]!a} is not one.")

    def json_schema(self) -> JsonSchema:
        """Every word of the set."""
        return {"type": "string", "enum": sorted(self._choices())}


class CompanyCode(_Text):
    """Key of a company; it appears in document numbers, so it is plain."""

    limits = "1–16 of A–Z a–z 0–9 _ -, unique"

    def check(self, value: str) -> None:
        """Refuse other characters and lengths."""
        if not COMPANY_CODE.fullmatch(value):
            raise ValidationError("Must be 1 to 16 letters A-Z or a-z, digits, hyphens or underscores.")

    def json_schema(self) -> JsonSchema:
        """Characters and length."""
        return {"type": "string", "pattern": f"^{COMPANY_CODE.pattern}$"}


class Name(_Text):
    """Visible text in any script."""

    limits = f"1–{LONGEST_NAME} visible characters"

    def check(self, value: str) -> None:
        """Refuse blank, long and invisible text."""
        if not value.strip() or len(value) > LONGEST_NAME:
            raise ValidationError(f"Must be 1 to {LONGEST_NAME} characters and not blank.")
        if any(unicodedata.category(character) in _INVISIBLE for character in value):
            raise ValidationError("Must not hold control characters or line breaks.")

    def json_schema(self) -> JsonSchema:
        """Length, and that something can be seen; categories of characters are beyond it."""
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "pattern": r"\S"}


class CalendarDate(Key[date]):
    """A day, from `first` to `last`, both included."""

    type_name: ClassVar[str] = "date"

    def __init__(self, first: date, last: date, meaning: str) -> None:
        super().__init__(meaning)
        self.first = first
        self.last = last
        self.limits = f"{first} … {last}"

    def read(self, value: object) -> date:
        """Refuse other types and spellings, and days outside the bounds."""
        day = self._day(value)
        if not self.first <= day <= self.last:
            raise ValidationError(f"Must be a date from {self.first} to {self.last}.")
        return day

    def json_schema(self) -> JsonSchema:
        """Spelling; the bounds of a day are beyond it."""
        return {"type": "string", "format": "date", "pattern": f"^{_CALENDAR_DATE.pattern}$"}

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
