"""What open items in foreign currency are worth."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from datasynth.generation.open_items import list_open_items
from datasynth.ledger.processes import Valuation
from tests.generation.configs import COMPANIES
from tests.generation.effects.worlds import MONTH, WITHOUT, seen
from tests.generation.looked import look
from tests.naive.valued import value

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

LEAD_DAYS = 120
RECEIVED = ("receivables", "intercompany_receivable")


def gained(plan: JournalPlan, company: int, position: int, day: int) -> tuple[int, int]:
    """Value each open item by itself: what receivables and payables have gained since they were booked."""
    own = plan.config.companies[company].currency
    items, _ = list_open_items(plan, position, company, 0, 10**6)
    more = [0, 0]
    for item in items:
        if item.currency != own:
            row = plan.rates.pairs.index((item.currency, own))
            place = row, LEAD_DAYS + day
            rate = Fraction(int(plan.rates.printed[place]), 10 ** int(plan.rates.places[place]))
            worth = value(abs(item.amount), rate, item.currency, own) * (1 if item.amount > 0 else -1)
            pool = plan.chart.accounts[item.account].pool
            more[pool not in RECEIVED] += worth - item.local_amount
    return more[0], more[1]


@pytest.fixture(scope="module")
def mistaken() -> JournalPlan:
    """Three companies that mostly trade abroad, and of whose documents many are wrong at first."""
    document = {
        "global": {"period_months": 1},
        "companies": COMPANIES[:3],
        "transactions": {"target_count": 6_000, "reversal_rate": 0.1, "foreign_currency_share": 0.2},
    }
    return Journal(config_from_mapping(document))._plan


def before_day(plan: JournalPlan, company: int, day: int) -> tuple[int, int]:
    """Return the exposure before one day."""
    (found,) = plan.exposures.before_days(
        company, np.array([day]), look(plan, sorted({0, day, plan.schedule.horizon.days}))
    )
    return found


@pytest.mark.parametrize("day", [1, 31, 77, 120])
@pytest.mark.parametrize("company", [0, 1, 2])
def test_exposure_is_that_of_every_open_item(plan: JournalPlan, company: int, day: int) -> None:
    """Before a day, receivables and payables have gained what their items have, one by one."""
    position = int(plan.schedule.entries_before[day])
    found = before_day(plan, company, day)

    assert gained(plan, company, position, day - 1) == found


def test_there_is_something_at_risk(plan: JournalPlan) -> None:
    """Rates move, so that both receivables and payables of each company gain or lose."""
    for company in range(3):
        found = [before_day(plan, company, day) for day in (31, 77, 120)]

        assert all(any(pair[side] for pair in found) for side in (0, 1))


def test_between_two_steps_only_what_is_open_counts(plan: JournalPlan) -> None:
    """At a position inside a day, exposure follows the items open there."""
    position = 5_432
    documents = plan.cases.series_ranks(position)
    day = documents[0]
    for company in range(3):
        found = plan.exposures.between(company, plan.cases.frontiers(position), documents, day)

        assert gained(plan, company, position, day) == found


def test_wrong_documents_are_at_risk_until_they_are_reversed(mistaken: JournalPlan) -> None:
    """Wrong invoices are open items, and wrong payments leave less open, on both sides of the books."""
    plan, places = mistaken, set()
    for position in range(150, plan.schedule.total, 611):
        documents = plan.cases.series_ranks(position)
        day = documents[0]
        opened = plan.cases.wrong.open_at(*documents)
        for at in range(len(plan.schedule.document_series)):
            series = plan.series[at]
            if series.valuation and opened.count(at):
                side = series.receives if series.valuation == Valuation.SETTLES else -1
                places.add((int(series.valuation), int(side)))
        for company in range(3):
            found = plan.exposures.between(company, plan.cases.frontiers(position), documents, day)

            assert gained(plan, company, position, day) == found

            at_begin = int(plan.schedule.entries_before[day])
            if day:
                assert gained(plan, company, at_begin, day - 1) == before_day(plan, company, day)
    assert {(1, -1), (2, 0), (2, 1)} == places


def test_a_company_without_trade_abroad_has_none() -> None:
    """Where nothing is in foreign currency nothing is gained or lost."""
    plan = seen(MONTH, WITHOUT).journal._plan

    (found,) = plan.exposures.before_days(0, np.array([25]), look(plan, [25]))

    assert (0, 0) == found
