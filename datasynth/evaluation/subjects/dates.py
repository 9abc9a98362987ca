"""Shape 4: the order of entries, dates inside the period, and days that are as busy as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import DEVIATIONS, MANY, Check, no_fault, not_judged, only_from, share_near
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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset, Floats, Ints, Truths
    from datasynth.evaluation.expected.days import Days

CORRELATION = 0.97
SPIKE_TOLERANCE = 0.10
OFF_TOLERANCE = 0.005
OFF_RELATIVE = 0.10
"""Days off may stray by the larger of the two: part of all entries, part of what is expected."""
FEWEST_ORDINARY_DAYS = 3


def date_checks(data: Dataset, config: Config) -> list[Check]:
    """Check order, count and period."""
    entries, posted = data.entries, data.entries.posting_date
    start, end = horizon(config)
    back = np.zeros(data.count, dtype=np.bool_)
    back[1:] = posted[1:] < posted[:-1]
    outside = (posted < start) | (posted >= end)
    displaced = entries.sequence != np.arange(data.count)
    after = entries.document_date > posted
    untriggered = data.count - int(np.count_nonzero(data.called_for))
    wanted = config.transactions.target_count
    return [
        no_fault("dates.order", back, "entries posted before their predecessor"),
        no_fault("dates.period", outside, "entries posted before the start or after the end"),
        no_fault("dates.document", after, "entries whose document is dated after their posting"),
        no_fault("dates.sequence", displaced, "entries whose sequence number is not their place"),
        Check("dates.count", untriggered, wanted, wanted, "entries, those of triggers aside"),
        _empty_days(data, config),
    ]


def _empty_days(data: Dataset, config: Config) -> Check:
    """Check that nobody works on days that have no activity at all; closes keep their dates."""
    place, inside = posting_days(data, config)
    closed = 0
    faults = np.zeros(data.count, dtype=np.bool_)
    for code, one in enumerate(config.companies):
        empty = days_of(config, one.country).weight == 0
        closed += int(np.count_nonzero(empty))
        faults |= (data.entries.company_code == code) & empty[np.clip(place, 0, empty.size - 1)]
    if not closed:
        return not_judged("dates.empty_days", "there is some activity on every day")
    return no_fault("dates.empty_days", faults & inside & ~data.closing, "entries on days without any")


def posting_days(data: Dataset, config: Config) -> tuple[Ints, Truths]:
    """Return each entry's day from the start, and which lie in the period and belong to no trigger."""
    start, end = horizon(config)
    place = data.entries.posting_date - start
    return place, (place >= 0) & (place < end - start) & ~data.called_for


class CountryDays(NamedTuple):
    """The days of a country, the entries on each, and the share of all entries that it should have."""

    days: Days
    volumes: Ints
    share: float


def day_volume_checks(data: Dataset, config: Config) -> list[Check]:
    """Check the entries of each day against the weights that are configured."""
    every = np.ones(data.count, dtype=np.bool_)
    countries, ordinary = _countries(data, config, every), _countries(data, config, ~data.closing)
    return only_from(
        MANY,
        data.count,
        _correlation(countries),
        _ends("dates.month_end", MONTH_END, countries, config),
        _ends("dates.quarter_end", QUARTER_END, countries, config),
        _ends("dates.year_end", YEAR_END, countries, config),
        _off("dates.weekends", ordinary, lambda days: days.weekend),
        _off("dates.holidays", ordinary, lambda days: days.holiday),
    )


def _countries(data: Dataset, config: Config, counted: Truths) -> list[CountryDays]:
    place, inside = posting_days(data, config)
    start, end = horizon(config)
    shares = company_shares(config)
    found = []
    for country in sorted({company.country for company in config.companies}):
        codes = [code for code, one in enumerate(config.companies) if one.country == country]
        here = inside & counted & np.isin(data.entries.company_code, codes)
        share = sum(shares[config.companies[code].code] for code in codes)
        volumes = np.bincount(place[here], minlength=end - start)
        found.append(CountryDays(days_of(config, country), volumes, share))
    return found


def _correlation(countries: Sequence[CountryDays]) -> Check:
    found: Ints = np.sum([one.volumes for one in countries], axis=0)
    shares = [one.share * one.days.weight / one.days.weight.sum() for one in countries]
    expected: Floats = np.sum(shares, axis=0)
    if np.ptp(expected) == 0 or np.ptp(found) == 0:
        return not_judged("dates.day_volumes", "all days should be alike, or are")
    correlation, note = float(np.corrcoef(found, expected)[0, 1]), "correlation with the configured weights"
    return Check("dates.day_volumes", correlation, CORRELATION, None, note)


def _ends(name: str, end: int, countries: Sequence[CountryDays], config: Config) -> Check:
    """Check how much busier the last days of a kind of period are than ordinary weekdays of their month.

    Each day is divided by its weekday, season and holiday factor; all periods count together.
    """
    spike = highest_spike(config.transactions.temporal, end)
    found = expected = calm = 0.0
    for days, volumes, _ in countries:
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
    # Both counts stray by chance: the relative deviation of a count is one over its root.
    margin = SPIKE_TOLERANCE + DEVIATIONS * float(np.sqrt(1 / expected + 1 / calm))
    low, high = spike * (1 - margin), spike * (1 + margin)
    return Check(name, spike * found / expected, low, high, "times an ordinary weekday of the same month")


def _off(name: str, countries: Sequence[CountryDays], off: Callable[[Days], Truths]) -> Check:
    """Check the share of entries on days off, closes aside: those have their dates."""
    entries = sum(int(one.volumes.sum()) for one in countries)
    found = sum(int(one.volumes[off(one.days)].sum()) for one in countries)
    expected = sum(
        one.share * float(one.days.weight[off(one.days)].sum() / one.days.weight.sum()) for one in countries
    )
    tolerance = max(OFF_TOLERANCE, OFF_RELATIVE * expected)
    return share_near(name, found, entries, expected, tolerance, note="of the entries, closes aside")
