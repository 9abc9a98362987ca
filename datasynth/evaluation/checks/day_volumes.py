"""Shape 4, by volume: busy days are as busy as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.checks.dates import posting_days
from datasynth.evaluation.expected.days import (
    MONTH_END,
    ORDINARY,
    QUARTER_END,
    YEAR_END,
    days_of,
    highest_spike,
    horizon,
)
from datasynth.evaluation.expected.shares import company_shares
from datasynth.evaluation.gates import DEVIATIONS, MANY, Gate, not_judged, only_from, share_near

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.expected.days import Days

CORRELATION = 0.97
SPIKE_TOLERANCE = 0.10
OFF_TOLERANCE = 0.005
OFF_RELATIVE = 0.10
"""Days off may stray by the larger of the two: part of all entries, part of what is expected."""
FEWEST_ORDINARY_DAYS = 3


def check_day_volumes(data: Dataset, config: Config) -> list[Gate]:
    """Judge the entries of each day against the weights that are configured."""
    every = np.ones(data.count, dtype=np.bool_)
    by_country, ordinary = _by_country(data, config, every), _by_country(data, config, ~data.closing)
    found = np.sum([volumes for _, volumes, _ in by_country], axis=0)
    expected = np.sum([share * days.weight / days.weight.sum() for days, _, share in by_country], axis=0)
    gates = [
        _correlation(found, expected),
        _ends("dates.month_end", MONTH_END, by_country, config),
        _ends("dates.quarter_end", QUARTER_END, by_country, config),
        _ends("dates.year_end", YEAR_END, by_country, config),
        _off("dates.weekends", ordinary, [days.weekend for days, _, _ in ordinary]),
        _off("dates.holidays", ordinary, [days.holiday for days, _, _ in ordinary]),
    ]
    return only_from(gates, data.count, MANY)


ByCountry = list[tuple["Days", "NDArray[np.int64]", float]]
"""Of each country: its days, the entries on each, and the share of all entries that it should have."""


def _by_country(data: Dataset, config: Config, counted: NDArray[np.bool_]) -> ByCountry:
    place, inside = posting_days(data, config)
    start, end = horizon(config)
    shares = company_shares(config)
    countries = sorted({company.country for company in config.companies})
    found: ByCountry = []
    for country in countries:
        codes = [code for code, one in enumerate(config.companies) if one.country == country]
        here = inside & counted & np.isin(data.entries.company_code, codes)
        share = sum(shares[config.companies[code].code] for code in codes)
        volumes = np.bincount(place[here], minlength=end - start)
        found.append((days_of(config, country), volumes, share))
    return found


def _correlation(found: NDArray[np.int64], expected: NDArray[np.float64]) -> Gate:
    name = "dates.day_volumes"
    if np.ptp(expected) == 0 or np.ptp(found) == 0:
        return not_judged(name, "all days should be alike, or are")
    correlation = float(np.corrcoef(found, expected)[0, 1])
    return Gate(name, correlation, CORRELATION, None, "correlation with the configured weights")


def _ends(name: str, end: int, by_country: ByCountry, config: Config) -> Gate:
    """Judge how much busier the last days of a kind of period are than ordinary weekdays of their month.

    Each day is divided by its weekday, season and holiday factor; all periods count together.
    """
    spike = highest_spike(config.transactions.temporal, end)
    found = expected = calm = 0.0
    for days, volumes, _ in by_country:
        for month in np.unique(days.month[days.end == end]):
            last = (days.month == month) & (days.end == end) & (days.base > 0)
            ordinary = (days.month == month) & (days.end == ORDINARY) & (days.base > 0)
            ordinary &= ~days.weekend & ~days.holiday
            # A month that begins before the data, or a country that has nothing to do, tells nothing.
            if np.count_nonzero(ordinary) < FEWEST_ORDINARY_DAYS or not volumes[ordinary].any():
                continue
            rate = volumes[ordinary].sum() / days.base[ordinary].sum()
            found += float(volumes[last].sum())
            expected += float(rate * (days.base * days.spike)[last].sum())
            calm += float(volumes[ordinary].sum())
    if not expected:
        return not_judged(name, "there is no such period end in the data")
    margin = SPIKE_TOLERANCE + DEVIATIONS * float(np.sqrt(1 / expected + 1 / calm))
    low, high = spike * (1 - margin), spike * (1 + margin)
    return Gate(name, spike * found / expected, low, high, "times an ordinary weekday of the same month")


def _off(name: str, by_country: ByCountry, off: list[NDArray[np.bool_]]) -> Gate:
    """Judge the share of entries on days off, closes aside: those have their dates."""
    entries = sum(int(volumes.sum()) for _, volumes, _ in by_country)
    found = sum(int(volumes[days].sum()) for (_, volumes, _), days in zip(by_country, off, strict=True))
    expected = sum(
        share * float(days.weight[here].sum() / days.weight.sum())
        for (days, _, share), here in zip(by_country, off, strict=True)
    )
    tolerance = max(OFF_TOLERANCE, OFF_RELATIVE * expected)
    return share_near(name, found, entries, expected, tolerance, note="of the entries, closes aside")
