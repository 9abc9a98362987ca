"""Random values."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from bench.fuzz.dice import Dice
from bench.fuzz.values import TINY, day, decimal, portions, value_of, whole


@pytest.mark.parametrize(("low", "high"), [(0, 2**63 - 1), (1, 1), (1, 12), (10, 1_000)])
def test_whole_numbers_like_the_edges(low: int, high: int) -> None:
    """All lie within the bounds, and both bounds occur often."""
    dice = Dice(1)
    found = [whole(low, high, dice) for _ in range(600)]

    assert (low, high) == (min(found), max(found))
    assert found.count(high) > 60


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 1_000_000), (1, 20), (0.01, 10**6)])
def test_decimal_numbers_like_the_edges(low: float, high: float) -> None:
    """All lie within the bounds; both bounds, and what is hardly above the lower, occur."""
    dice = Dice(2)
    found = [decimal(low, high, dice) for _ in range(600)]

    assert (low, high) == (min(found), max(found))
    if not low:
        assert set(TINY) & set(found)


def test_portions_sum_to_about_one() -> None:
    """Shares miss one by a hundredth at most; a single one, tiny ones and all at once occur."""
    dice = Dice(3)
    lots = [portions(["a", "b", "c"], dice) for _ in range(300)]

    for lot in lots:
        assert abs(sum(lot.values()) - 1) < 0.01
        assert all(0 <= share <= 1 for share in lot.values())
    assert any(sorted(lot.values())[:2] == [0, 0] for lot in lots)
    assert any(0 < min(lot.values()) < 1e-5 for lot in lots)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": ["string", "null"], "enum": ["a", "b", None]},
        {"type": ["boolean", "null"]},
        {"type": "integer", "minimum": 3, "maximum": 8},
        {"type": ["number", "null"], "minimum": 0, "maximum": 1},
        {"type": ["string", "null"], "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        {"type": ["string", "null"], "minLength": 1, "maxLength": 100, "pattern": "\\S"},
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,16}$"},
    ],
)
def test_values_fit_their_schema(schema: dict[str, object]) -> None:
    """Whatever kind a key has, the value is one of it, and never null."""
    dice, judge = Dice(4), Draft202012Validator(schema)
    for _ in range(50):
        value = value_of(schema, dice)
        judge.validate(value)
        assert value is not None


def test_days_reach_from_end_to_end() -> None:
    """The first and the last day of all occur, and leap days."""
    dice = Dice(5)
    found = {day(dice) for _ in range(400)}

    assert {"1970-01-01", "2200-12-31", "2024-02-29"} <= found
    assert len(found) > 200
