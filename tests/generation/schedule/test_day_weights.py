"""How busy days are."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from datasynth.config import ConfigDocument
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.schedule.day_weights import UNIT, Horizon, day_weights, is_period_end, opened
from datasynth.ledger.industries import industry
from tests.generation.configs import make_config

EVEN_WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), 1.0)
EVEN = {"industry_seasonality": False, "day_of_week": EVEN_WEEK}
"""Settings under which only days off and ends of periods differ."""


def weight_on(
    when: date, country: str = "US", temporal: dict[str, object] | None = None, **general: object
) -> int:
    """Return the weight of a day of 2024."""
    document = ConfigDocument.defaults().merge(
        {"transactions": {"temporal": temporal or {}}, "global": general}
    )
    start = document.config.general.start_date
    return int(day_weights(document.config, country)[LEAD_DAYS + (when - start).days])


def test_the_horizon_is_half_open() -> None:
    """Twelve months from the first of January end before the next first of January."""
    horizon = Horizon.of(make_config(months=12))

    assert (date(2024, 1, 1), date(2025, 1, 1), 366) == (horizon.start, horizon.end, horizon.days)
    assert 19_723 == horizon.first_day


def test_there_are_lead_days_on_both_sides() -> None:
    """Weights begin so many days before the start, and end as many after the end."""
    weights = day_weights(make_config(months=1), "US")

    assert 31 + 2 * LEAD_DAYS == len(weights)


def test_an_ordinary_day_has_the_unit() -> None:
    """A Wednesday in the middle of a month weighs the unit, if nothing makes it busier."""
    assert UNIT == weight_on(date(2024, 5, 15), temporal=EVEN)


@pytest.mark.parametrize(
    ("key", "when", "before"),
    [
        ("month_end_spike", date(2024, 5, 31), date(2024, 5, 24)),
        ("quarter_end_spike", date(2024, 6, 28), date(2024, 6, 21)),
        ("year_end_spike", date(2024, 12, 30), date(2024, 12, 23)),
    ],
)
def test_ends_of_periods_are_busier_by_their_factor(key: str, when: date, before: date) -> None:
    """The last five days carry the configured multiple of the same weekday a week before."""
    assert weight_on(when, temporal={key: 4.0}) == pytest.approx(4 * weight_on(before), abs=4)


def test_quarters_and_years_are_fiscal() -> None:
    """In a year that begins in April, July ends the first fiscal month and March the year."""
    spikes = {"month_end_spike": 2.0, "quarter_end_spike": 3.0, "year_end_spike": 4.0, **EVEN}
    factors = [
        weight_on(when, temporal=spikes, fiscal_year_start_month=4) // UNIT
        for when in (date(2024, 7, 31), date(2024, 9, 30), date(2024, 12, 30), date(2024, 3, 28))
    ]

    assert [2, 3, 3, 4] == factors


@pytest.mark.parametrize("days", [1, 3, 10])
def test_the_end_of_a_period_is_as_long_as_configured(days: int) -> None:
    """So many calendar days are busier, and the one before them is not."""
    temporal = {"period_end_days": days, "month_end_spike": 2.0, "weekend_activity": 1.0, **EVEN}
    last = date(2024, 7, 31)
    weights = [weight_on(last - timedelta(days=back), temporal=temporal) for back in range(days + 1)]

    assert [2 * UNIT] * days + [UNIT] == weights


def test_a_ramp_rises_to_the_last_day() -> None:
    """Each of the last days is busier than the one before, the last has the whole spike."""
    temporal = {
        "period_end_shape": "ramp",
        "month_end_spike": 3.0,
        "weekend_activity": 1.0,
        **EVEN,
    }
    weights = [weight_on(date(2024, 7, day), temporal=temporal) for day in range(26, 32)]

    assert [1_000, 1_400, 1_800, 2_200, 2_600, 3_000] == weights


def test_ends_of_periods_are_known_by_the_calendar() -> None:
    """Five days of February are its last ones, in leap years too."""
    temporal = make_config().transactions.temporal

    assert [day for day in range(1, 30) if is_period_end(temporal, date(2024, 2, day))] == [
        25,
        26,
        27,
        28,
        29,
    ]
    assert [day for day in range(1, 29) if is_period_end(temporal, date(2023, 2, day))] == [
        24,
        25,
        26,
        27,
        28,
    ]


def test_weekdays_are_as_busy_as_configured() -> None:
    """Each working day has its own factor; what is not configured is not moved."""
    week = {"monday": 2.0, "tuesday": 0.5, "wednesday": 1.0, "thursday": 1.5, "friday": 0.1}
    temporal = {"day_of_week": week, "industry_seasonality": False}
    weights = [weight_on(date(2024, 5, 13) + timedelta(days=day), temporal=temporal) for day in range(5)]

    assert [2_000, 500, 1_000, 1_500, 100] == weights


def test_days_off_are_shares_of_the_mean_day() -> None:
    """A weekend and a holiday have their share of the week's average, whatever day it is."""
    week = {"monday": 3.0, "tuesday": 1.0, "wednesday": 1.0, "thursday": 1.0, "friday": 1.0}
    temporal = {
        "day_of_week": week,
        "industry_seasonality": False,
        "weekend_activity": 0.5,
        "holiday_activity": 0.2,
    }
    mean = 1_400

    assert mean // 2 == weight_on(date(2024, 5, 18), temporal=temporal)
    assert mean // 5 == weight_on(date(2024, 7, 4), temporal=temporal)


