"""Figures, bounds and verdicts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from datasynth.evaluation.check import (
    Check,
    Verdict,
    chance,
    most_of_rare,
    no_fault,
    not_judged,
    number,
    only_from,
    share_between,
    share_near,
)


@pytest.mark.parametrize(
    ("figure", "low", "high", "expected"),
    [
        (1.0, 1.0, 2.0, "pass"),
        (2.0, 1.0, 2.0, "pass"),
        (0.9, 1.0, 2.0, "fail"),
        (2.1, 1.0, 2.0, "fail"),
        (5.0, None, 4.0, "fail"),
        (5.0, 4.0, None, "pass"),
        (math.nan, None, 4.0, "fail"),
        (None, 1.0, 2.0, "not judged"),
    ],
)
def test_verdict(figure: float | None, low: float | None, high: float | None, expected: str) -> None:
    """Bounds belong to what is allowed, and what is no number is not."""
    assert expected == Check("a.b", figure, low, high).verdict


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, "= 0"),
        (None, 0.006, "≤ 0.00600"),
        (0.97, None, "≥ 0.9700"),
        (0.5, 0.75, "0.5000 … 0.7500"),
        (None, None, "reported"),
    ],
)
def test_bounds(low: float | None, high: float | None, expected: str) -> None:
    """Bounds are printed as a person would write them."""
    assert expected == Check("a.b", 1.0, low, high).bounds


@pytest.mark.parametrize(
    ("figure", "expected"), [(1234567, "1,234,567"), (100000.0, "100,000"), (0.12345, "0.1235"), (None, "–")]
)
def test_number(figure: float | None, expected: str) -> None:
    """Counts have separators, shares four decimals."""
    assert expected == number(figure)


def test_first_fault_is_named() -> None:
    """The note says where to look."""
    check = no_fault("a.b", np.array([False, False, True, True]), "things")

    assert (2, "things; first at entry 2", Verdict.FAIL) == (check.figure, check.note, check.verdict)


def test_share_has_tolerance_and_chance() -> None:
    """A share may be off by its tolerance and three standard deviations."""
    check = share_near("a.b", 50, 100, 0.5, 0.01)

    assert [0.5, 0.34, 0.66] == pytest.approx([check.figure, check.low, check.high])


def test_share_of_nothing_has_no_room_for_chance() -> None:
    """Where nothing is expected, nothing may be."""
    assert Verdict.FAIL == share_near("a.b", 1, 1_000_000, 0.0, 0.0).verdict
    assert 0.0 == chance(0.0, 100)


def test_range_gives_chance_at_both_ends() -> None:
    """The bounds of a range widen with few entries."""
    check = share_between("a.b", 7, 100, 0.03, 0.10)

    assert [0.0, 0.19] == pytest.approx([check.low, check.high])


def test_nothing_to_count() -> None:
    """Without entries there is no share."""
    expected = (Verdict.NOT_JUDGED, Verdict.NOT_JUDGED)

    assert expected == (
        share_near("a.b", 0, 0, 0.5, 0.1).verdict,
        share_between("a.b", 0, 0, 0.0, 0.1).verdict,
    )


def test_too_few_entries() -> None:
    """Below the number that a figure needs it is shown and not judged."""
    checks = [Check("a.b", 2.0, None, 1.0), not_judged("a.c", "no reason")]

    few, many = only_from(20, 10, *checks), only_from(20, 20, *checks)

    assert [(2.0, "not judged"), (None, "not judged")] == [(check.figure, check.verdict) for check in few]
    assert ["checked from 20 entries"] * 2 == [check.note for check in few]
    assert checks == many


@pytest.mark.parametrize("mean", [0.0, 1e-6, 0.01, 0.3, 2.0, 40.0])
def test_most_of_rare(mean: float) -> None:
    """It is the least number above which a Poisson number has less than the chance."""

    def above(most: int) -> float:
        return sum(
            math.exp(count * math.log(mean) - mean - math.lgamma(count + 1)) for count in range(most + 1, 300)
        )

    most = most_of_rare(mean, 0.0005)

    assert most == 0 if not mean else above(most) < 0.0005
    assert most == 0 or above(most - 1) >= 0.0005


def test_most_of_many() -> None:
    """Of large means it is the quantile of a normal number."""
    assert most_of_rare(1e6, 0.0005) == pytest.approx(1e6 + 3_290, abs=2)
    assert most_of_rare(100.0, 0.0005) - most_of_rare(99.9, 0.0005) in range(-2, 3)
