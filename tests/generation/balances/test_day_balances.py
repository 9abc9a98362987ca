"""Books before days, against adding up the lines of every entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.closes.opening_balances import cash_accounts
from tests.generation.looked import look

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan
    from tests.generation.balances.conftest import WithoutCloses

DAYS = [0, 1, 45, 91, 91, 92, 122, 123]


def test_movements_before_days_are_those_of_lines(plan: JournalPlan, plain: WithoutCloses) -> None:
    """What accounts have moved by before each of some days is what their lines add up to."""
    day_balances = look(plan, DAYS)
    for company in range(3):
        found = day_balances.movements(company)
        for place, day in enumerate(DAYS):
            expected = plain.upto(int(plan.schedule.entries_before[day]))[company]
            assert np.array_equal(expected[:, 0] - expected[:, 1], found[place])


def test_cash_is_followed_day_by_day(plan: JournalPlan, plain: WithoutCloses) -> None:
    """What is posted to a followed account before every single day is what its lines add up to."""
    day_balances = look(plan, DAYS)
    days = np.arange(plan.schedule.horizon.days + 1)
    before = [plain.upto(int(position)) for position in plan.schedule.entries_before]
    for company in range(3):
        for account in cash_accounts(plan.chart):
            for side in (0, 1):
                expected = [int(sums[company, account, side]) for sums in before]

                assert expected == day_balances.posted_before(company, 2 * account + side, days).tolist()


def test_any_days_in_any_order_have_the_same_sums(plan: JournalPlan) -> None:
    """A followed account's sum before a day does not depend on what else is looked at."""
    day_balances = look(plan, DAYS)
    (bank,) = plan.chart.pools["bank"]
    days = np.array([100, 3, 77, 3])
    alone = [int(day_balances.posted_before(1, 2 * bank, days[at : at + 1])[0]) for at in range(len(days))]

    assert alone == day_balances.posted_before(1, 2 * bank, days).tolist()


def test_what_is_open_at_the_start_is_kept(plan: JournalPlan) -> None:
    """Opening sums are those of the cases, asked for once or twice."""
    day_balances = look(plan, DAYS)
    for _ in range(2):
        for company in range(3):
            assert plan.cases.opening(company).tolist() == day_balances.opened(company).tolist()
