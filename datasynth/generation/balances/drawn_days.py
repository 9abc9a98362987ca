"""Sums of documents whose cases draw their amounts, day by day."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.sums.drawn_sums import (
    draw_cases,
    fill_step_days,
    sum_days,
    sum_pooled_days,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.build_context import BuildContext

_CASES = 1 << 16
"""The amounts of so many cases are drawn at once: they stay in the processor's second memory.

The build has a checkpoint after each such slice.
"""

_NO_DAYS = np.empty((0, CLASSES), dtype=np.int16)
_TABLES = 16
"""Tables of days of steps that are kept; cases of like steps follow one another."""


def daily_sums(cases: CaseBalances, build: BuildContext) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Sum every series whose cases draw their amounts, by visiting each document.

    An amount is drawn once for all steps of its case.

    Yields
    ------
    at
        The series.
    sums : (days, columns) int64
        What its documents post on each day. [minor units of the company's currency]
    """
    schedule, sums = cases.schedule, cases.sums
    days = schedule.horizon.days

    @lru_cache(maxsize=_TABLES)
    def step_days(window: int) -> NDArray[np.int16]:
        if window < 0:
            return _NO_DAYS
        found = np.empty((LEAD_DAYS + days, CLASSES), dtype=np.int16)
        fill_step_days(schedule.windows[window], found)
        return found

    for steps in _of_cases(cases):
        tables = {at: (step_days(window), step_days(opening)) for at, (window, opening) in steps.items()}
        daily = {at: np.zeros((days, len(sums.sides[at])), dtype=np.int64) for at in steps}
        series = sums.series[next(iter(steps))]
        if series.pool_bits >= 0:
            for at, both in tables.items():
                build.checkpoint()
                sum_pooled_days(daily[at], both, sums.series[at], sums.lines, sums.amounts, sums.rates(at))
            yield from daily.items()
            continue
        starts = LEAD_DAYS + days if len(series.window) else days
        slices = 1 + int(series.upto[starts]) // _CASES
        for first, last in pairwise(starts * part // slices for part in range(slices + 1)):
            build.checkpoint()
            drawn = np.empty(int(series.upto[last] - series.upto[first]), dtype=np.int64)
            draw_cases(int(series.upto[first]), series.key, sums.amounts, series.distribution, drawn)
            for at, both in tables.items():
                mine = sums.series[at], sums.lines, sums.rates(at)
                sum_days(daily[at], first, last, drawn, both, *mine)
        yield from daily.items()


def _of_cases(cases: CaseBalances) -> list[dict[int, tuple[int, int]]]:
    """Return the series of each kind of case that draws its amounts, those of like steps together.

    For each series there is the lag table of its step and of the one that it settles, or -1.
    """
    windows, settles = cases.schedule.series.window.tolist(), cases.schedule.series.settles.tolist()
    found: dict[int, dict[int, tuple[int, int]]] = {}
    for at, series in cases.sums.series.items():
        if cases.sums.draws(at):
            settled = windows[settles[at]] if len(series.settled) else -1
            found.setdefault(int(series.key), {})[at] = windows[at], settled
    return sorted(found.values(), key=lambda steps: tuple(steps.values()))
