"""Words of a set, and days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from datasynth.config import COMPLEXITIES, config_from_mapping
from tests.config.documents import nested, problems


def test_industries() -> None:
    """A wrong industry is answered with the right ones."""
    sentence = str(problems({"global": {"industry": "telecom"}})["global.industry"])

    assert "manufacturing, retail" in sentence
    assert "'telecom' is not one" in sentence


@pytest.mark.parametrize("word", COMPLEXITIES)
def test_complexities(word: str) -> None:
    """Each size of chart is known."""
    chart = config_from_mapping({"chart_of_accounts": {"complexity": word}}).chart_of_accounts

    assert word == chart.complexity


def test_unknown_complexity() -> None:
    """A wrong size is answered with the right ones."""
    details = problems({"chart_of_accounts": {"complexity": "huge"}})

    expected = ["Must be one of small, medium, large; 'huge' is not one."]
    assert {"chart_of_accounts.complexity": expected} == details


@pytest.mark.parametrize("value", ["1970-01-01", "2200-12-31", "2024-02-29", date(2024, 2, 29)])
def test_dates(value: str | date) -> None:
    """Calendar days are read as text and as dates."""
    assert str(value) == str(config_from_mapping({"global": {"start_date": value}}).general.start_date)


@pytest.mark.parametrize(
    "value",
    [
        *("1969-12-31", "2201-01-01", "9999-12-31", "2023-02-29", "2024-13-01", "0000-01-01", "2024-1-1"),
        *("20240101", "2024-W01-1", "01.02.2024", "2024-01-01T00:00:00", " 2024-01-01", "", "٢٠٢٤-٠١-٠١"),
        *(20240101, True, datetime(2024, 1, 1, tzinfo=UTC), ["2024-01-01"]),
    ],
)
def test_wrong_dates(value: object) -> None:
    """Other days, spellings and types are not."""
    assert ["global.start_date"] == list(problems({"global": {"start_date": value}}))


@pytest.mark.parametrize("shape", ["flat", "ramp"])
def test_shapes_of_a_period_s_end(shape: str) -> None:
    """Both shapes are known, and a wrong one is answered with them."""
    path = "transactions.temporal.period_end_shape"

    assert shape == config_from_mapping(nested(path, shape)).transactions.temporal.period_end_shape
    assert {path: ["Must be one of flat, ramp; 'steep' is not one."]} == problems(nested(path, "steep"))
