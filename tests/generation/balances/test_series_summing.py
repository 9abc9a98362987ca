"""How the documents of series are summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.balances.series_summing import SeriesSumming, describe_summing
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.naive.headers import Headers


def books_of(plan: JournalPlan, at: int) -> SeriesSumming:
    """Describe one series."""
    return describe_summing(plan.schedule, plan.template_lines, plan.chart, at)


def test_cases_are_summed_by_their_starts_and_windows(plan: JournalPlan) -> None:
    """Cases count from the first lead day and are posted by their lag table."""
    schedule = plan.schedule
    for at, series in enumerate(schedule.document_series):
        if series.kind is SeriesKind.CASE:
            summing = books_of(plan, at)
            assert 0 == summing.lead
            assert schedule.starts[series.case_company, series.case].tolist() == summing.upto.tolist()
            assert np.array_equal(schedule.windows[plan.series.window[at]], summing.windows)


def test_single_documents_are_summed_by_their_days(plan: JournalPlan) -> None:
    """Single documents count from the first day, and are posted on the day on which they count."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.SINGLE:
            summing = books_of(plan, at)
            assert LEAD_DAYS == summing.lead
            assert plan.schedule.before[:, at].tolist() == summing.upto.tolist()
            assert (0, CLASSES) == summing.windows.shape == summing.settled.shape


def test_settlements_are_summed_by_what_they_settle(plan: JournalPlan, headers: Headers) -> None:
    """Days come from the foreign document's lag table, sides from the settlement."""
    only = plan.chart.only
    found = 0
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is not SeriesKind.CASE or headers.valuer.valuation(at) is not Valuation.SETTLES:
            continue
        summing, original = books_of(plan, at), headers.valuer.original(at)
        step = series.posted
        assert np.array_equal(plan.schedule.windows[plan.schedule.series.window[original]], summing.settled)
        assert [
            2 * only(step.debit[0].pool),
            2 * only(step.credit[0].pool) + 1,
            2 * only("exchange_loss"),
            2 * only("exchange_gain") + 1,
        ] == summing.sides.tolist()
        found += 1
    assert 3 * 4 + 2 == found


def test_everything_else_is_summed_as_the_sheet_has_it(plan: JournalPlan, headers: Headers) -> None:
    """By the sides of the series' own step."""
    for at, series in enumerate(plan.schedule.document_series):
        if series.kind is SeriesKind.CLOSE or headers.valuer.valuation(at) is Valuation.SETTLES:
            continue
        summing = books_of(plan, at)
        assert plan.template_lines.sides[at].tolist() == summing.sides.tolist()
        assert 0 == len(summing.settled)
