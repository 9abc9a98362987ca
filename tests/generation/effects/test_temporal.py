"""Keys of `transactions.temporal`."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation.dispersion import compare_days
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.schedule.day_weights import day_weights
from datasynth.ledger.calendars import month_end
from tests.generation.effects.worlds import AUTUMN, WITHOUT_TRADE, seen, temporal
from tests.generation.seen import USUAL

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.generation.seen import Seen

WEEK = {"monday": 0.5, "tuesday": 0.8, "wednesday": 0.9, "thursday": 1.2, "friday": 2.0}
ENDS = {"August": (8, 27), "September": (9, 26), "December": (12, 27)}
"""First of the last days of an ordinary month, of one that ends a quarter and of one that ends the year."""


def spikes(world: Seen) -> list[float]:
    """Return how busy the ends of a month, a quarter and a year are."""
    return [world.spike(*end) for end in ENDS.values()]


def spiky() -> Seen:
    """See an autumn with other spikes, whose last days are busy by hand and long."""
    return seen(
        AUTUMN,
        temporal(
            month_end_spike=2.0,
            quarter_end_spike=5.0,
            year_end_spike=9.0,
            period_end_manual_factor=3.0,
            period_end_overtime=0.5,
        ),
    )


def rearranged() -> Seen:
    """See an autumn with another week, busy days off, two last days that rise, and months alike."""
    return seen(
        AUTUMN,
        temporal(
            weekend_activity=0.5,
            holiday_activity=0.3,
            period_end_days=2,
            period_end_shape="ramp",
            industry_seasonality=False,
            day_of_week=WEEK,
        ),
    )


def without_days_off() -> Seen:
    """See an autumn with empty days off, and the ends of months busier than any."""
    return seen(*WITHOUT_TRADE)


def test_transactions_temporal_month_end_spike() -> None:
    """The last days of August carry its multiple of ordinary ones; by default two and a half times."""
    assert pytest.approx(spikes(seen(AUTUMN))[0], rel=0.1) == 2.5
    assert pytest.approx(spikes(spiky())[0], rel=0.1) == 2.0


def test_transactions_temporal_quarter_end_spike() -> None:
    """The last days of September carry its multiple; by default three times."""
    assert pytest.approx(spikes(seen(AUTUMN))[1], rel=0.1) == 3.0
    assert pytest.approx(spikes(spiky())[1], rel=0.1) == 5.0


def test_transactions_temporal_year_end_spike() -> None:
    """The last days of December carry its multiple; by default four times."""
    assert pytest.approx(spikes(seen(AUTUMN))[2], rel=0.1) == 4.0
    assert pytest.approx(spikes(spiky())[2], rel=0.1) == 9.0


def test_the_highest_spike_applies() -> None:
    """A month's spike above the others lifts the ends of quarter and year too."""
    assert [8.0] * 3 == pytest.approx(spikes(without_days_off()), rel=0.1)


def ordinary(world: Seen, month: int, week: tuple[float, ...]) -> float:
    """Return the volume of working days in the middle of a month, each divided by its weekday."""
    first = date(2024, month, 9)
    volume = world.volume(first, first + timedelta(days=13))
    days = [first + timedelta(days=place) for place in range(14)]
    working = [(count, when) for count, when in zip(volume.tolist(), days, strict=True) if when.weekday() < 5]
    return float(np.mean([count / week[when.weekday()] for count, when in working]))


def last_days(world: Seen, week: tuple[float, ...]) -> list[float]:
    """Return how many ordinary days each of the last seven of October is worth; days off are -1."""
    end = month_end(date(2024, 10, 1))
    base = ordinary(world, 10, week)
    found = []
    for back in range(6, -1, -1):
        when = end - timedelta(days=back)
        count = int(world.volume(when, when)[0])
        found.append(count / base / week[when.weekday()] if when.weekday() < 5 else -1.0)
    return found


def test_transactions_temporal_period_end_days() -> None:
    """Five days are busier by default, here two: the thirtieth and the thirty-first of October."""
    usual = [spike > 1.8 for spike in last_days(seen(AUTUMN), USUAL) if spike >= 0]
    other = [spike > 1.3 for spike in last_days(rearranged(), tuple(WEEK.values())) if spike >= 0]

    assert [False, True, True, True, True] == usual
    assert [False, False, False, True, True] == other


def test_transactions_temporal_period_end_shape() -> None:
    """A ramp rises to the spike on the last day, half of the way on the first of two; flat days are alike."""
    flat = last_days(seen(AUTUMN), USUAL)[-4:]
    ramp = last_days(rearranged(), tuple(WEEK.values()))[-2:]

    assert [2.5] * 4 == pytest.approx(flat, rel=0.15)
    assert [1.75, 2.5] == pytest.approx(ramp, rel=0.18)


def at_ends(world: Seen) -> NDArray[np.bool_]:
    """Tell which entries are posted on one of the last five days of a month."""
    return np.array([month_end(when).day - when.day < 5 for when in world.dates])


def by_hand(world: Seen) -> NDArray[np.bool_]:
    """Tell which entries people have entered."""
    return np.isin(world.sources, ["manual", "adjustment"])


