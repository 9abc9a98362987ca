"""Values that are written as text: words of a known set, codes, names and days."""

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from datetime import date, datetime
from typing import TYPE_CHECKING

from marshmallow import ValidationError

from datasynth.config.fields import JsonSchema, Key, kind_of
from datasynth.config.spelling import plain, spelling_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

COMPANY_CODE = re.compile(r"[A-Za-z0-9_-]{1,16}")
LONGEST_NAME = 100
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_CALENDAR_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Text(Key[str]):
    """Text that obeys a rule of its own."""

    type_name = "text"

    def __init__(self, limits: str, **json_schema: object) -> None:
        super().__init__(limits, type="string", **json_schema)

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
    words
        Gives the set; called at the first check, since some tables are slow to load.
    sentence
        The answer to a wrong word.
    limits
        The set, in the words of the reference page.
    """

    def __init__(self, words: Callable[[], Collection[str]], sentence: str, limits: str) -> None:
        super().__init__(limits)
        self._words = words
        self._sentence = sentence

    def check(self, value: str) -> None:
        """Refuse a word outside the set."""
        if value not in self._words():
            raise ValidationError(f"{self._sentence}; {value[:40]!a} is not one.")

    def json_schema(self) -> JsonSchema:
        """Every word of the set."""
        return {**super().json_schema(), "enum": sorted(self._words())}


def one_of(words: Collection[str]) -> OneOf:
    """One of a few words, which are listed wherever the key is described."""
    listed = ", ".join(words)
    return OneOf(lambda: words, f"Must be one of {listed}", listed)


class CompanyCode(_Text):
    """Key of a company, in plain characters, since document numbers contain it."""

    def __init__(self) -> None:
        super().__init__("1–16 of A–Z a–z 0–9 _ -, unique", pattern=f"^{COMPANY_CODE.pattern}$")

    def check(self, value: str) -> None:
        """Refuse other characters and lengths."""
        if not COMPANY_CODE.fullmatch(value):
            raise ValidationError("Must be 1 to 16 letters A-Z or a-z, digits, hyphens or underscores.")


class Name(_Text):
    """Visible text in any script; JSON Schema knows no categories of characters."""

    def __init__(self) -> None:
        limits = f"1–{LONGEST_NAME} visible characters"
        super().__init__(limits, minLength=1, maxLength=LONGEST_NAME, pattern=r"\S")

    def check(self, value: str) -> None:
        """Refuse blank, long and invisible text."""
        if not value.strip() or len(value) > LONGEST_NAME:
            raise ValidationError(f"Must be 1 to {LONGEST_NAME} characters and not blank.")
        if any(unicodedata.category(character) in _INVISIBLE for character in value):
            raise ValidationError("Must not contain control characters or line breaks.")


class CalendarDate(Key[date]):
    """A day, from `first` to `last`, both included; JSON Schema knows no bounds of a day."""

    type_name = "date"

    def __init__(self, first: date, last: date) -> None:
        pattern = f"^{_CALENDAR_DATE.pattern}$"
        super().__init__(f"{first} … {last}", type="string", format="date", pattern=pattern)
        self._first, self._last = first, last

    def read(self, value: object) -> date:
        """Refuse other types and spellings, and days outside the bounds."""
        day = _day(value)
        if not self._first <= day <= self._last:
            raise ValidationError(f"Must be a date from {self._first} to {self._last}.")
        return day

    def _serialize(self, value: date | None, *_: object, **__: object) -> str | None:
        return None if value is None else value.isoformat()


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValidationError(f"Must be a date such as 2024-01-31, not {kind_of(value)}.")
    try:
        if _CALENDAR_DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        raise ValidationError(f"The date {value} does not exist.") from None
    raise ValidationError("Must be a date such as 2024-01-31 (year, month, day).")
