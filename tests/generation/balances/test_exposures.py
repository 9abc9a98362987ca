"""What open items in foreign currency are worth."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.open_items import list_open_items
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


def before_day(plan: JournalPlan, company: int, day: int) -> tuple[int, int]:
    """Return the exposure before one day."""
    (found,) = plan.exposures.before_days(company, np.array([day]), look(plan, [0, day, 123]))
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
    day = int(plan.cases.series_ranks(position)[0])
    for company in range(3):
        found = plan.exposures.between(company, plan.cases.frontiers(position), day)

        assert gained(plan, company, position, day) == found


def test_a_company_without_trade_abroad_has_none() -> None:
    """Where nothing is in foreign currency nothing is gained or lost."""
    plan = seen(MONTH, WITHOUT).journal._plan

    (found,) = plan.exposures.before_days(0, np.array([25]), look(plan, [25]))

    assert (0, 0) == found
