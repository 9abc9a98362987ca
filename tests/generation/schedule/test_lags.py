"""Lags between the steps of a case."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.day_weights import day_weights
from datasynth.generation.schedule.document_series import SeriesKind, make_series
from datasynth.generation.schedule.lags import (
    LagTableSpec,
    class_ranks,
    lag_table,
    lag_tables,
    lag_weights,
    open_days,
    scaled_lag,
    target_days,
)
from datasynth.ledger.processes import CASE_KINDS
from tests.generation.configs import make_config
from tests.naive.schedule import first_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config, DocumentFlows
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.ledger.processes import Step

LAG = (2, 10, 40)
FLOWS = make_config().document_flows
PAYING = [
    pytest.param(step, id=f"{kind.name}.{place}")
    for kind in CASE_KINDS
    for place, step in enumerate(kind.steps)
    if step.pays
]


def week(days: int) -> NDArray[np.int64]:
    """Weights of working weeks."""
    return np.where(np.arange(days) % 7 < 5, 1_000, 100)


def flows_of(days: int) -> DocumentFlows:
    """Return flows in which everybody pays after so many days."""
    return replace(
        FLOWS, o2c=replace(FLOWS.o2c, payment_days=days), p2p=replace(FLOWS.p2p, payment_days=days)
    )


def test_shapes_peak_at_the_likeliest_lag() -> None:
    """A lag's distribution is a triangle with its corners just outside."""
    shape = lag_weights(*LAG)

    assert 39 == len(shape)
    assert 8 == int(shape.argmax())
    assert shape.min() > 0


@given(st.integers(0, 50))
def test_lags_keep_their_bounds_and_order(salt: int) -> None:
    """Every class is posted within the lag's bounds, and later starts are never posted earlier."""
    targets = target_days(week(300), LAG, salt)
    lags = targets - np.arange(300)[:, None]

    assert lags.min() >= LAG[0]
    assert np.diff(targets, axis=0).min() >= 0
    # Keeping the order may push a start past a closed stretch, by some days at most.
    assert lags.max() <= LAG[2] + 3


