"""Whole numbers that JavaScript would round, since it keeps 53 bits.

A document may spell such a number as text of decimal digits.  JSON that the
server writes does so when the number is too large; YAML keeps numbers.
"""

from __future__ import annotations

import re

from marshmallow import ValidationError

from datasynth.config.fields import JsonSchema, WholeNumber

LARGEST_EXACT = 2**53 - 1
"""``Number.MAX_SAFE_INTEGER``: beyond it a JavaScript client may change what it passes on."""

_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)


class LargeNumber(WholeNumber):
    """An integer that may exceed `LARGEST_EXACT`, as a number or as text."""

    type_name = "integer or text"

    def read(self, value: object) -> int:
        """Take text of decimal digits for the number; refuse other text and types, and what is too large."""
        if not isinstance(value, str):
            return super().read(value)
        if _DIGITS.fullmatch(value):
            return super().read(int(value))
        rule = f"Must be a whole number {self.bounds}; text must contain only decimal digits."
        raise ValidationError(rule)

    def json_schema(self) -> JsonSchema:
        """Type and bounds; those of text are left to `read`."""
        return {**super().json_schema(), "type": ["integer", "string"], "pattern": f"^{_DIGITS.pattern}$"}


def spelt_for_json(value: object) -> object:
    """A document with the whole numbers beyond `LARGEST_EXACT` as text."""
    if isinstance(value, dict):
        return {key: spelt_for_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [spelt_for_json(item) for item in value]
    return str(value) if type(value) is int and abs(value) > LARGEST_EXACT else value
