"""Approval thresholds and the distribution of lines."""

from __future__ import annotations

import pytest

from datasynth.config import ConfigDocument, config_from_mapping
from tests.config.documents import nested, problems

LINES = "transactions.line_items.custom_distribution"


@pytest.mark.parametrize("thresholds", [[1], [5, 10**9], [1, 2, 3]])
def test_thresholds(thresholds: list[int]) -> None:
    """One to three ascending amounts are read and printed again; a list replaces the default whole."""
    document = ConfigDocument.defaults().merge({"approval": {"thresholds": thresholds}})

    assert tuple(thresholds) == document.config.approval.thresholds
    assert {"thresholds": thresholds} == document.as_dict()["approval"]


@pytest.mark.parametrize(
    ("thresholds", "sentence"),
    [
        ([], "Must be 1 to 3 whole numbers, not 0."),
        ([1, 2, 3, 4], "Must be 1 to 3 whole numbers, not 4."),
        ([2, 1], "Must be in ascending order, without repeated numbers."),
        ([1, 1], "Must be in ascending order, without repeated numbers."),
        (5, "Must be a list of whole numbers, not a whole number."),
        ({"1": 1}, "Must be a list of whole numbers, not an object."),
    ],
)
def test_wrong_thresholds(thresholds: object, sentence: str) -> None:
    """Too few, too many, equal or descending ones are told at the key."""
    assert {"approval.thresholds": [sentence]} == problems({"approval": {"thresholds": thresholds}})


def test_each_wrong_threshold_is_told() -> None:
    """An item that is wrong by itself is named by its index."""
    details = problems({"approval": {"thresholds": [0, "5", None]}})

    assert {
        "approval.thresholds.0": ["Must be from 1 to 1,000,000,000."],
        "approval.thresholds.1": ["Must be a whole number from 1 to 1,000,000,000, not text."],
        "approval.thresholds.2": ["Must be a whole number from 1 to 1,000,000,000, not null."],
    } == details


def test_thresholds_from_a_tuple() -> None:
    """A program may give a tuple where a document has a list."""
    assert (1, 2) == config_from_mapping({"approval": {"thresholds": (1, 2)}}).approval.thresholds


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
    expected = [f"The shares must sum to 1 (± 0.01); they sum to {0.9 + share:.6g}."]

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
