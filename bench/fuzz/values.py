"""Random values of the kinds that a JSON Schema knows, edges more often than the middle."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.fuzz.dice import Dice

TINY = (1e-6, 1e-9, 1e-15, 1e-100, 1e-300, 5e-324)
"""Decimal numbers that are above nil and that rounding loses."""

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 12, 31)

_DAYS = (
    *("1970-01-01", "1972-02-29", "1999-12-31", "2000-02-29", "2024-02-29", "2023-12-01"),
    *("2024-01-31", "2100-02-28", "2199-12-31", "2200-12-31"),
)
_DIGITS = 6
_SHARES = (0.01, 0.1, 0.25, 0.3, 0.5, 0.7, 0.99)


def value_of(schema: Mapping[str, Any], dice: Dice) -> object:
    """Return a random value of a schema without keys of its own.

    Parameters
    ----------
    schema
        Of a word, a number, a flag or a day.
    dice
        Where choices come from.
    """
    if "enum" in schema:
        return dice.one_of([word for word in schema["enum"] if word is not None])
    match _type(schema):
        case "boolean":
            return dice.chance(0.5)
        case "integer":
            return whole(schema["minimum"], schema["maximum"], dice)
        case "number":
            return decimal(schema["minimum"], schema["maximum"], dice)
        case _ if schema.get("format") == "date":
            return day(dice)
    return "".join(dice.one_of("abcXYZ09") for _ in range(dice.one_of((1, 8, schema.get("maxLength", 16)))))


def whole(low: int, high: int, dice: Dice) -> int:
    """Return a whole number: an edge, one beside it, a random one, or one of a random size."""
    match dice.below(6):
        case 0:
            return low
        case 1:
            return high
        case 2:
            return dice.one_of((min(low + 1, high), max(high - 1, low)))
        case 3:
            return dice.whole(low, high)
    return min(low + int((high - low + 1) ** dice.fraction()) - 1, high)


def decimal(low: float, high: float, dice: Dice) -> float:
    """Return a decimal number: an edge, one close above the lower, a share, or a random one."""
    match dice.below(6):
        case 0:
            return float(low)
        case 1:
            return float(high)
        case 2:
            return min(low + dice.one_of(TINY), high)
        case 3:
            return low + (high - low) * dice.one_of(_SHARES)
        case 4:
            return round(low + (high - low) * dice.fraction(), dice.below(_DIGITS))
    return low + (high - low) * dice.fraction()


def day(dice: Dice) -> str:
    """Return a day of those that a data set may begin with."""
    if dice.chance(0.4):
        return dice.one_of(_DAYS)
    return (FIRST_DAY + timedelta(days=dice.whole(0, (LAST_DAY - FIRST_DAY).days))).isoformat()


def portions(names: list[str], dice: Dice) -> dict[str, float]:
    """Return shares of about one in all: a single one, a random lot, or a great one beside tiny ones.

    Parameters
    ----------
    names
        What has the shares.
    dice
        Where choices come from.
    """
    chosen = dice.some_of(names, dice.one_of((1, dice.whole(1, len(names)), len(names))))
    weights = [dice.one_of((1.0, dice.fraction() + 0.001, dice.one_of(TINY))) for _ in chosen]
    weights[0] = 1.0
    # Sums may miss one by a hundredth.
    whole_of = sum(weights) / dice.one_of((1.0, 1.0, 0.992, 1.008))
    return dict.fromkeys(names, 0.0) | {
        name: min(weight / whole_of, 1.0) for name, weight in zip(chosen, weights, strict=True)
    }


def _type(schema: Mapping[str, Any]) -> str:
    kinds = schema["type"]
    return str(kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null"))
