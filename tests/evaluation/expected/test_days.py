"""How busy days should be."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation.expected.days import (
    MONTH_END,
    ORDINARY,
    QUARTER_END,
    YEAR_END,
    days_of,
    highest_spike,
    month_ends,
    year_ends,
)
from datasynth.ledger.calendars import to_date
from tests.evaluation.shapes import day_weights


def test_default_year() -> None:
    """Day by day the weights are what a plain loop finds."""
    assert day_weights() == pytest.approx(days_of(config_from_mapping({}), "US").weight)


def test_ends_follow_the_fiscal_year() -> None:
    """With a year from April, March ends the year and June a quarter."""
    config = config_from_mapping({"global": {"fiscal_year_start_month": 4}})

    end = days_of(config, "US").end

    # The last of January, March, June, and a day in the middle of May.
    assert [MONTH_END, YEAR_END, QUARTER_END, ORDINARY] == [int(end[day]) for day in (30, 90, 181, 135)]


def test_ramp_rises_to_the_last_day() -> None:
    """A ramp goes from one to the whole spike in equal steps."""
    temporal = {"period_end_shape": "ramp", "period_end_days": 3, "month_end_spike": 4.0}
    config = config_from_mapping({"transactions": {"temporal": temporal}})

    assert [1.0, 2.0, 3.0, 4.0, 1.0] == pytest.approx(days_of(config, "US").spike[27:32].tolist())


def test_highest_spike_applies() -> None:
    """A month's spike above the year's is the year's, too."""
    temporal = config_from_mapping(
        {"transactions": {"temporal": {"month_end_spike": 9.0}}}
    ).transactions.temporal

    assert [1.0, 9.0, 9.0, 9.0] == [highest_spike(temporal, end) for end in range(4)]


def test_even_months() -> None:
    """Without seasons all ordinary Wednesdays are alike."""
    temporal = {"industry_seasonality": False}
    days = days_of(config_from_mapping({"transactions": {"temporal": temporal}}), "US")
    wednesdays = np.arange(days.base.size) % 7 == 2

    assert {1.0} == set(days.base[wednesdays & ~days.holiday].tolist())


def test_ends_inside_the_data() -> None:
    """Only ends from the start date on and before the end count."""
    period = {"start_date": "2024-02-10", "period_months": 14, "fiscal_year_start_month": 4}
    config = config_from_mapping({"global": period})

    months = [to_date(day).isoformat() for day in month_ends(config)]

    assert ("2024-02-29", "2025-03-31", 14) == (months[0], months[-1], len(months))
    assert ["2024-03-31", "2025-03-31"] == [to_date(day).isoformat() for day in year_ends(config)]
