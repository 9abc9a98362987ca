"""Shape 4: days as busy as they should be, but for noise."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import DEVIATIONS, MANY, Check, chance, not_judged, only_from
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
from datasynth.evaluation.subjects.dates import posting_days

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Truths
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.expected import Days

CORRELATION = 0.97
SHAPE = 0.99
"""Correlation of the weights with days that do not stray, where noise leaves less than `CORRELATION`."""
SPIKE_TOLERANCE = 0.10
OFF_TOLERANCE = 0.005
OFF_RELATIVE = 0.10
"""Days off may stray by the larger of the two: part of all entries, part of what is expected."""
FEWEST_ORDINARY_DAYS = 3


class CountryDays(NamedTuple):
    """The days of a country, the entries on each, and what part of all entries is due.

    `shares` are those of its companies among all entries.
    """

    days: Days
    volumes: Ints
    shares: Floats

    @property
    def share(self) -> float:
        """The country's share of all entries."""
        return float(self.shares.sum())

    def squares(self, due: Floats) -> Floats:
        """Return the squares of what each company is due on days, summed; `due` is the country's."""
        alike = float(np.square(self.shares).sum() / self.shares.sum() ** 2)
        return np.square(due) * alike


def day_volume_checks(data: Dataset, config: Config) -> list[Check]:
    """Check the entries of each day against the weights that are configured."""
    dispersion = config.transactions.temporal.day_dispersion
    every = np.ones(data.count, dtype=np.bool_)
    countries, ordinary = _countries(data, config, every), _countries(data, config, ~data.closing)
    return only_from(
        MANY,
        data.count,
        _correlation(countries, dispersion),
        _ends("dates.month_end", MONTH_END, countries, config),
        _ends("dates.quarter_end", QUARTER_END, countries, config),
        _ends("dates.year_end", YEAR_END, countries, config),
        _off("dates.weekends", ordinary, lambda days: days.weekend, dispersion),
        _off("dates.holidays", ordinary, lambda days: days.holiday, dispersion),
    )


def _countries(data: Dataset, config: Config, counted: Truths) -> list[CountryDays]:
    place, inside = posting_days(data, config)
    start, end = horizon(config)
    shares = company_shares(config)
    found = []
    for country in sorted({company.country for company in config.companies}):
        codes = [code for code, one in enumerate(config.companies) if one.country == country]
        here = inside & counted & np.isin(data.entries.company_code, codes)
        of_companies = np.array([shares[config.companies[code].code] for code in codes])
        volumes = np.bincount(place[here], minlength=end - start)
        found.append(CountryDays(days_of(config, country), volumes, of_companies))
    return found


def _due(one: CountryDays) -> Floats:
    """Return the part of all entries that a country is due on each day."""
    return one.days.weight * (one.share / float(one.days.weight.sum()))


def _correlation(countries: Sequence[CountryDays], dispersion: float) -> Check:
    found: Ints = np.sum([one.volumes for one in countries], axis=0)
    expected: Floats = np.sum([_due(one) for one in countries], axis=0)
    if np.ptp(expected) == 0 or np.ptp(found) == 0:
        return not_judged("dates.day_volumes", "all days are alike, or are configured so")
    entries = int(found.sum())
    strayed = np.sum([one.squares(entries * _due(one)) for one in countries if one.share], axis=0)
    least = lowest_correlation(entries * expected, entries * expected + dispersion**2 * strayed)
    correlation, note = float(np.corrcoef(found, expected)[0, 1]), "correlation with the configured weights"
    return Check("dates.day_volumes", correlation, min(CORRELATION, least), None, note)


