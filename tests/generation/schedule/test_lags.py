"""Lags between the steps of a chain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.schedule.lags import first_starts, lag_shape, target_days

LAG = (2, 10, 40)


def week(days: int) -> np.ndarray:
    """Weights of working weeks."""
    return np.where(np.arange(days) % 7 < 5, 1_000, 100)


def test_shapes_peak_at_the_likeliest_lag() -> None:
    """A lag's distribution is a triangle with its corners just outside."""
    shape = lag_shape(*LAG)

    assert 39 == len(shape)
    assert 8 == int(shape.argmax())
    assert shape.min() > 0


@given(st.integers(0, 50))
def test_lags_keep_their_bounds_and_order(salt: int) -> None:
    """Every class is posted within the lag's bounds, and later starts are never posted earlier."""
    targets = target_days(week(300), LAG, salt)
    lags = targets - np.arange(300)[:, None]

    assert lags.min() >= LAG[0]
    assert np.diff(targets, axis=0).min() >= 0
    # Keeping the order may push a start past a closed stretch, by some days at most.
    assert lags.max() <= LAG[2] + 3


def test_steps_follow_the_calendar_as_starts_do() -> None:
    """Documents of a step fall on days by the days' weights, not by plain lags."""
    weights = week(700)
    targets = target_days(weights, LAG, 5)
    flow = np.zeros(800)
    np.add.at(flow, targets, np.repeat(weights[:, None], CLASSES, axis=1))
    inner = slice(100, 600)

    assert np.corrcoef(flow[inner], weights[inner])[0, 1] > 0.97


def test_windows_find_the_starts_of_a_day() -> None:
    """A class's chains posted on a day are those started in the day's window."""
    targets = target_days(week(120), LAG, 1)
    windows = first_starts(targets, np.arange(121))
    for day in range(120):
        for number in (0, 7, CLASSES - 1):
            started = np.flatnonzero(targets[:, number] == day).tolist()
            window = list(range(windows[day, number], windows[day + 1, number]))

            assert started == window


@pytest.mark.parametrize("closed", [0, 1])
def test_a_long_shutdown_is_survived(closed: int) -> None:
    """Where no day of the lag is open, the untilted lag applies."""
    weights = np.full(200, 1_000)
    weights[60:160] = closed
    targets = target_days(weights, (1, 2, 5), 0)

    assert (targets - np.arange(200)[:, None]).min() >= 1
