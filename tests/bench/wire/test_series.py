"""Attempts one after the other."""

from __future__ import annotations

from bench.wire.series import SERIES, Tried, run_series


def _attempt(number: int) -> Tried:
    odd = number % 2
    return Tried("odd" if odd else "even", ["200", "404"], ["went wrong"] * odd)


def test_a_series_is_summed_up() -> None:
    """Kinds and answers are counted, and each fault has the number of its attempt."""
    report = run_series("test", _attempt, 60.0, 7, 5)

    assert {"even": 3, "odd": 2} == dict(report.sent)
    assert {"200": 5, "404": 5} == dict(report.answers)
    first = 7 * SERIES
    assert [f"{first + 1}: went wrong", f"{first + 3}: went wrong"] == report.faults


def test_no_time_is_no_attempt() -> None:
    """When the time is over none is begun."""
    assert 0 == run_series("test", _attempt, 0.0, 7).sent.total()
