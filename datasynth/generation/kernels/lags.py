"""Lag tables: on which day the cases of each day of start and class have a step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.kernels.counts import CLASSES, first_start
from datasynth.kernel import kernel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@kernel
def fit_days(
    wanted: NDArray[np.float64],
    shape: NDArray[np.float64],
    fewest: int,
    rounds: int,
    most: float,
    tilt: NDArray[np.float64],
    starts: NDArray[np.float64],
    flow: NDArray[np.float64],
) -> None:
    """Find day factors under which steps fall on days as wanted; one turn is one round over all days.

    Iterative proportional fitting (Deming and Stephan 1940) of one margin.  Sums
    run from the shortest lag to the longest, so that the bits are the same everywhere.

    Parameters
    ----------
    wanted : (days + longest lag + 1,) float64
        Weight of each day.
    shape : (steps,) float64
        Weights of the lags from `fewest` on.
    fewest
        Shortest lag. [days]
    rounds
        How many.
    most
        No factor moves by more than that, up or down, in a round.
    tilt : like `wanted`
        Output.
    starts, flow : (days,) and like `wanted`
        Scratch.
    """
    days = len(starts)
    for place in range(len(wanted)):
        tilt[place] = wanted[place]
    for _ in range(rounds):
        for day in range(days):
            starts[day] = 0.0
        for step in range(len(shape)):
            for day in range(days):
                starts[day] += shape[step] * tilt[fewest + step + day]
        for day in range(days):
            starts[day] = wanted[day] / starts[day] if starts[day] > 0.0 else 0.0
        for place in range(len(flow)):
            flow[place] = 0.0
        for step in range(len(shape)):
            for day in range(days):
                flow[fewest + step + day] += shape[step] * starts[day]
        for place in range(len(flow)):
            flow[place] *= tilt[place]
            ratio = wanted[place] / flow[place] if flow[place] > 0.0 else 1.0
            tilt[place] *= min(max(ratio, 1.0 / most), most)


@kernel
def choose_days(
    tilt: NDArray[np.float64],
    shape: NDArray[np.float64],
    fewest: int,
    order: NDArray[np.int64],
    reached: NDArray[np.float64],
    chosen: NDArray[np.int32],
) -> None:
    """Give each class the lag at its quantile; one turn is one day of start.

    Parameters
    ----------
    tilt, shape, fewest
        See `fit_days`.
    order : (CLASSES,) int64
        Classes from the fastest to the slowest.
    reached : (steps,) float64
        Scratch.
    chosen : (days, CLASSES) int32
        Output: day of the step; never falling along the first axis.
    """
    for day in range(len(chosen)):
        whole = 0.0
        for step in range(len(shape)):
            whole += shape[step] * tilt[fewest + step + day]
            reached[step] = whole
        if whole <= 0.0:
            for step in range(len(shape)):
                whole += shape[step]
                reached[step] = whole
        step = 0
        for rank in range(CLASSES):
            due = whole * ((rank + 0.5) / CLASSES)
            while step < len(shape) and reached[step] < due:
                step += 1
            chosen[day, order[rank]] = day + fewest + step
        if day > 0:
            for number in range(CLASSES):
                chosen[day, number] = max(chosen[day, number], chosen[day - 1, number])


@kernel
def find_starts(targets: NDArray[np.int32], window: NDArray[np.uint8]) -> None:
    """Find the first day of start whose step is not before each day; one turn is one day.

    Parameters
    ----------
    targets : (days of start, CLASSES) int32
        From `choose_days`.
    window : (days, CLASSES) uint8
        Output: how many days before each day it lies.
    """
    for day in range(len(window)):
        for number in range(CLASSES):
            start = first_start(window, day - 1, number) if day > 0 else 0
            while targets[start, number] < day:
                start += 1
            window[day, number] = day - start
