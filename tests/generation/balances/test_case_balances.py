"""Sums over cases and single documents, against adding up their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.config import config_from_mapping
from datasynth.generation.balances.case_balances import CHECKPOINT_DAYS, CaseBalances
from datasynth.generation.journal import Journal
from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import NUMBER_RANGES, number_range

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.generation.balances.conftest import WithoutCloses


def test_sums_at_positions_are_those_of_lines(plan: JournalPlan, plain: WithoutCloses) -> None:
    """At any position inside any day the sums of all companies are exact."""
    for position in [*range(0, plan.schedule.total, 391), plan.schedule.total]:
        assert np.array_equal(plain.upto(position), plan.cases.at(position))


def own_series(plan: JournalPlan, placements: Placements) -> NDArray[np.int64]:
    """Return the series of each entry; wrong documents and reversals have series of their own."""
    all_series = plan.schedule.document_series
    places = {(series.kind, series.company, series.case): at for at, series in enumerate(all_series)}
    found = placements.series.astype(np.int64)
    for entry in np.flatnonzero(placements.version).tolist():
        right = all_series[placements.series[entry]]
        kind = SeriesKind.WRONG if placements.version[entry] == 1 else SeriesKind.REVERSAL
        counted = NUMBER_RANGES.index(number_range(right.case_kind, right.step))
        found[entry] = places[kind, right.company, counted]
    return found


def test_series_are_ranked_within_their_day(plan: JournalPlan, placements: Placements) -> None:
    """Before a position, each series has as many documents of the day as were placed there."""
    placed = own_series(plan, placements)
    for position in range(5, plan.schedule.total, 997):
        day, ranks = plan.cases.series_ranks(position)
        first = int(plan.schedule.entries_before[day])
        seen = np.bincount(placed[first:position], minlength=len(ranks))

        assert placements.day[position] == day
        assert np.array_equal(seen, ranks)


def test_cases_balance_company_by_company(plan: JournalPlan) -> None:
    """Whatever the position, each company's debits are its credits."""
    for position in (0, 1, 777, 6_000, 11_999):
        found = plan.cases.at(position).sum(axis=1)
        assert found[:, 0].tolist() == found[:, 1].tolist()


def test_what_cases_leave_at_the_start_balances_but_for_cash_and_result(plan: JournalPlan) -> None:
    """Before the first day, cases have left receivables and payables, on their usual sides."""
    for company in range(3):
        opening = plan.cases.opening(company)

        assert 0 == opening.sum()
        assert opening[plan.chart.only("receivables")] > 0
        assert opening[plan.chart.only("payables")] < 0
        assert opening[plan.chart.only("grir")] < 0


def test_cases_complete_at_the_start_leave_nothing_open(plan: JournalPlan) -> None:
    """Control accounts have the same opening as if every document of the lead days was added up."""
    control = [at for at, account in enumerate(plan.chart.accounts) if account.control]
    cases, series = plan.cases, plan.schedule.document_series
    for company in range(3):
        every = np.zeros(2 * cases.accounts, dtype=np.int64)
        left_out = 0
        for at in cases.series_of(company):
            if series[at].kind is SeriesKind.CASE:
                cases.sums.add(every, at, np.zeros(CLASSES, dtype=np.int64), cases.frontier(at, 0))
                left_out += cases.sums.draws(at) and series[at].step > 0
        both = every.reshape(-1, 2)

        assert left_out
        assert np.array_equal((both[:, 0] - both[:, 1])[control], cases.opening(company)[control])


def test_sums_are_the_same_from_any_day_on(plan: JournalPlan) -> None:
    """Sums that are kept before some days only save visiting the documents before these."""
    without = CaseBalances(plan.config, plan.schedule, plan.chart, plan.cases.sums, plan.cases.wrong)
    for day in (0, 1, CHECKPOINT_DAYS - 1, CHECKPOINT_DAYS, 2 * CHECKPOINT_DAYS + 5):
        position = int(plan.schedule.entries_before[day]) + 7

        assert np.array_equal(without.at(position), plan.cases.at(position))


def test_busy_days_in_foreign_currency_are_summed_exactly() -> None:
    """However many documents in foreign currency a day has, each counts at its own amount."""
    only_mondays = dict.fromkeys(("tuesday", "wednesday", "thursday", "friday"), 0.0) | {"monday": 1.0}
    weights = {
        f"{name}_weight": 0.0 for name in ("o2c", "r2r", "h2r", "a2r", "treasury", "tax", "intercompany")
    }
    document: dict[str, object] = {
        "global": {"period_months": 1},
        "chart_of_accounts": {"complexity": "small"},
        "business_processes": weights | {"p2p_weight": 1.0},
        "transactions": {
            "target_count": 150_000,
            "foreign_currency_share": 0.2,
            "temporal": {"day_of_week": only_mondays, "weekend_activity": 0.0, "holiday_activity": 0.0},
        },
    }
    journal = Journal(config_from_mapping(document))
    block = journal.block(0, journal.total)
    sums = np.zeros((len(journal.chart.accounts), 2), dtype=np.int64)
    side = (block.credit > 0).astype(np.int64)
    np.add.at(sums, (block.account.astype(np.int64), side), np.abs(block.local_amount))
    found = journal.balances(journal.total)
    foreign = np.bincount(block.posting_day[block.currency == 1] - block.posting_day[0])

    assert foreign.max() > 4_096
    assert sums[:, 0].tolist() == found.debit[0].tolist()
    assert sums[:, 1].tolist() == found.credit[0].tolist()
