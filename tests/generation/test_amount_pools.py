"""Journals of which the cases that draw their amounts share those of amount pools, as large ones do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.balances.drawn_days import daily_sums
from datasynth.generation.build_context import ALONE, MOST_DRAWN
from datasynth.generation.journal import Journal
from datasynth.generation.open_items import list_open_items
from datasynth.generation.placements import place_entries
from datasynth.generation.schedule.scheduling import make_schedule
from datasynth.generation.templates.template_lines import make_template_lines
from datasynth.ledger.chart import chart_of
from tests.generation.balances.conftest import WithoutCloses
from tests.generation.balances.test_drawn_days import (
    test_daily_sums_are_those_of_one_after_the_other as compare_daily_sums,
)
from tests.generation.balances.test_exposures import before_day, gained
from tests.generation.configs import COMPANIES, make_config
from tests.generation.test_open_items import test_what_is_open_is_what_cases_have_left as compare_open_items
from tests.naive.headers import Headers

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements

POOLED = replace(ALONE, most_drawn=0)


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Three companies that mostly trade abroad and of whose documents many are wrong at first."""
    document = {
        "global": {"period_months": 4, "start_date": "2024-10-01"},
        "companies": COMPANIES[:3],
        "transactions": {"target_count": 12_000, "reversal_rate": 0.1, "foreign_currency_share": 0.2},
    }
    return Journal(config_from_mapping(document), POOLED)


@pytest.fixture(scope="module")
def plan(journal: Journal) -> JournalPlan:
    """What it stands on."""
    return journal._plan


@pytest.fixture(scope="module")
def placements(plan: JournalPlan) -> Placements:
    """Where its entries are."""
    return place_entries(plan, 0, plan.schedule.total)


def test_sums_at_positions_are_those_of_lines(
    journal: Journal, plan: JournalPlan, placements: Placements
) -> None:
    """At any position the sums of all companies are exact, wrong documents and settlements included."""
    plain = WithoutCloses(plan, placements, journal.block(0, journal.total))
    for position in [*range(0, journal.total, 397), journal.total]:
        assert np.array_equal(plain.upto(position), plan.cases.at(position))


def test_daily_sums_are_those_of_documents(plan: JournalPlan, placements: Placements) -> None:
    """While the journal is built, each day has what its documents come to, one after the other."""
    assert dict(daily_sums(plan.cases, ALONE))
    compare_daily_sums(plan, Headers(plan, placements))


def test_open_items_are_those_of_cases(plan: JournalPlan, placements: Placements) -> None:
    """Amounts in both currencies are those of each case by itself."""
    compare_open_items(plan, placements, 6_123)


@pytest.mark.parametrize("day", [1, 31, 77, 120])
@pytest.mark.parametrize("company", [0, 1, 2])
def test_exposure_is_that_of_every_open_item(plan: JournalPlan, company: int, day: int) -> None:
    """What a revaluation finds is what open items have gained, one by one."""
    position = int(plan.schedule.entries_before[day])

    assert gained(plan, company, position, day - 1) == before_day(plan, company, day)
    assert list_open_items(plan, position, company, 0, 1)[0]


def test_amounts_are_those_of_the_pool(plan: JournalPlan) -> None:
    """What cases take is in the pool, and nearly all amounts of the few cases differ."""
    series = plan.schedule_tables.series
    drawing = np.flatnonzero(series.distribution >= 0)

    assert {8} == set(series.pool_bits[drawing].tolist())
    assert {-1} == set(series.pool_bits[series.distribution < 0].tolist())


@pytest.mark.parametrize(("entries", "bits"), [(MOST_DRAWN, -1), (MOST_DRAWN + 1, 8)])
def test_journals_up_to_ten_billion_draw_each_amount(entries: int, bits: int) -> None:
    """They are as they were; larger ones share amounts."""
    config = make_config(entries, months=1)
    schedule, chart = make_schedule(config), chart_of("small")
    make_template_lines(config, schedule, chart, (0, 0))

    assert {bits} == set(schedule.series.pool_bits[schedule.series.distribution >= 0].tolist())
