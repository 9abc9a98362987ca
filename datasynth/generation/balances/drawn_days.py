"""Sums of documents whose cases draw their amounts, day by day."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.kernels.sums.drawn_sums import fill_step_days, sum_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.build_context import BuildContext

_DOCUMENTS = 1 << 21
"""So many documents are summed from one checkpoint of the build to the next."""

_NO_DAYS = np.empty((0, CLASSES), dtype=np.int16)
_TABLES = 8
"""Tables of days of steps that are kept; series of like steps follow one another."""


def daily_sums(cases: CaseBalances, build: BuildContext) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Sum every series whose cases draw their amounts, by visiting each document.

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
        found = np.empty((LEAD_DAYS + days, CLASSES), dtype=np.int16)
        fill_step_days(schedule.windows[window], found)
        return found

    table = schedule.series
    of_step = {at: int(table.window[at]) for at in sums.series if sums.draws(at)}
    for at, window in sorted(of_step.items(), key=lambda item: item[1]):
        series = sums.series[at]
        opening = step_days(int(table.window[table.settles[at]])) if len(series.settled) else _NO_DAYS
        tables = step_days(window) if window >= 0 else _NO_DAYS, opening
        daily = np.zeros((days, len(sums.sides[at])), dtype=np.int64)
        starts = LEAD_DAYS + days if window >= 0 else days
        slices = 1 + int(series.upto[starts]) // _DOCUMENTS
        for first, last in pairwise(starts * part // slices for part in range(slices + 1)):
            build.checkpoint()
            sum_days(daily, first, last, tables, series, sums.lines, sums.amounts, sums.rates(at))
        yield at, daily
