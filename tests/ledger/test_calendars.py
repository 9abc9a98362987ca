"""Calendars."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.ledger.calendars import (
    FiscalCalendar,
    WorkCalendar,
    add_months,
    month_end,
    month_length,
    to_date,
    to_day,
)

DATES = st.dates(date(1960, 1, 1), date(2310, 12, 31))


@given(DATES)
def test_days_and_dates_are_two_spellings(when: date) -> None:
    """A date goes to days since 1970-01-01 and back; the next day is one more."""
    assert when == to_date(to_day(when))
    assert to_day(when) + 1 == to_day(when + timedelta(days=1))


def test_days_count_from_1970() -> None:
    """Day 0 is the first of January 1970."""
    assert 0 == to_day(date(1970, 1, 1))
    assert 19_782 == to_day(date(2024, 2, 29))


@given(DATES)
def test_months_are_as_long_as_in_the_library(when: date) -> None:
    """Length and last day of a month are those of Python's own calendar."""
    length = calendar.monthrange(when.year, when.month)[1]

    assert length == month_length(when)
    assert when.replace(day=length) == month_end(when)


@pytest.mark.parametrize(
    ("when", "months", "later"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 31), 1, date(2025, 1, 31)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 15), 120, date(2034, 1, 15)),
        (date(2024, 1, 15), 0, date(2024, 1, 15)),
    ],
)
def test_later_months_keep_the_day_they_can(when: date, months: int, later: date) -> None:
    """The same day of a later month, or its last day if it is too short."""
    assert later == add_months(when, months)


@given(st.dates(date(1970, 1, 1), date(2200, 12, 31)), st.integers(0, 120))
def test_adding_months_is_walking_month_by_month(when: date, months: int) -> None:
    """So many months on is that month's place in the calendar, one after the other."""
    first = when.replace(day=1)
    for _ in range(months):
        first = month_end(first) + timedelta(days=1)
    later = add_months(when, months)

    assert first == later.replace(day=1)
    assert later.day == min(when.day, month_length(later))


@given(DATES, st.integers(1, 12))
def test_fiscal_years_begin_with_their_first_period(when: date, first_month: int) -> None:
    """The first day of a date's year is in its period 1, and the day before is in the year before."""
    fiscal = FiscalCalendar(first_month)
    start = fiscal.year_start(when)

    assert (1, 1, fiscal.year(when)) == (start.day, fiscal.period(start), fiscal.year(start))
    assert fiscal.year(when) - 1 == fiscal.year(start - timedelta(days=1))
    assert start <= when


@pytest.mark.parametrize("first_month", range(1, 13))
def test_fiscal_periods_run_from_one_to_twelve(first_month: int) -> None:
    """Periods follow the months from the first on, and a year ends where the twelfth does."""
    fiscal = FiscalCalendar(first_month)
    months = [date(2023 + month // 12, month % 12 + 1, 15) for month in range(36)]
    begins = [when for when in months if fiscal.period(when) == 1]

    assert {first_month} == {when.month for when in begins}
    for before, after in pairwise(months):
        period = fiscal.period(before)
        assert fiscal.period(after) == period % 12 + 1
        assert fiscal.year(after) - fiscal.year(before) == (period == 12)
        assert (period == 12) == fiscal.ends_year(before)
        assert (period in {3, 6, 9, 12}) == fiscal.ends_quarter(before)


@pytest.mark.parametrize(
    ("first_month", "when", "year", "period"),
    [
        (1, date(2024, 1, 1), 2024, 1),
        (1, date(2024, 12, 31), 2024, 12),
        (4, date(2024, 3, 31), 2024, 12),
        (4, date(2024, 4, 1), 2025, 1),
        (12, date(2024, 11, 30), 2024, 12),
        (12, date(2024, 12, 1), 2025, 1),
    ],
)
def test_fiscal_years_are_named_for_their_end(first_month: int, when: date, year: int, period: int) -> None:
    """A fiscal year has the number of the calendar year in which it ends."""
    fiscal = FiscalCalendar(first_month)

    assert (year, period) == (fiscal.year(when), fiscal.period(when))


@pytest.mark.parametrize(
    ("country", "weekend"), [("US", {5, 6}), ("DE", {5, 6}), ("KW", {4, 5}), ("JP", {5, 6})]
)
def test_weekends_are_those_of_the_country(country: str, weekend: set[int]) -> None:
    """Saturday and Sunday are off in most countries, Friday and Saturday in others."""
    work = WorkCalendar.of(country, 2024, 2024)
    week = [date(2024, 5, 6) + timedelta(days=day) for day in range(7)]

    assert weekend == {when.weekday() for when in week if work.is_weekend(when)}


@pytest.mark.parametrize(
    ("country", "when", "off"),
    [
        ("US", date(2024, 7, 4), True),
        ("DE", date(2024, 7, 4), False),
        ("DE", date(2024, 10, 3), True),
        ("FR", date(2025, 7, 14), True),
        ("US", date(2024, 12, 24), False),
        ("DE", date(2024, 12, 31), False),
    ],
)
def test_only_legal_holidays_are_holidays(country: str, when: date, off: bool) -> None:
    """National days are off where they are law; Christmas and New Year's Eve are working days."""
    assert off == WorkCalendar.of(country, 2024, 2025).is_holiday(when)


def test_both_bounds_of_the_years_count() -> None:
    """The first and the last year asked for have their holidays, and no other year has."""
    work = WorkCalendar.of("US", 2023, 2025)

    assert {2023, 2024, 2025} == {when.year for when in work.legal}


def test_unknown_countries_are_refused() -> None:
    """A country without a calendar is an error that names it."""
    with pytest.raises(ValueError, match="'XX'"):
        WorkCalendar.of("XX", 2024, 2024)
