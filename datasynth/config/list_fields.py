"""Lists and tables that are one value: a document replaces them whole."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError

from datasynth.config.fields import DecimalNumber, Key, WholeNumber, kind_of, limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SUM_TOLERANCE = 0.01
"""How far shares that make up a whole may miss one."""

FEWEST_LINES = 2
MOST_LINES = 1_000
_NUMBER_OF_LINES = re.compile(r"[2-9]|[1-9][0-9]{1,2}|1000")
_SHARE = DecimalNumber(0, 1)

LineShares = tuple[tuple[int, float], ...]


def misses_one(total: float) -> bool:
    """Whether shares with this sum are refused."""
    # The margin keeps 0.99 and 1.01 in, whatever their binary sums are.
    return abs(total - 1) > SUM_TOLERANCE + 1e-9


class ListOfWhole(Key[tuple[int, ...]]):
    """One to `most` integers from `low` to `high`, each above the one before."""

    type_name = "list of integers"

    def __init__(self, most: int, low: int, high: int) -> None:
        item = WholeNumber(low, high)
        super().__init__(
            f"1–{most} of {item.limits}, ascending",
            type="array",
            items=item.json_schema(),
            minItems=1,
            maxItems=most,
            uniqueItems=True,
        )
        self._most = most
        self._item = item

    def read(self, value: object) -> tuple[int, ...]:
        """Refuse other types, too many or too few, wrong items by their index, and a wrong order."""
        if not isinstance(value, list):
            raise ValidationError(f"Must be a list of whole numbers, not {kind_of(value)}.")
        if not 1 <= len(value) <= self._most:
            raise ValidationError(f"Must be 1 to {self._most} whole numbers, not {len(value):,}.")
        items = _each(self._item.read, enumerate(value))
        if any(after <= before for before, after in pairwise(items)):
            raise ValidationError("Must be in ascending order, without repeated numbers.")
        return tuple(items)

    def _serialize(self, value: tuple[int, ...] | None, *_: object, **__: object) -> list[int]:
        return list(value or ())


class LineDistribution(Key[LineShares]):
    """Numbers of lines, as text, and their shares; an empty object stands for that of real ledgers."""

    type_name = "object"

    def __init__(self) -> None:
        super().__init__(
            "{}, or shares that sum to 1; the keys are numbers of lines from 2 to max_lines",
            type="object",
            propertyNames={"pattern": f"^({_NUMBER_OF_LINES.pattern})$"},
            additionalProperties=_SHARE.json_schema(),
        )

    def read(self, value: object) -> LineShares:
        """Refuse other types, wrong keys and shares by their key, and a sum that misses one."""
        if not isinstance(value, dict):
            raise ValidationError(f"Must be an object of shares by number of lines, not {kind_of(value)}.")
        pairs = _each(_lines_and_share, ((pair[0], pair) for pair in value.items()))
        total = sum(share for _, share in pairs)
        if pairs and misses_one(total):
            raise ValidationError(f"The shares must sum to 1 (± {SUM_TOLERANCE}); they sum to {total:.6g}.")
        return tuple(sorted(pairs))

    def _serialize(self, value: LineShares | None, *_: object, **__: object) -> dict[str, float]:
        return {str(lines): share for lines, share in value or ()}


def _lines_and_share(pair: tuple[object, object]) -> tuple[int, float]:
    lines, share = pair
    if not isinstance(lines, str) or not _NUMBER_OF_LINES.fullmatch(lines):
        bounds = f"from {FEWEST_LINES} to {limit(MOST_LINES)}"
        raise ValidationError(f'The key must be a number of lines {bounds}, such as "4".')
    return int(lines), _SHARE.read(share)


def _each(read: Callable[[Any], Any], items: Iterable[tuple[object, object]]) -> list[Any]:
    """What was read of items by their place, or all their problems by place."""
    values = []
    problems = {}
    for place, item in items:
        try:
            values.append(read(item))
        except ValidationError as error:
            problems[place] = error.messages
    if problems:
        raise ValidationError(problems)
    return values
