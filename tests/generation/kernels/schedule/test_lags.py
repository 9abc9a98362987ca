"""Lag tables, against whole columns of numpy and looking at each day."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.schedule.lags import Lag, choose_days, find_starts, fit_days
from datasynth.generation.schedule.lags import lag_weights
from tests.naive.fitting import chosen_days, tilted

WEIGHTS = st.lists(st.sampled_from([0, 1, 250, 1_000, 3_000]), min_size=3, max_size=60)


@given(WEIGHTS, st.integers(1, 4), st.integers(1, 4), st.integers(1, 9), st.integers(0, 63))
def test_days_have_the_twin_s_bits(
    weights: list[int], fewest: int, more: int, longer: int, salt: int
) -> None:
    """Day factors are the same to the last bit, and so is the day of every start and class."""
    most = fewest + more + longer
    shape = lag_weights(fewest, fewest + more, most)
    days = len(weights)
    wanted = np.concatenate([np.array(weights, dtype=np.float64), np.ones(most + 1)])
    tilt, flow = np.empty_like(wanted), np.empty_like(wanted)
    lag = Lag(fewest, shape)
    fit_days(wanted, lag, 8, 50.0, tilt, np.empty(days), flow)
    expected = tilted(wanted, shape, fewest, days, 8, 50.0)

    assert expected.tobytes() == tilt.tobytes()
    ranks = (np.arange(CLASSES) * 37 + salt) % CLASSES
    chosen = np.empty((days, CLASSES), dtype=np.int32)
    choose_days(tilt, lag, np.argsort(ranks), np.empty(len(shape)), chosen)
    assert chosen_days(expected, shape, fewest, ranks, days) == chosen.tolist()


@given(st.lists(st.integers(1, LEAD_DAYS), min_size=1, max_size=200))
def test_starts_are_found_by_looking_at_each(lags: list[int]) -> None:
    """The first start whose step is not before a day lies as many days back as counting says."""
    column = np.maximum.accumulate(np.arange(len(lags)) + lags)
    targets = np.stack([column + number % 3 for number in range(CLASSES)], axis=1).astype(np.int32)
    window = np.empty((len(lags), CLASSES), dtype=np.uint8)
    find_starts(targets, window)
    for number in (0, 1, 2, CLASSES - 1):
        listed = targets[:, number].tolist()
        expected = [
            day - next(start for start, on in enumerate(listed) if on >= day) for day in range(len(lags))
        ]

        assert expected == window[:, number].tolist()
