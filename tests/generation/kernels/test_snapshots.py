"""Sums up to each of many days, against documents summed one after the other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.balances.series_summing import NO_WINDOWS
from datasynth.generation.kernels.snapshots import SummedLines, sum_days, sum_template_pool
from datasynth.generation.schedule.document_series import SeriesKind
from tests.generation.kernels.test_balances import lines_of, series_of
from tests.generation.looked import look
from tests.naive.schedule import step_days

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

DAYS = (0, 1, 30, 31, 31, 92, 123)


@pytest.mark.parametrize("document_type", ["RV", "HR", "BV"])
def test_sums_of_many_days_are_those_of_listing(plan: JournalPlan, document_type: str) -> None:
    """Before each day, everything that was posted so far, lead days included, by account and side."""
    template_lines, schedule = plan.template_lines, plan.schedule
    at = series_of(plan, document_type)
    series = schedule.document_series[at]
    chained = series.kind is SeriesKind.CASE
    upto = schedule.starts[series.case_company, series.case] if chained else schedule.before[:, at].copy()
    windows = schedule.windows[schedule.series.window[at]] if chained else NO_WINDOWS
    totals = np.zeros((len(DAYS), len(template_lines.sides[at])), dtype=np.int64)
    bits = int(plan.series.class_bits[at])
    reached = np.empty((64, (1 << bits) + 1, totals.shape[1]), dtype=np.int64)
    lines = SummedLines(
        template_lines.rows.offsets,
        template_lines.column,
        template_lines.rows.amount,
        template_lines.rows.jitter_unit,
    )
    sum_template_pool(lines, int(plan.series.row[at]), reached)
    sum_days(
        totals,
        np.array(DAYS),
        upto,
        windows,
        plan.series.key[at],
        template_lines.jitters[int(plan.series.first_jitter[at]) :],
        lines,
        int(plan.series.row[at]),
        bits,
        reached,
    )
    posted = step_days(schedule, at) if chained else _of_days(plan, at)
    for place, day in enumerate(DAYS):
        listed = Counter[int]()
        for number, on in posted.items():
            if on < day:
                for column, amount in lines_of(plan, at, number):
                    listed[column] += amount

        assert [listed[column] for column in range(totals.shape[1])] == totals[place].tolist()


def _of_days(plan: JournalPlan, at: int) -> dict[int, int]:
    """Return the day of each of a series' single documents."""
    before = plan.schedule.before[:, at].tolist()
    return {number: day for day in range(len(before) - 1) for number in range(before[day], before[day + 1])}


@pytest.mark.parametrize("document_type", ["RV", "DZ", "HR", "BV"])
def test_sums_of_one_account_are_those_of_all(plan: JournalPlan, document_type: str) -> None:
    """What is summed for one account's sides alone is what all its documents move it by."""
    at = series_of(plan, document_type)
    followed = {int(side) // 2 for side in plan.template_lines.sides[at]}
    day_balances = look(plan, DAYS, followed)
    days = np.array(DAYS)
    for account in sorted(followed):
        debit, credit = (day_balances.posted_before(0, 2 * account + side, days) for side in (0, 1))
        assert day_balances.movements(0)[:, account].tolist() == (debit - credit).tolist()
