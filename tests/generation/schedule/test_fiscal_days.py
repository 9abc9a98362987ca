"""Days of the data set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datasynth.generation.schedule.day_weights import is_period_end
from datasynth.ledger.calendars import FiscalCalendar
from tests.generation.cases import case


@pytest.mark.parametrize(
    "name", ["a year", "dinars with a leap day", "five companies, fiscal year from April"]
)
def test_days_know_their_fiscal_year(name: str) -> None:
    """Year, period, first day of the year and last days of the month are those of each day's date."""
    plan = case(name).journal._plan
    days = plan.block_tables.days
    fiscal = FiscalCalendar(plan.config.general.fiscal_year_start_month)
    dates = [plan.schedule.horizon.start + timedelta(days=day) for day in range(len(days.year))]
    temporal = plan.config.transactions.temporal
    first_of = {year: day for day, year in reversed(list(enumerate(days.year.tolist())))}

    assert plan.schedule.horizon.days == len(dates)
    assert [fiscal.year(when) for when in dates] == days.year.tolist()
    assert [fiscal.period(when) for when in dates] == days.period.tolist()
    assert [is_period_end(temporal, when) for when in dates] == days.at_end.astype(bool).tolist()
    assert [first_of[year] for year in days.year.tolist()] == days.year_start.tolist()
