"""How busy days should be, and the shares that are configured."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation.expected import (
    MONTH_END,
    ORDINARY,
    QUARTER_END,
    YEAR_END,
    company_shares,
    days_of,
    highest_spike,
    month_ends,
    process_shares,
    source_shares,
    year_ends,
)
from datasynth.ledger.calendars import to_date
from tests.evaluation.shapes import day_weights

WEIGHTS = {
    "o2c_weight": 0.4,
    "p2p_weight": 0.4,
    "r2r_weight": 0.0,
    "h2r_weight": 0.0,
    "a2r_weight": 0.0,
    "treasury_weight": 0.0,
    "tax_weight": 0.0,
    "intercompany_weight": 0.2,
}
TWO = [{"code": "1000"}, {"code": "2000", "volume_weight": 3.0}]


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


def test_one_company_deals_with_nobody() -> None:
    """The weight of intercompany is spread over the others."""
    shares = process_shares(config_from_mapping({"business_processes": WEIGHTS}))

    assert {"O2C": 0.5, "P2P": 0.5} == pytest.approx({name: share for name, share in shares.items() if share})


def test_two_companies_deal_with_one_another() -> None:
    """The weights are the shares."""
    shares = process_shares(config_from_mapping({"business_processes": WEIGHTS, "companies": TWO}))

    assert {"O2C": 0.4, "P2P": 0.4, "IC": 0.2} == pytest.approx(
        {name: share for name, share in shares.items() if share}
    )


def test_companies() -> None:
    """Companies share the entries by their weights."""
    assert {"1000": 0.25, "2000": 0.75} == company_shares(config_from_mapping({"companies": TWO}))


def test_sources() -> None:
    """Sources are as configured, and sum to one."""
    sources = {"manual": 0.3, "automated": 0.6, "recurring": 0.05, "adjustment": 0.05}

    assert sources == pytest.approx(
        source_shares(config_from_mapping({"transactions": {"sources": sources}}))
    )