def test_the_likeliest_lag_is_about_in_the_middle() -> None:
    """The classes of a start spread over the lag; half of them are done about its triangle's median."""
    lags = np.sort(target_days(np.full(300, 1_000), LAG, 3) - np.arange(300)[:, None], axis=1)[150]
    shape = lag_weights(*LAG)
    median = LAG[0] + int(np.searchsorted(np.cumsum(shape) / shape.sum(), 0.5))

    assert median == pytest.approx(float(lags[CLASSES // 2]), abs=1)
    assert len(np.unique(lags)) > 20


def test_steps_follow_the_calendar_as_starts_do() -> None:
    """Documents of a step fall on days by the days' weights, not by plain lags."""
    weights = week(700)
    targets = target_days(weights, LAG, 5)
    flow = np.zeros(800)
    np.add.at(flow, targets, np.repeat(weights[:, None], CLASSES, axis=1))
    inner = slice(100, 600)

    assert np.corrcoef(flow[inner], weights[inner])[0, 1] > 0.97


def test_windows_find_the_starts_of_a_day() -> None:
    """A class's cases posted on a day are those started in the day's window."""
    targets = target_days(week(120), LAG, 1)
    firsts = first_starts(lag_table(targets, 120))
    for day in range(119):
        for number in (0, 7, CLASSES - 1):
            started = np.flatnonzero(targets[:, number] == day).tolist()
            window = list(range(firsts[day, number], firsts[day + 1, number]))

            assert started == window


@pytest.mark.parametrize("closed", [0, 1])
def test_a_long_shutdown_is_survived(closed: int) -> None:
    """Where no day of the lag is open, the untilted lag applies."""
    weights = np.full(200, 1_000)
    weights[60:160] = closed
    targets = target_days(weights, (1, 2, 5), 0)

    assert (targets - np.arange(200)[:, None]).min() >= 1


def test_a_year_without_business_days_leaves_lags_that_a_byte_holds() -> None:
    """Steps that are pushed over a long closed stretch stay as far as 255 days, as both tables have them."""
    size = 600
    weights = np.full(size + LEAD_DAYS, 1_000)
    weights[100:500] = 0
    packed = weights.tobytes()
    first = LagTableSpec(((packed, (1, 2, 5), 2),), size)
    second = LagTableSpec(((packed, (1, 2, 5), 2), (packed, (6, 9, 20), 3)), size)
    table = second.make(first.make().lags)
    starts = first_starts(table.window)
    day = np.arange(size)[:, None] + table.lags
    inside = day < size - 1
    started = np.broadcast_to(np.arange(size)[:, None], day.shape)[inside]
    number = np.broadcast_to(np.arange(CLASSES)[None], day.shape)[inside]

    assert 255 == table.lags.max()
    assert (starts[day[inside], number] <= started).all()
    assert (started < starts[day[inside] + 1, number]).all()


def test_lags_of_steps_that_pay_nothing_stay() -> None:
    """Deliveries and invoices know nothing of days to payment."""
    for kind in CASE_KINDS:
        for step in kind.steps:
            if not step.pays:
                assert step.lag == scaled_lag(step, flows_of(60))


@pytest.mark.parametrize("step", PAYING)
def test_the_default_days_to_payment_leave_lags_as_they_are(step: Step) -> None:
    """Lags in the tables are meant for what the defaults have."""
    assert step.lag == scaled_lag(step, FLOWS)


@pytest.mark.parametrize("step", PAYING)
def test_lags_of_payments_stretch_with_the_days_to_payment(step: Step) -> None:
    """The likeliest lag grows with the days; nobody pays before the invoice; classes have room."""
    reached = 0
    for days in range(5, 61):
        fewest, likeliest, most = scaled_lag(step, flows_of(days))

        assert step.after < fewest <= step.lag[0]
        assert fewest < likeliest < most < LEAD_DAYS
        assert reached <= likeliest
        reached = likeliest
    assert reached > step.lag[1]


def tables_of(config: Config) -> tuple[tuple[DocumentSeries, ...], NDArray[np.uint8], NDArray[np.int32]]:
    """Return the series of a configuration and their lag tables, by the day of the step."""
    all_series = make_series(config)
    weights = [day_weights(config, company.country) for company in config.companies]
    days = len(weights[0]) - 2 * LEAD_DAYS
    tables, series_window = lag_tables(config, all_series, weights, days)
    return all_series, tables.window, series_window


def test_series_of_like_lags_and_countries_share_a_table() -> None:
    """Cases have the table of their country and lags up to the step, others have none."""
    config = make_config(months=1, companies=3)
    all_series, windows, series_window = tables_of(config)
    found: dict[int, set[object]] = {}
    for series, table in zip(all_series, series_window.tolist(), strict=True):
        if series.kind is SeriesKind.CASE and not series.case_kind.intercompany:
            steps = series.case_kind.steps[: series.step + 1]
            lags = tuple(scaled_lag(step, config.document_flows) for step in steps)
            found.setdefault(table, set()).add((config.companies[series.company].country, lags))
        elif series.kind is not SeriesKind.CASE:
            assert table == -1

    assert {1} == {len(kinds) for kinds in found.values()}
    assert max(found) < len(windows)


def test_steps_leave_room_for_a_wrong_document_between_them() -> None:
    """The next step is on the second business day or later; on the third, if it clears an item."""
    config = make_config(months=4, companies=1)
    all_series = make_series(config)
    weights = day_weights(config, config.companies[0].country)
    tables, series_window = lag_tables(config, all_series, [weights], len(weights) - 2 * LEAD_DAYS)
    business = open_days(weights)
    lags_of = {
        (series.case, series.step): tables.lags[series_window[at]].astype(np.int64)
        for at, series in enumerate(all_series)
        if series.kind is SeriesKind.CASE
    }
    for series in all_series:
        if series.kind is SeriesKind.CASE and series.step:
            apart = 2 + series.repeats_amounts
            earlier, later = (lags_of[series.case, step] for step in (series.step - 1, series.step))
            starts = business[business < len(later)]
            days = starts[:, None] + np.stack([earlier[starts], later[starts]])
            between = np.searchsorted(business, days[1]) - np.searchsorted(business, days[0], side="right")
            inside = days[1] < business[-1]
            assert (between[inside] >= apart - 1).all()


def test_first_steps_are_posted_on_the_day_of_start() -> None:
    """Without a lag, what is started on a day is what is posted on it."""
    all_series, windows, series_window = tables_of(make_config(months=1))
    at = next(at for at, series in enumerate(all_series) if series.document_type == "WA")

    assert (LEAD_DAYS + 31 + 1, CLASSES) == windows[series_window[at]].shape
    assert not windows[series_window[at]].any()


def test_lags_are_as_long_at_the_end_as_in_the_middle() -> None:
    """Nobody pays earlier because the data set ends; what is due after it is left open."""
    config = make_config(months=6)
    all_series, windows, series_window = tables_of(config)
    at = next(at for at, series in enumerate(all_series) if series.document_type == "DZ" and series.case == 0)
    firsts = first_starts(windows[series_window[at]])
    weeks = [day - firsts[day : day + 7].mean(axis=1).mean() for day in range(LEAD_DAYS, len(firsts) - 7, 7)]
    shape = lag_weights(*all_series[at].posted.lag)
    usual = all_series[at].posted.lag[0] + float((shape * np.arange(len(shape))).sum() / shape.sum())

    assert usual == pytest.approx(float(np.mean(weeks)), abs=4)
    assert usual == pytest.approx(float(np.mean(weeks[-4:])), abs=8)


def test_days_to_payment_move_the_payments() -> None:
    """The more days everybody takes, the longer ago are the starts that are paid on a day."""
    ages = []
    for days in (10, 33, 60):
        config = replace(make_config(months=3), document_flows=flows_of(days))
        all_series, windows, series_window = tables_of(config)
        at = next(
            at for at, series in enumerate(all_series) if series.document_type == "DZ" and series.case == 0
        )
        ages.append(float(windows[series_window[at], LEAD_DAYS + 45].mean()))

    assert ages[0] + 15 < ages[1] < ages[2] - 10


@pytest.mark.parametrize("lag", [(15, 33, 75), (16, 32, 70), (1, 2, 7)])
def test_classes_are_ranked_from_the_fastest_to_the_slowest(lag: tuple[int, int, int]) -> None:
    """On an even calendar, a class of a higher rank is never posted earlier than one of a lower."""
    config = make_config(months=1)
    all_series = [series for series in make_series(config) if series.kind is SeriesKind.CASE]
    weights = np.full(2 * LEAD_DAYS + 31, 1_000)
    tables, series_window = lag_tables(config, all_series, [weights], 31)
    windows = tables.window
    at = next(
        at for at, series in enumerate(all_series) if scaled_lag(series.posted, config.document_flows) == lag
    )
    ranks = class_ranks(lag)
    back = windows[series_window[at], LEAD_DAYS].astype(np.int64)

    assert list(range(CLASSES)) == sorted(ranks.tolist())
    # The sooner a class is posted, the later are the starts that are posted on a day.
    assert (np.diff(back[np.argsort(ranks)]) >= 0).all()
