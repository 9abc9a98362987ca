"""Sums of documents in foreign currency and of what settles them, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.kernels.foreign_days import sum_foreign, sum_settled
from datasynth.generation.kernels.foreign_sums import SETTLING_COLUMNS
from datasynth.generation.kernels.summed import NO_WINDOWS, SeriesGroup
from datasynth.generation.templates.template_lines import padded
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.balances.case_balances import CaseBalances
    from datasynth.generation.build_context import BuildContext

_AT_ONCE = 1 << 22
"""So many sums (series, day and column) are held at once, 32 MiB."""

_SERIES_DAYS = 8_192
"""So many days, over all series, are summed from one checkpoint to the next."""


def daily_sums(cases: CaseBalances, build: BuildContext) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Sum every series that is not in company currency, series of like templates together.

    Yields
    ------
    at
        The series.
    sums : (days, columns) int64
        What its documents post on each day. [minor units of the company's currency]
    """
    for alike in _alike(cases):
        settles = cases.sums.valuation(alike[0]) is Valuation.SETTLES
        columns = SETTLING_COLUMNS if settles else len(cases.sums.sides[alike[0]])
        size = max(_AT_ONCE // (cases.schedule.horizon.days * padded(columns)), 1)
        for first in range(0, len(alike), size):
            members = alike[first : first + size]
            sums = _settled(cases, members, build) if settles else _foreign(cases, members, build)
            yield from zip(members, sums[:, :, :columns], strict=True)


def _alike(cases: CaseBalances) -> list[list[int]]:
    """Return the series that kernels can sum together, because they fit one `SeriesGroup`."""
    table = cases.schedule.series
    groups: dict[tuple[int, ...], list[int]] = {}
    for company in range(len(cases.schedule.starts)):
        for at in cases.series_of(company):
            series = table[at]
            if series.valuation == Valuation.LOCAL:
                continue
            lag_tables = (int(series.window >= 0), -1)
            if series.valuation == Valuation.SETTLES:
                lag_tables = (int(series.window), int(table.window[series.settles]))
            row = cases.sums.series[at].first_row
            common = (row, int(series.rate), int(series.valuation), int(series.receives), *lag_tables)
            groups.setdefault(common, []).append(at)
    return list(groups.values())


def _foreign(cases: CaseBalances, members: Sequence[int], build: BuildContext) -> NDArray[np.int64]:
    """Sum series in foreign currency: (series, days, columns)."""
    sums, days = cases.sums, cases.schedule.horizon.days
    group, rates = _group(cases, members), sums.rates(members[0])
    daily = np.zeros((len(members), days, padded(len(sums.sides[members[0]]))), dtype=np.int64)
    size = -(-_SERIES_DAYS // len(members))
    for first in range(0, days, size):
        build.checkpoint()
        sum_foreign(daily, first, min(first + size, days), group, sums.lines, rates)
    return daily


def _settled(cases: CaseBalances, members: Sequence[int], build: BuildContext) -> NDArray[np.int64]:
    """Sum series that settle others: (series, days, columns)."""
    sums, days = cases.sums, cases.schedule.horizon.days
    group, rates = _group(cases, members), sums.rates(members[0])
    daily = np.zeros((days, len(members), SETTLING_COLUMNS), dtype=np.int64)
    size = -(-_SERIES_DAYS * CLASSES // (len(members) * days))
    for first in range(0, CLASSES, size):
        build.checkpoint()
        sum_settled(daily, first, min(first + size, CLASSES), group, sums.lines, rates)
    return daily.swapaxes(0, 1)


def _group(cases: CaseBalances, members: Sequence[int]) -> SeriesGroup:
    schedule, summed = cases.schedule, [cases.sums.series[at] for at in members]
    in_cases = len(summed[0].window) > 0
    return SeriesGroup(
        np.array([each.key for each in summed]),
        np.ascontiguousarray(np.stack([each.upto for each in summed], axis=1)),
        np.maximum(schedule.series.window[list(members)], 0).astype(np.int64),
        schedule.windows if in_cases else NO_WINDOWS[None],
        summed[0].settled,
        summed[0].receives,
        summed[0].first_row,
        summed[0].class_bits,
    )
