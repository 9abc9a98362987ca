"""Line counts, amounts, sources and the calendar."""

from __future__ import annotations

import pytest

from datasynth.config import ConfigDocument, config_from_mapping
from tests.config.documents import nested, problems

LINES = "transactions.line_items.custom_distribution"
AMOUNTS = "transactions.amounts"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def test_line_distribution_is_read_in_order() -> None:
    """Numbers of lines are text in a document, and ascend in the configuration and in what it prints."""
    document = ConfigDocument.defaults().merge(nested(LINES, {"10": 0.25, "2": 0.5, "3": 0.25, "4": 0}))

    line_items = document.config.transactions.line_items
    assert ((2, 0.5), (3, 0.25), (4, 0.0), (10, 0.25)) == line_items.custom_distribution
    assert '"custom_distribution": {"2": 0.5' in str(document.as_dict()).replace("'", '"')


def test_no_line_distribution() -> None:
    """An empty object is the distribution of real ledgers."""
    line_items = config_from_mapping(nested(LINES, {})).transactions.line_items

    assert () == line_items.custom_distribution


@pytest.mark.parametrize("total", [0.99, 1, 1.01])
def test_line_shares_may_miss_one_by_a_hundredth(total: float) -> None:
    """The sum of the shares has a tolerance, its ends included."""
    config = config_from_mapping(nested(LINES, {"2": 0.9, "3": round(total - 0.9, 2)}))

    assert 0.9 == config.transactions.line_items.custom_distribution[0][1]


@pytest.mark.parametrize("share", [0, 0.088, 0.112, 1])
def test_line_shares_sum_to_one(share: float) -> None:
    """Another sum is told at the key."""
    expected = [f"The shares must sum to 1 (give or take 0.01); they sum to {0.9 + share:.6g}."]

    assert {LINES: expected} == problems(nested(LINES, {"2": 0.9, "3": share}))


@pytest.mark.parametrize("key", ["1", "0", "-2", "02", "1001", "2.0", "two", "", " 2", "2\n", "٢"])
def test_keys_that_are_no_number_of_lines(key: str) -> None:
    """What is not a plain number from 2 to 1,000 is told under its own path."""
    details = problems(nested(LINES, {"2": 1.0, key: 0.0}))

    path = f"{LINES}.{key}".replace("\n", "\\n")
    assert {path: ['The key must be a number of lines from 2 to 1,000, such as "4".']} == details


def test_every_wrong_share_is_told() -> None:
    """Wrong keys and wrong shares are told at once, each under its key, and null is no share."""
    details = problems(nested(LINES, {"2": "1", "3": 1.5, "4": None, "x": 1}))

    assert [f"{LINES}.{key}" for key in ("2", "3", "4", "x")] == list(details)
    assert ["Must be a number from 0 to 1, not null."] == details[f"{LINES}.4"]


@pytest.mark.parametrize(("value", "kind"), [([], "a list"), ("x", "text"), (5, "a whole number")])
def test_distribution_of_another_kind(value: object, kind: str) -> None:
    """A distribution is an object."""
    expected = [f"Must be an object of shares by number of lines, not {kind}."]

    assert {LINES: expected} == problems(nested(LINES, value))


def test_lines_above_the_most() -> None:
    """A number of lines above max_lines is told, be it a default or set beside it."""
    shares = {"2": 0.5, "60": 0.3, "200": 0.2}

    details = problems(nested(LINES, shares))
    beside = problems(nested("transactions.line_items", {"max_lines": 50, "custom_distribution": shares}))

    assert {f"{LINES}.200": ["Entries have at most 100 lines, by max_lines."]} == details
    assert [f"{LINES}.200", f"{LINES}.60"] == list(beside)


@pytest.mark.parametrize(("low", "high"), [(0.1, 10), (1.1, 110), (10**6, 10**8), (0.01, 10**12)])
def test_amounts_span_two_decades(low: float, high: float) -> None:
    """A hundred times the smallest amount is enough for the largest, whatever the fractions."""
    amounts = config_from_mapping(nested(AMOUNTS, {"min": low, "max": high})).transactions.amounts

    assert (low, high) == (amounts.min, amounts.max)


@pytest.mark.parametrize(("low", "high"), [(0.11, 10), (10, 999.99), (10**6, 10**7)])
def test_amounts_that_span_less(low: float, high: float) -> None:
    """A narrower span is told at the section."""
    details = problems(nested(AMOUNTS, {"min": low, "max": high}))

    assert {AMOUNTS: ["max must be at least 100 times min."]} == details


def test_sources_sum_to_one() -> None:
    """A change of one source alone is told at the section, with the sum."""
    details = problems(nested("transactions.sources.manual", 0.3))

    sentence = (
        "manual, automated, recurring and adjustment must sum to 1 (give or take 0.01); they sum to 1.1."
    )
    assert {"transactions.sources": [sentence]} == details


def test_some_day_is_busy() -> None:
    """One working day is enough, none is not."""
    idle = dict.fromkeys(DAYS, 0)
    path = "transactions.temporal.day_of_week"

    assert {path: ["At least one working day must be above 0."]} == problems(nested(path, idle))
    assert (
        1.0
        == config_from_mapping(nested(path, {**idle, "friday": 1})).transactions.temporal.day_of_week.friday
    )


@pytest.mark.parametrize("shape", ["flat", "ramp"])
def test_shapes_of_a_period_s_end(shape: str) -> None:
    """Both shapes are known, and a wrong one is answered with them."""
    path = "transactions.temporal.period_end_shape"

    assert shape == config_from_mapping(nested(path, shape)).transactions.temporal.period_end_shape
    assert {path: ["Must be one of flat, ramp; 'steep' is not one."]} == problems(nested(path, "steep"))
