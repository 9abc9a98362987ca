"""Shapes 4 and 5: order and dates, days as busy as they should be, and people who work by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import DEVIATIONS, MANY, Check, no_fault, not_judged, only_from, share_near
from datasynth.evaluation.dataset import NEVER
from datasynth.evaluation.expected import (
    MONTH_END,
    ORDINARY,
    QUARTER_END,
    YEAR_END,
    company_shares,
    days_of,
    highest_spike,
    horizon,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Truths
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.expected import Days

CORRELATION = 0.97
SPIKE_TOLERANCE = 0.10
OFF_TOLERANCE = 0.005
OFF_RELATIVE = 0.10
"""Days off may stray by the larger of the two: part of all entries, part of what is expected."""
FEWEST_ORDINARY_DAYS = 3

WORKING = 0.90
LAST_HOUR = 0.02
LAST_MINUTE = 0.01
MORNING, EVENING = 8, 18
LUNCH = 12
BESIDE_LUNCH = [10, 11, 13, 14]
DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
MINUTE_SECONDS = 60
HOURS = 24
MINUTES = 60


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


def hour_checks(data: Dataset, config: Config) -> list[Check]:
    """Check when entries are created."""
    created = data.entries.created_at
    known = created != NEVER
    # Closes have their evening; what people enter besides tells when they work.
    by_hand = data.of_source("manual", "adjustment") & known & ~data.called_for & ~data.closing
    second = created % DAY_SECONDS
    late = second[known & (second >= (HOURS - 1) * HOUR_SECONDS)]
    entries = max(data.count, 1)
    minutes = np.bincount((late // MINUTE_SECONDS) % MINUTES, minlength=MINUTES)
    in_busiest = f"of the entries, in the busiest minute, 23:{int(np.argmax(minutes)):02}"
    later = known & (created // DAY_SECONDS > data.entries.posting_date)
    return [
        *only_from(
            MANY,
            data.count,
            *_people(data, config, by_hand, second // HOUR_SECONDS),
            Check("hours.last_hour", late.size / entries, None, LAST_HOUR, "of the entries, from 23:00 on"),
            Check("hours.last_minute", float(minutes.max()) / entries, None, LAST_MINUTE, in_busiest),
        ),
        no_fault("hours.created", later, "entries created on a day after their posting date"),
    ]


def _people(data: Dataset, config: Config, by_hand: Truths, hour: Ints) -> list[Check]:
    """Check what is entered by hand: by day, and less at lunch."""
    entered = int(np.count_nonzero(by_hand))
    if not entered:
        why = "nothing is entered by hand"
        return [not_judged("hours.working", why), not_judged("hours.lunch", why)]
    hours = np.bincount(hour[by_hand], minlength=HOURS)
    working = float(hours[MORNING:EVENING].sum()) / entered
    overtime = config.transactions.temporal.period_end_overtime
    at_ends = np.count_nonzero(by_hand & _at_ends(data, config)) / entered
    beside = float(hours[BESIDE_LUNCH].mean())
    lunch = float(hours[LUNCH]) / beside if beside else None
    least = WORKING * (1 - overtime * at_ends)
    by_day = "of what is entered by hand, from 8 to 18; less by the overtime of period ends"
    at_lunch = "the hour from 12 to 13 beside the mean of the four around it"
    return [
        Check("hours.working", working, least, None, by_day),
        Check("hours.lunch", lunch, None, 1.0, at_lunch),
    ]


def _at_ends(data: Dataset, config: Config) -> Truths:
    """Tell which entries are posted in the last days of a period; the same days in every country."""
    place, inside = posting_days(data, config)
    last = days_of(config, config.companies[0].country).end != ORDINARY
    found: Truths = inside & last[np.clip(place, 0, last.size - 1)]
    return found
