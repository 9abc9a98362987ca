"""How busy each day is, as whole numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.calendars import (
    FiscalCalendar,
    WorkCalendar,
    add_months,
    month_length,
    to_day,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config, Temporal

LEAD_DAYS = 120
"""Days before the start and after the end for which chains are scheduled. [days]"""

UNIT = 1_000
"""Weight of a quite ordinary day."""

SPIKE_DAYS = 5
"""Calendar days at the end of a month that are busier. [days]"""

# Monday to Sunday; the reference's figures for weekdays (its pattern has Friday
# quieter and Monday busier); days off get their share of the mean instead.
WEEKDAYS = (1.3, 1.1, 1.0, 1.0, 0.85, 1.0, 1.0)
_MEAN_WEEKDAY = 1.05

# January to December; monthly profiles of the same source where it has one,
# flat-topped guesses in its spirit where it has none.
SEASONS = {
    "manufacturing": (0.90, 0.95, 1.0, 1.05, 1.0, 0.95, 0.85, 0.90, 1.05, 1.10, 1.05, 0.85),
    "retail": (0.75, 0.70, 0.85, 0.90, 0.95, 0.90, 0.85, 0.90, 0.95, 1.10, 1.40, 1.75),
    "financial_services": (
        *(1.05, 0.95, 1.15, 1.0, 0.95, 1.15),
        *(0.9, 0.9, 1.15, 1.0, 0.95, 1.25),
    ),
    "healthcare": (1.15, 1.10, 1.0, 0.95, 0.9, 0.9, 0.85, 0.9, 0.95, 1.0, 1.05, 1.10),
    "technology": (0.95, 0.95, 1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 1.05, 1.05, 1.0, 1.05),
    "professional_services": (
        *(0.95, 1.10, 1.15, 1.10, 1.0, 0.95),
        *(0.80, 0.80, 1.0, 1.10, 1.10, 0.95),
    ),
    "energy": (1.20, 1.15, 1.0, 0.90, 0.85, 0.95, 1.05, 1.05, 0.90, 0.85, 1.0, 1.15),
    "transportation": (0.85, 0.85, 0.95, 0.95, 1.0, 1.05, 1.05, 1.10, 1.0, 1.05, 1.15, 1.15),
    "real_estate": (0.80, 0.85, 1.05, 1.10, 1.15, 1.15, 1.10, 1.05, 0.95, 0.95, 0.90, 0.95),
    "telecommunications": (
        *(0.95, 0.90, 0.95, 0.95, 0.95, 0.95),
        *(0.95, 1.05, 1.10, 1.0, 1.10, 1.15),
    ),
}


@dataclass(frozen=True, slots=True)
class Horizon:
    """The days of a data set.

    Attributes
    ----------
    start, end
        First day, and the day after the last.
    """

    start: date
    end: date

    @classmethod
    def of(cls, config: Config) -> Horizon:
        """Return the days that a configuration covers."""
        start = config.general.start_date
        return cls(start, add_months(start, config.general.period_months))

    @property
    def days(self) -> int:
        """Number of days. [days]"""
        return (self.end - self.start).days

    @property
    def first_day(self) -> int:
        """The start, in days since 1970-01-01."""
        return to_day(self.start)


def day_weights(config: Config, country: str) -> NDArray[np.int64]:
    """Weigh every day of a data set and the lead days on both sides.

    Parameters
    ----------
    config
        What to schedule.
    country
        ISO 3166 alpha-2 code; decides weekends and legal holidays.

    Returns
    -------
    (LEAD_DAYS + days + LEAD_DAYS,) int64
        Weekday × month × period end, or the share of it that a day off keeps;
        an ordinary day has about `UNIT`.  A configuration that leaves no day
        open gets its weekdays instead.
    """
    horizon = Horizon.of(config)
    first = horizon.start - timedelta(days=LEAD_DAYS)
    weights = _weigh(
        config.transactions.temporal,
        SEASONS[config.general.industry],
        FiscalCalendar(config.general.fiscal_year_start_month),
        country,
        first,
        horizon.days + 2 * LEAD_DAYS,
    )
    if not weights[LEAD_DAYS:-LEAD_DAYS].any():
        return np.full_like(weights, UNIT)
    return weights


def _weigh(
    temporal: Temporal,
    season: tuple[float, ...],
    fiscal: FiscalCalendar,
    country: str,
    first: date,
    days: int,
) -> NDArray[np.int64]:
    calendar = _work_calendar(country, first.year, (first + timedelta(days=days)).year)
    weights = np.empty(days, dtype=np.int64)
    for place in range(days):
        when = first + timedelta(days=place)
        weight = WEEKDAYS[when.weekday()]
        if calendar.is_holiday(when):
            weight = _MEAN_WEEKDAY * temporal.holiday_activity
        elif calendar.is_weekend(when):
            weight = _MEAN_WEEKDAY * temporal.weekend_activity
        weight *= season[when.month - 1] * _spike(temporal, fiscal, when)
        weights[place] = round(weight * UNIT)
    return weights


def _spike(temporal: Temporal, fiscal: FiscalCalendar, when: date) -> float:
    if when.day <= month_length(when) - SPIKE_DAYS:
        return 1.0
    spikes = [temporal.month_end_spike]
    if fiscal.ends_quarter(when):
        spikes.append(temporal.quarter_end_spike)
    if fiscal.ends_year(when):
        spikes.append(temporal.year_end_spike)
    return max(spikes)


@lru_cache(maxsize=64)
def _work_calendar(country: str, first_year: int, last_year: int) -> WorkCalendar:
    return WorkCalendar.of(country, first_year, last_year)