@pytest.mark.parametrize("factor", [1.5, 3.0])
def test_transactions_temporal_period_end_manual_factor(factor: float) -> None:
    """Documents of the last days are entered by hand so many times as often, closes and reversals aside."""
    world = seen(AUTUMN) if factor == 1.5 else spiky()
    free = ~np.isin(world.types, ["SB", "AF", "CO", "IE", "SU", "AJ", "CL", "CF", "AB"])
    hand, end = by_hand(world), at_ends(world)

    assert factor == pytest.approx(hand[free & end].mean() / hand[free & ~end].mean(), rel=0.1)


@pytest.mark.parametrize("overtime", [0.1, 0.5])
def test_transactions_temporal_period_end_overtime(overtime: float) -> None:
    """So much of what is entered by hand on the last days is entered after six, on others next to nothing."""
    world = seen(AUTUMN) if overtime == 0.1 else spiky()
    free = by_hand(world) & ~np.isin(world.types, ["SB", "AJ", "IE"])
    late = world.block.created_at % 86_400 >= 18 * 3_600
    end = at_ends(world)

    assert overtime == pytest.approx(late[free & end].mean(), abs=0.03)
    assert late[free & ~end].mean() < 0.03


@pytest.mark.parametrize(("other", "activity"), [(False, 0.1), (True, 0.5)])
def test_transactions_temporal_weekend_activity(other: bool, activity: float) -> None:
    """A Saturday or Sunday has that share of an ordinary day's volume."""
    volume = (rearranged() if other else seen(AUTUMN)).volume(date(2024, 9, 9), date(2024, 9, 22))
    off = np.arange(14) % 7 >= 5

    assert activity == pytest.approx(float(volume[off].mean() / volume[~off].mean()), rel=0.16, abs=0.03)


@pytest.mark.parametrize(("other", "activity"), [(False, 0.05), (True, 0.3)])
def test_transactions_temporal_holiday_activity(other: bool, activity: float) -> None:
    """A legal holiday, here Labor Day, has that share of an ordinary day's volume."""
    world = rearranged() if other else seen(AUTUMN)
    week = tuple(WEEK.values()) if other else USUAL
    holiday = int(world.volume(date(2024, 9, 2), date(2024, 9, 2))[0])
    mean = ordinary(world, 9, week) * sum(week) / 5

    assert activity == pytest.approx(holiday / mean, rel=0.4, abs=0.05)


def test_days_off_may_be_empty() -> None:
    """An activity of 0 leaves weekends and holidays without entries, the last of a month included."""
    world = without_days_off()
    off = {date(2024, 9, 2), date(2024, 11, 28), date(2024, 12, 25)}
    closing = np.isin(world.types, ["AJ", "CL", "CF", "SU"])
    days = {when for when, is_close in zip(world.dates, closing, strict=True) if not is_close}

    assert not days & off
    assert {0, 1, 2, 3, 4} == {when.weekday() for when in days}


def test_transactions_temporal_industry_seasonality() -> None:
    """By default September is busier than August as is usual in the industry; else months are alike."""
    season = [ordinary(seen(AUTUMN), month, USUAL) for month in (8, 9)]
    even = [ordinary(rearranged(), month, tuple(WEEK.values())) for month in (8, 9)]

    assert 1.05 / 0.90 == pytest.approx(season[1] / season[0], rel=0.09)
    assert 1.0 == pytest.approx(even[1] / even[0], rel=0.09)


def check_weekday(day: int) -> None:
    """Compare the volume of a weekday with the mean of all five, in two weeks each of three months."""
    for world, week in ((seen(AUTUMN), USUAL), (rearranged(), tuple(WEEK.values()))):
        volume = np.zeros(5)
        # Those weeks have no holidays and none of the last days of a month.
        for month in (8, 9, 12):
            first = date(2024, month, 1) + timedelta(days=-date(2024, month, 1).weekday() % 7 + 7)
            volume += world.volume(first, first + timedelta(days=13)).reshape(2, 7)[:, :5].mean(axis=0)

        assert week[day] / np.mean(week) == pytest.approx(volume[day] / volume.mean(), rel=0.08)


def test_transactions_temporal_day_of_week_monday() -> None:
    """Mondays are as busy as configured, relative to the other working days."""
    check_weekday(0)


def test_transactions_temporal_day_of_week_tuesday() -> None:
    """Tuesdays are as busy as configured."""
    check_weekday(1)


def test_transactions_temporal_day_of_week_wednesday() -> None:
    """Wednesdays are as busy as configured."""
    check_weekday(2)


def test_transactions_temporal_day_of_week_thursday() -> None:
    """Thursdays are as busy as configured."""
    check_weekday(3)


def test_transactions_temporal_day_of_week_friday() -> None:
    """Fridays are as busy as configured."""
    check_weekday(4)


@pytest.mark.parametrize("dispersion", [0.0, 0.04, 0.3])
def test_transactions_temporal_day_dispersion(dispersion: float) -> None:
    """Days of two seeds differ as counts of that dispersion do; with 0 documents still come by chance."""
    first, second = (
        seen(AUTUMN, temporal(day_dispersion=dispersion), {"global": {"seed": seed}})
        .volume(date(2024, 8, 1), date(2024, 12, 31))
        .astype(np.int64)
        for seed in (42, 43)
    )
    weights = day_weights(config_from_mapping(AUTUMN), "US")[LEAD_DAYS:-LEAD_DAYS]
    found = compare_days(first, second, 60_000 * weights / weights.sum(), dispersion)

    assert found is not None
    low, high = found.bounds(0.1)
    assert low < found.figure < high
