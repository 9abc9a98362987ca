"""Sums of series, against documents summed one after the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.kernels.schedule.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation
from tests.generation.kernels.sums.test_balances import lines_of, series_of
from tests.naive.drawn_amounts import draws_amount
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers

DAYS = (0, 1, 30, 31, 31, 92, 123)


@pytest.mark.parametrize("document_type", ["RV", "DZ", "HR", "BV"])
def test_sums_before_days_are_those_of_listing(plan: JournalPlan, document_type: str) -> None:
    """Before each day, everything that was posted since the start, by account and side."""
    at = series_of(plan, document_type)
    in_cases = plan.schedule.document_series[at].kind is SeriesKind.CASE
    posted = step_days(plan.schedule, at) if in_cases else _days_of_single_documents(plan, at)
    sums = plan.cases.sums
    found = sums.before_days(at, np.array(DAYS), sums.whole_step(at))[:, : len(sums.sides[at])]
    for place, day in enumerate(DAYS):
        listed = Counter[int]()
        for number, on in posted.items():
            if 0 <= on < day:
                for column, amount in lines_of(plan, at, number):
                    listed[column] += amount

        assert [listed[column] for column in range(found.shape[1])] == found[place].tolist()


def _days_of_single_documents(plan: JournalPlan, at: int) -> dict[int, int]:
    before = plan.schedule.before[:, at].tolist()
    return {number: day for day in range(len(before) - 1) for number in range(before[day], before[day + 1])}


@pytest.mark.parametrize("document_type", ["RV", "DZ", "HR", "BV"])
def test_sums_of_one_side_are_those_of_all(plan: JournalPlan, document_type: str) -> None:
    """What is summed for one account and side alone is its column among all."""
    at, sums, days = series_of(plan, document_type), plan.cases.sums, np.array(DAYS)
    whole = sums.before_days(at, days, sums.whole_step(at))
    for column in range(len(sums.sides[at])):
        alone = sums.before_days(at, days, sums.one_side(at, column))

        assert whole[:, column].tolist() == alone[:, 0].tolist()


def test_cases_are_summed_by_their_starts_and_windows(plan: JournalPlan) -> None:
    """Cases count from the first lead day and are posted by their lag table."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE:
            summed = plan.cases.sums.series[at]
            assert schedule.starts[series.case_company, series.case].tolist() == summed.upto.tolist()
            assert np.array_equal(schedule.windows[schedule.series.window[at]], summed.window)


def test_single_documents_are_summed_by_their_days(plan: JournalPlan) -> None:
    """Single documents count from the first day, and are posted on the day on which they count."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.SINGLE:
            summed = plan.cases.sums.series[at]
            assert plan.schedule.before[:, at].tolist() == summed.upto.tolist()
            assert (0, CLASSES) == summed.window.shape == summed.settled.shape


def test_settlements_are_summed_by_what_they_settle(plan: JournalPlan, headers: Headers) -> None:
    """Amounts and days come from the foreign document's key and lag table, sides from the settlement."""
    only, sums = plan.chart.only, plan.cases.sums
    found = 0
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is not SeriesKind.CASE or headers.valuer.valuation(at) is not Valuation.SETTLES:
            continue
        summed, original = sums.series[at], headers.valuer.original(at)
        step = series.posted
        assert sums.series[original].key == summed.key
        assert sums.series[original].distribution == summed.distribution
        assert np.array_equal(sums.series[original].window, summed.settled)
        assert [
            2 * only(step.debit[0].pool),
            2 * only(step.credit[0].pool) + 1,
            2 * only("exchange_loss"),
            2 * only("exchange_gain") + 1,
        ] == sums.sides[at].tolist()
        assert (series.document_type == "DZ") == summed.receives
        row = plan.rates.pairs.index(headers.valuer.currencies(at))
        assert plan.rates.rates[row].tolist() == sums.rates(at).rates.tolist()
        assert plan.rates.divisor[row] == sums.rates(at).divisor
        found += 1
    assert 3 * 4 + 2 == found


def test_everything_else_is_summed_by_its_own_step(plan: JournalPlan, headers: Headers) -> None:
    """Sides and rows of the series' own step; lead days count for cases alone."""
    sums = plan.cases.sums
    for at, series in enumerate(plan.schedule.document_series):
        if not series.in_cases:
            assert at not in sums.series
            continue
        days = LEAD_DAYS if series.kind is SeriesKind.CASE else 1
        assert len(sums.series[at].upto) == plan.schedule.horizon.days + days + (days > 1)
        if headers.valuer.valuation(at) is not Valuation.SETTLES:
            assert draws_amount(plan, at) == sums.draws(at)
            assert plan.template_lines.sides[at].tolist() == sums.sides[at].tolist()
            assert plan.series.row[at] == sums.series[at].first_row
            assert 0 == len(sums.series[at].settled)
