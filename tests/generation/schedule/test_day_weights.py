"""How busy days are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from datasynth.config import ConfigDocument
from datasynth.generation.schedule.day_weights import LEAD_DAYS, Horizon, day_weights
from tests.generation.configs import make_config


def weight_on(when: date, country: str = "US", temporal: dict[str, float] | None = None) -> int:
    """Return the weight of a day of 2024."""
    document = ConfigDocument.defaults().merge({"transactions": {"temporal": temporal or {}}})
    return int(day_weights(document.config, country)[LEAD_DAYS + (when - date(2024, 1, 1)).days])


def test_the_horizon_is_half_open() -> None:
    """Twelve months from the first of January end before the next first of January."""
    horizon = Horizon.of(make_config(months=12))

    assert (date(2024, 1, 1), date(2025, 1, 1), 366) == (horizon.start, horizon.end, horizon.days)


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


def test_weekends_and_holidays_keep_their_share() -> None:
    """Days off have the configured activity, and none at all if it is 0."""
    saturday, independence_day = date(2024, 6, 15), date(2024, 7, 4)

    assert 0 == weight_on(saturday, temporal={"weekend_activity": 0.0})
    assert 0 == weight_on(independence_day, temporal={"holiday_activity": 0.0})
    assert weight_on(saturday, temporal={"weekend_activity": 0.4}) == pytest.approx(
        4 * weight_on(saturday, temporal={"weekend_activity": 0.1}), abs=4
    )


def test_countries_have_their_own_calendars() -> None:
    """The fourth of July is a holiday in one country and a working day in another; weekends differ."""
    friday = date(2024, 5, 3)

    assert weight_on(date(2024, 7, 4), "DE") > 5 * weight_on(date(2024, 7, 4), "US")
    assert weight_on(friday, "US") > 5 * weight_on(friday, "KW")


def test_a_data_set_without_open_days_is_evenly_busy() -> None:
    """If only days off are left, they are all open."""
    document = ConfigDocument.defaults().merge(
        {
            "global": {"start_date": "2024-06-01", "period_months": 1},
            "transactions": {"temporal": {"weekend_activity": 0.0, "holiday_activity": 0.0}},
        }
    )
    weights = day_weights(document.config, "US")

    assert weights[LEAD_DAYS : LEAD_DAYS + timedelta(days=30).days].any()
