"""Lag tables: the day of each step, by the class and day of start of its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES, first_start
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Lag(NamedTuple):
    """Distribution of the days from the start of a case to a step: `weights` of the lags from `fewest` on."""

    fewest: int
    weights: NDArray[np.float64]


@kernel
def fit_days(
    wanted: NDArray[np.float64],
    lag: Lag,
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
    most
        Largest ratio by which a factor changes in a round, up or down.
    tilt : like `wanted`
        Output.
    starts, flow : (days,) and like `wanted`
        Scratch.
    """
    fewest, weights = lag
    days = len(starts)
    for place in range(len(wanted)):
        tilt[place] = wanted[place]
    for _ in range(rounds):
        for day in range(days):
            starts[day] = 0.0
        for extra in range(len(weights)):
            for day in range(days):
                starts[day] += weights[extra] * tilt[fewest + extra + day]
        for day in range(days):
            starts[day] = wanted[day] / starts[day] if starts[day] > 0.0 else 0.0
        for place in range(len(flow)):
            flow[place] = 0.0
        for extra in range(len(weights)):
            for day in range(days):
                flow[fewest + extra + day] += weights[extra] * starts[day]
        for place in range(len(flow)):
            flow[place] *= tilt[place]
            # Days that no step reaches keep their factor.
            ratio = wanted[place] / flow[place] if flow[place] > 0.0 else 1.0
            tilt[place] *= min(max(ratio, 1.0 / most), most)


@kernel
def choose_days(
    tilt: NDArray[np.float64],
    lag: Lag,
    order: NDArray[np.int64],
    reached: NDArray[np.float64],
    chosen: NDArray[np.int32],
) -> None:
    """Give each class the lag at its quantile; one turn is one day of start.

    Parameters
    ----------
    tilt, lag
        See `fit_days`.
    order : (CLASSES,) int64
        Classes from the fastest to the slowest.
    reached : (lags,) float64
        Scratch.
    chosen : (days, CLASSES) int32
        Output: day of the step; never falls along the first axis.
    """
    fewest, weights = lag
    for day in range(len(chosen)):
        total = 0.0
        for extra in range(len(weights)):
            total += weights[extra] * tilt[fewest + extra + day]
            reached[extra] = total
        # Where all days in reach are closed, the lags have their untilted weights.
        if total <= 0.0:
            for extra in range(len(weights)):
                total += weights[extra]
                reached[extra] = total
        extra = 0
        for rank in range(CLASSES):
            # A class is a part of all starts; its lag is the one at the middle of the part.
            due = total * ((rank + 0.5) / CLASSES)
            while extra < len(weights) and reached[extra] < due:
                extra += 1
            chosen[day, order[rank]] = day + fewest + extra
        # Later starts never have earlier steps: `find_starts` and all counts rest on it.
        if day > 0:
            for number in range(CLASSES):
                chosen[day, number] = max(chosen[day, number], chosen[day - 1, number])


@kernel
def keep_apart(targets: NDArray[np.int32], previous: NDArray[np.uint8], later: NDArray[np.int32]) -> None:
    """Move steps some business days away from the step before; one turn is one day of start.

    Parameters
    ----------
    targets : (days, CLASSES) int32
        From `choose_days`; moved in place.  It still never falls along the first axis.
    previous : like `targets`, uint8
        Days from the start to the step before.
    later
        The first day that a step may have, by the day of the step before.
    """
    for day in range(len(targets)):
        for number in range(CLASSES):
            earliest = later[day + np.int64(previous[day, number])]
            # A byte holds the days from the start to the step.
            targets[day, number] = min(max(targets[day, number], earliest), day + 255)


@kernel
def find_starts(targets: NDArray[np.int32], window: NDArray[np.uint8]) -> None:
    """Find the first day of start whose step is not before each day; one turn is one day.

    `window` tells how many days before each day it lies; `targets` are from `choose_days`.
    """
    for day in range(len(window)):
        for number in range(CLASSES):
            start = first_start(window, day - 1, number) if day > 0 else 0
            while targets[start, number] < day:
                start += 1
            window[day, number] = day - start
