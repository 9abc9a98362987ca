"""Approval thresholds, the only list of numbers."""

from __future__ import annotations

import pytest

from datasynth.config import ConfigDocument, config_from_mapping
from tests.config.documents import problems


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
        ([2, 1], "Must ascend, each number above the one before."),
        ([1, 1], "Must ascend, each number above the one before."),
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