@pytest.mark.parametrize("name", ["manufacturing", "retail"])
def test_months_are_as_busy_as_the_industry_is(name: str) -> None:
    """The middle of every month has the month's factor, and none without seasonality."""
    wednesdays = [
        next(date(2024, month, day) for day in range(10, 25) if date(2024, month, day).weekday() == 2)
        for month in range(1, 13)
    ]
    weights = [weight_on(when, temporal={"day_of_week": EVEN_WEEK}, industry=name) for when in wednesdays]
    flat = [weight_on(when, temporal=EVEN, industry=name) for when in wednesdays]

    assert [round(factor * UNIT) for factor in industry(name).season] == weights
    assert {UNIT} == set(flat)


def test_weekends_and_holidays_keep_their_share() -> None:
    """Days off have the configured activity, and none at all if it is 0."""
    saturday, independence_day = date(2024, 6, 15), date(2024, 7, 4)

    assert 0 == weight_on(saturday, temporal={"weekend_activity": 0.0})
    assert 0 == weight_on(independence_day, temporal={"holiday_activity": 0.0})
    assert weight_on(saturday, temporal={"weekend_activity": 0.4}) == pytest.approx(
        4 * weight_on(saturday, temporal={"weekend_activity": 0.1}), abs=4
    )


def test_only_legal_holidays_are_days_off() -> None:
    """Christmas Eve and the last day of the year are worked unless the law says otherwise."""
    for when in (date(2024, 12, 24), date(2024, 12, 31)):
        assert weight_on(when, temporal=EVEN) > weight_on(date(2024, 12, 25), temporal=EVEN)
        assert weight_on(when, temporal=EVEN) >= UNIT


def test_countries_have_their_own_calendars() -> None:
    """The fourth of July is a holiday in one country and a working day in another; weekends differ."""
    friday, sunday = date(2024, 5, 3), date(2024, 5, 5)

    assert weight_on(date(2024, 7, 4), "DE") > 5 * weight_on(date(2024, 7, 4), "US")
    assert weight_on(friday, "US") > 5 * weight_on(friday, "KW")
    assert weight_on(sunday, "KW") > 5 * weight_on(sunday, "US")


def test_a_data_set_without_open_days_is_evenly_busy() -> None:
    """Where holidays leave no day of the data set, all are open; open lead days do not count."""
    weights = np.zeros(31 + 2 * LEAD_DAYS, dtype=np.int64)
    weights[LEAD_DAYS - 1] = UNIT

    assert {UNIT} == set(opened(weights).tolist())
    weights[LEAD_DAYS] = 1
    assert weights is opened(weights)


@pytest.mark.parametrize("scale", [5e-324, 1e-300, 1e-9, 0.01])
def test_only_the_ratios_of_weekdays_matter(scale: float) -> None:
    """However small all of them are, the busiest weekday keeps its lead over the others."""
    week = {
        "day_of_week": {**dict.fromkeys(EVEN_WEEK, 0.0), "tuesday": scale},
        "industry_seasonality": False,
    }

    assert 0 < weight_on(date(2024, 5, 14), temporal=week)
    assert 0 == weight_on(date(2024, 5, 15), temporal=week)
