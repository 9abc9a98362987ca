"""What a configuration promises: how busy each day is, one factor at a time, and the shares of entries.

Worked out from the configuration and the ledger's tables alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from datasynth.ledger.calendars import FiscalCalendar, WorkCalendar, add_months, month_end, to_date, to_day
from datasynth.ledger.industries import EVEN_SEASON, industry

if TYPE_CHECKING:
    from datetime import date

    from datasynth.config.model import Config, Temporal
    from datasynth.evaluation.arrays import Floats, Ints, Truths

ORDINARY, MONTH_END, QUARTER_END, YEAR_END = range(4)
"""What a day is to the fiscal calendar."""

WORKING_DAYS = 5


@dataclass(frozen=True)
class Days:
    """The days of a data set in one country, each attribute of shape ``(days,)``.

    Attributes
    ----------
    base
        Weekday, or the share of it that a day off keeps, times the month's season.
    spike
        What the end of a period multiplies that by.
    end
        One of `ORDINARY`, `MONTH_END`, `QUARTER_END`, `YEAR_END`.
    weekend, holiday
        Days off; a legal holiday on a weekend counts as a holiday.
    month
        Months since the year 0.
    """

    base: Floats
    spike: Floats
    end: Ints
    weekend: Truths
    holiday: Truths
    month: Ints

    @cached_property
    def weight(self) -> Floats:
        """How busy each day should be; all alike where a configuration leaves none open."""
        weight = self.base * self.spike
        return weight if weight.any() else np.ones_like(weight)


def horizon(config: Config) -> tuple[int, int]:
    """Return the first day of a data set and the day after its last. [days since 1970-01-01]"""
    start = config.general.start_date
    return to_day(start), to_day(add_months(start, config.general.period_months))


def month_ends(config: Config) -> list[int]:
    """Return the last days of the months that end inside the data. [days since 1970-01-01]"""
    start, end = horizon(config)
    found = []
    day = to_day(month_end(to_date(start)))
    while day < end:
        found.append(day)
        day = to_day(month_end(to_date(day + 1)))
    return found


def year_ends(config: Config) -> list[int]:
    """Return the last days of the fiscal years that end inside the data. [days since 1970-01-01]"""
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    return [day for day in month_ends(config) if fiscal.ends_year(to_date(day))]


def days_of(config: Config, country: str) -> Days:
    """Work out the days of a data set in a country (ISO 3166 alpha-2): its weekends and legal holidays."""
    temporal = config.transactions.temporal
    start = config.general.start_date
    first, end = horizon(config)
    dates = [start + timedelta(days=place) for place in range(end - first)]
    calendar = WorkCalendar.of(country, start.year, dates[-1].year)
    fiscal = FiscalCalendar(config.general.fiscal_year_start_month)
    season = industry(config.general.industry).season if temporal.industry_seasonality else EVEN_SEASON
    holiday = np.array([calendar.is_holiday(when) for when in dates])
    weekend = np.array([calendar.is_weekend(when) for when in dates]) & ~holiday
    ends = [_end(temporal, fiscal, when) for when in dates]
    return Days(
        base=np.where(
            holiday,
            _mean(temporal) * temporal.holiday_activity,
            np.where(
                weekend,
                _mean(temporal) * temporal.weekend_activity,
                [_weekday(temporal, when) for when in dates],
            ),
        )
        * [season[when.month - 1] for when in dates],
        spike=np.array([_spike(temporal, end, when) for end, when in zip(ends, dates, strict=True)]),
        end=np.array(ends),
        weekend=weekend,
        holiday=holiday,
        month=np.array([when.year * 12 + when.month - 1 for when in dates]),
    )


def highest_spike(temporal: Temporal, end: int) -> float:
    """Return the multiple that the last days of a period reach; the highest of those that apply."""
    spikes = (1.0, temporal.month_end_spike, temporal.quarter_end_spike, temporal.year_end_spike)
    return max(spikes[1 : end + 1], default=1.0)


def _weekday(temporal: Temporal, when: date) -> float:
    week = temporal.day_of_week
    working = (week.monday, week.tuesday, week.wednesday, week.thursday, week.friday)
    # Where Saturday or Sunday is a working day it is like the mean of the others.
    return working[when.weekday()] if when.weekday() < WORKING_DAYS else _mean(temporal)


def _mean(temporal: Temporal) -> float:
    week = temporal.day_of_week
    return (week.monday + week.tuesday + week.wednesday + week.thursday + week.friday) / WORKING_DAYS


def _end(temporal: Temporal, fiscal: FiscalCalendar, when: date) -> int:
    if (month_end(when) - when).days >= temporal.period_end_days:
        return ORDINARY
    if fiscal.ends_year(when):
        return YEAR_END
    return QUARTER_END if fiscal.ends_quarter(when) else MONTH_END


def _spike(temporal: Temporal, end: int, when: date) -> float:
    if end == ORDINARY:
        return 1.0
    rise = 1.0
    if temporal.period_end_shape == "ramp":
        rise = 1.0 - (month_end(when) - when).days / temporal.period_end_days
    return 1.0 + (highest_spike(temporal, end) - 1.0) * rise


def process_shares(config: Config) -> dict[str, float]:
    """Return the share of each business process.

    Where there is nobody to deal with, the weight of intercompany is spread over the
    other processes in proportion.
    """
    weights = config.business_processes
    found = {
        "O2C": weights.o2c_weight,
        "P2P": weights.p2p_weight,
        "R2R": weights.r2r_weight,
        "H2R": weights.h2r_weight,
        "A2R": weights.a2r_weight,
        "TRE": weights.treasury_weight,
        "TAX": weights.tax_weight,
        "IC": weights.intercompany_weight,
    }
    if trading_companies(config) < 2 and any(share for name, share in found.items() if name != "IC"):  # noqa: PLR2004  # it takes two
        found["IC"] = 0.0
    return _normal(found)


def buys_or_sells(config: Config) -> bool:
    """Tell whether a process that deals with customers and vendors has a weight.

    Lines with taxes, odd numbers of lines, foreign currencies and broadly spread amounts come from these.
    """
    weights = config.business_processes
    return bool(weights.o2c_weight or weights.p2p_weight)


def source_shares(config: Config) -> dict[str, float]:
    """Return the share of each source among the entries that reverse nothing."""
    sources = config.transactions.sources
    return _normal(
        {
            "manual": sources.manual,
            "automated": sources.automated,
            "recurring": sources.recurring,
            "adjustment": sources.adjustment,
        }
    )


def company_shares(config: Config) -> dict[str, float]:
    """Return the share of each company."""
    return _normal({company.code: company.volume_weight for company in config.companies})


def trading_companies(config: Config) -> int:
    """Count the companies that have entries."""
    return sum(company.volume_weight > 0 for company in config.companies)


def _normal(weights: dict[str, float]) -> dict[str, float]:
    whole = sum(weights.values())
    return {name: weight / whole for name, weight in weights.items()}