def lowest_correlation(due: Floats, variance: Floats) -> float:
    """Return what the correlation of counts with what they are due may fall to by chance.

    Parameters
    ----------
    due, variance : (days,) float64
        Mean and variance of each count.

    Notes
    -----
    With V the variance of `due` over the days and S the mean of `variance`, the correlation is
    about ``ρ = sqrt(V / (V + S))``.  Counts are due plus noise e, so it strays with the covariance
    A of due and e, and with the mean square B of e: by ``ρ (A S / (V (V + S)) - (B - S) / (2 (V + S)))``
    to the first order.  The variance of A is the mean of ``(due - mean)² variance`` over the days, that
    of B twice the mean square of `variance`, each divided by their number.
    """
    days = due.size
    spread = float(np.var(due))
    noise = float(variance.mean())
    whole = spread + noise
    covariance = float(np.mean(np.square(due - due.mean()) * variance)) / days
    square = 2.0 * float(np.mean(np.square(variance))) / days
    expected = float(np.sqrt(spread / whole))
    strays = covariance * (noise / (spread * whole)) ** 2 + square / (2.0 * whole) ** 2
    return SHAPE * expected - DEVIATIONS * expected * float(np.sqrt(strays))


class _ComparedDays:
    """Entries of some days, what they are due, and how far chance may move them."""

    def __init__(self) -> None:
        self.found = self.due = self.squares = 0.0

    def add(self, found: Ints, due: Floats, one: CountryDays) -> None:
        """Add days of a country."""
        self.found += float(found.sum())
        self.due += float(due.sum())
        self.squares += float(one.squares(due).sum())

    def relative_variance(self, dispersion: float) -> float:
        """Return (1/μ + c²) / days: of the days of companies, as many as count if some are smaller."""
        days = self.due**2 / self.squares
        return (days / self.due + dispersion**2) / days


def _ends(name: str, end: int, countries: Sequence[CountryDays], config: Config) -> Check:
    """Check how much busier the last days of a kind of period are than ordinary weekdays of their month.

    Each day is divided by its weekday, season and holiday factor; all periods count together.
    """
    temporal = config.transactions.temporal
    spike = highest_spike(temporal, end)
    busy, calm = _ComparedDays(), _ComparedDays()
    for one in countries:
        days, volumes = one.days, one.volumes
        for month in np.unique(days.month[days.end == end]):
            last = (days.month == month) & (days.end == end) & (days.base > 0)
            ordinary = (days.month == month) & (days.end == ORDINARY) & (days.base > 0)
            ordinary &= ~days.weekend & ~days.holiday
            # A month that begins before the data, or a country that has nothing to do, tells nothing.
            if np.count_nonzero(ordinary) < FEWEST_ORDINARY_DAYS or not volumes[ordinary].any():
                continue
            rate = volumes[ordinary].sum() / days.base[ordinary].sum()
            busy.add(volumes[last], rate * (days.base * days.spike)[last], one)
            calm.add(volumes[ordinary], rate * days.base[ordinary], one)
    if not busy.due:
        return not_judged(name, "the data has no such period end")
    variance = sum(side.relative_variance(temporal.day_dispersion) for side in (busy, calm))
    margin = SPIKE_TOLERANCE + DEVIATIONS * float(np.sqrt(variance))
    low, high = spike * max(1 - margin, 0.0), spike * (1 + margin)
    return Check(
        name, spike * busy.found / busy.due, low, high, "times an ordinary weekday of the same month"
    )


def _off(
    name: str, countries: Sequence[CountryDays], off: Callable[[Days], Truths], dispersion: float
) -> Check:
    """Check the share of entries on days off, closes aside: those have their dates."""
    entries = sum(int(one.volumes.sum()) for one in countries)
    found = sum(int(one.volumes[off(one.days)].sum()) for one in countries)
    expected = sum(float(_due(one)[off(one.days)].sum()) for one in countries)
    if not entries:
        return not_judged(name, "none in the data")
    # A busier day off raises the share by what the others leave it, a busier other day lowers it.
    strayed = sum(
        float((one.squares(_due(one)) * np.where(off(one.days), 1 - expected, expected) ** 2).sum())
        for one in countries
        if one.share
    )
    deviation = float(np.sqrt(chance(expected, entries) ** 2 + dispersion**2 * strayed))
    margin = max(OFF_TOLERANCE, OFF_RELATIVE * expected) + DEVIATIONS * deviation
    low, high = max(expected - margin, 0.0), min(expected + margin, 1.0)
    return Check(name, found / entries, low, high, "of the entries, except closes")
