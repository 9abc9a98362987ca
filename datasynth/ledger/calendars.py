"""Calendars: months of a data set, fiscal years and periods, legal holidays.

Weekends and holidays are those of the package ``holidays``, in its public category, for
the years of the data set.  Configurations with a country that the package does not know
are refused.  Years for which it knows no movable holidays have the fixed ones alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import holidays

EPOCH = date(1970, 1, 1)
MONTHS = 12
QUARTER = 3


def to_day(when: date) -> int:
    """Return a date as days since 1970-01-01."""
    return (when - EPOCH).days


def to_date(day: int) -> date:
    """Return days since 1970-01-01 as a date."""
    return EPOCH + timedelta(days=day)


def add_months(when: date, months: int) -> date:
    """Return the same day some months later or earlier, or the last day of a shorter month."""
    month = when.year * MONTHS + when.month - 1 + months
    first = date(month // MONTHS, month % MONTHS + 1, 1)
    return first + timedelta(days=min(when.day, month_length(first)) - 1)


def month_length(when: date) -> int:
    """Return the number of days of a date's month. [days]"""
    later = when.replace(day=28) + timedelta(days=4)
    return (later - timedelta(days=later.day)).day


def month_end(when: date) -> date:
    """Return the last day of a date's month."""
    return when.replace(day=month_length(when))


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """Fiscal years that begin in a given month, 1 … 12, named for the year in which they end."""

    first_month: int

    def period(self, when: date) -> int:
        """Return the fiscal period of a date; 1 … 12."""
        return (when.month - self.first_month) % MONTHS + 1

    def year(self, when: date) -> int:
        """Return the fiscal year of a date."""
        ends_later = self.first_month > 1 and when.month >= self.first_month
        return when.year + ends_later

    def year_start(self, when: date) -> date:
        """Return the first day of the fiscal year of a date."""
        return add_months(when.replace(day=1), 1 - self.period(when))

    def ends_quarter(self, when: date) -> bool:
        """Tell whether the date's month is the last of a fiscal quarter."""
        return self.period(when) % QUARTER == 0

    def ends_year(self, when: date) -> bool:
        """Tell whether the date's month is the last of a fiscal year."""
        return self.period(when) == MONTHS


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Weekends (days of the week off, 0 is Monday) and legal holidays of a country."""

    weekend: frozenset[int]
    legal: frozenset[date]

    @classmethod
    def of(cls, country: str, first_year: int, last_year: int) -> WorkCalendar:
        """Return the calendar of a country, by its ISO 3166 alpha-2 code.

        Raises
        ------
        ValueError
            The package does not know the country.
        """
        try:
            known = holidays.country_holidays(country, years=range(first_year, last_year + 1))
        except NotImplementedError as error:
            message = f"no holiday calendar for country {country!r}"
            raise ValueError(message) from error
        return cls(frozenset(known.weekend), frozenset(known))

    def is_weekend(self, when: date) -> bool:
        """Tell whether a date falls on a weekend."""
        return when.weekday() in self.weekend

    def is_holiday(self, when: date) -> bool:
        """Tell whether a date is a legal holiday."""
        return when in self.legal
