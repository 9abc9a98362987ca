"""How busy each day is, as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.ledger.calendars import (
    FiscalCalendar,
    WorkCalendar,
    add_months,
    month_length,
    to_day,
)
from datasynth.ledger.industries import EVEN_SEASON, industry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config, Temporal

UNIT = 1_000
"""Weight of an ordinary day."""

# If even the busiest weekday is below this, weekdays are scaled up to a busiest of 1:
# only their ratios matter, and rounded weights would lose them.
_LEAST_BUSY = 0.1


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days of a data set: `start` is the first, `end` the one after the last."""

    start: date
    end: date

    @classmethod
    def of(cls, config: Config) -> Horizon:
        """Return the days that a configuration covers."""
        start = config.general.start_date
        return cls(start, add_months(start, config.general.period_months))

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    @property
    def first_day(self) -> int:
        """The start, in days since 1970-01-01."""
        return to_day(self.start)


def day_weights(config: Config, country: str) -> NDArray[np.int64]:
    """Weigh every day of a data set and the lead days on both sides.

    Parameters
    ----------
    country
        ISO 3166 alpha-2 code; decides weekends and legal holidays.

    Returns
    -------
    (LEAD_DAYS + days + LEAD_DAYS,) int64
        Weekday × month × period end, or the share of it that a day off keeps; an
        ordinary day has about `UNIT`.  If no day of the data set is open, every day is.
    """
    horizon = Horizon.of(config)
    first = horizon.start - timedelta(days=LEAD_DAYS)
    return opened(_weigh(config, country, first, horizon.days + 2 * LEAD_DAYS))


def opened(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the weights, or `UNIT` for every day if no day of the data set is open."""
    return weights if weights[LEAD_DAYS:-LEAD_DAYS].any() else np.full_like(weights, UNIT)


def _weigh(config: Config, country: str, first: date, days: int) -> NDArray[np.int64]:
    temporal = config.transactions.temporal
    season = industry(config.general.industry).season if temporal.industry_seasonality else EVEN_SEASON
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    working = _working_days(temporal)
    mean = sum(working) / len(working)
    calendar = _work_calendar(country, first.year, (first + timedelta(days=days)).year)
    weights = np.empty(days, dtype=np.int64)
    for place in range(days):
        when = first + timedelta(days=place)
        if calendar.is_holiday(when):
            weight = mean * temporal.holiday_activity
        elif calendar.is_weekend(when):
            weight = mean * temporal.weekend_activity
        else:
            weight = working[when.weekday()] if when.weekday() < len(working) else mean
        weight *= season[when.month - 1] * _spike(temporal, fiscal, when)
        weights[place] = round(weight * UNIT)
    return weights


def _working_days(temporal: Temporal) -> tuple[float, ...]:
    """Return how busy Monday to Friday are; see `_LEAST_BUSY`."""
    week = temporal.day_of_week
    working = (week.monday, week.tuesday, week.wednesday, week.thursday, week.friday)
    busiest = max(working)
    return tuple(day / busiest for day in working) if busiest < _LEAST_BUSY else working


def is_period_end(temporal: Temporal, when: date) -> bool:
    """Tell whether a date is one of the last days of its month, which are busier."""
    return when.day > month_length(when) - temporal.period_end_days


def _spike(temporal: Temporal, fiscal: FiscalCalendar, when: date) -> float:
    if not is_period_end(temporal, when):
        return 1.0
    spikes = [temporal.month_end_spike]
    if fiscal.ends_quarter(when):
        spikes.append(temporal.quarter_end_spike)
    if fiscal.ends_year(when):
        spikes.append(temporal.year_end_spike)
    if temporal.period_end_shape == "flat":
        return max(spikes)
    passed = when.day - (month_length(when) - temporal.period_end_days)
    return 1.0 + (max(spikes) - 1.0) * passed / temporal.period_end_days


@lru_cache(maxsize=64)
def _work_calendar(country: str, first_year: int, last_year: int) -> WorkCalendar:
    return WorkCalendar.of(country, first_year, last_year)
