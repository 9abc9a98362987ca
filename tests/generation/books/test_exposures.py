"""What open items in foreign currency are worth."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.books.open_items import list_open_items
from tests.generation.effects.worlds import MONTH, WITHOUT, seen
from tests.generation.looked import look
from tests.naive.valued import worth

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground

LEAD_DAYS = 120
RECEIVED = ("receivables", "intercompany_receivable")


def gained(ground: Ground, company: int, position: int, day: int) -> tuple[int, int]:
    """Value each open item by itself: what receivables and payables have gained since they were booked."""
    own = ground.config.companies[company].currency
    items, _ = list_open_items(ground, position, company, 0, 10**6)
    more = [0, 0]
    for item in items:
        if item.currency != own:
            row = ground.rates.pairs.index((item.currency, own))
            place = row, LEAD_DAYS + day
            rate = Fraction(int(ground.rates.printed[place]), 10 ** int(ground.rates.places[place]))
            value = worth(abs(item.amount), rate, item.currency, own) * (1 if item.amount > 0 else -1)
            pool = ground.chart.accounts[item.account].pool
            more[pool not in RECEIVED] += value - item.local_amount
    return more[0], more[1]


def before_day(ground: Ground, company: int, day: int) -> tuple[int, int]:
    """Return the exposure before one day."""
    (found,) = ground.exposures.before_days(company, np.array([day]), look(ground, [0, day, 123]))
    return found


@pytest.mark.parametrize("day", [1, 31, 77, 120])
@pytest.mark.parametrize("company", [0, 1, 2])
def test_exposure_is_that_of_every_open_item(ground: Ground, company: int, day: int) -> None:
    """Before a day, receivables and payables have gained what their items have, one by one."""
    position = int(ground.schedule.entries_before[day])
    found = before_day(ground, company, day)

    assert gained(ground, company, position, day - 1) == found


def test_there_is_something_at_risk(ground: Ground) -> None:
    """Rates move, so that both receivables and payables of each company gain or lose."""
    for company in range(3):
        found = [before_day(ground, company, day) for day in (31, 77, 120)]

        assert all(any(pair[side] for pair in found) for side in (0, 1))


def test_between_two_steps_only_what_is_open_counts(ground: Ground) -> None:
    """At a position inside a day, exposure follows the items open there."""
    position = 5_432
    day = int(ground.chains.leaf_ranks(position)[0])
    for company in range(3):
        found = ground.exposures.between(company, ground.chains.reaches(position), day)

        assert gained(ground, company, position, day) == found


def test_a_company_without_trade_abroad_has_none() -> None:
    """Where nothing is in foreign currency nothing is gained or lost."""
    ground = seen(MONTH, WITHOUT).journal._ground

    (found,) = ground.exposures.before_days(0, np.array([25]), look(ground, [25]))

    assert (0, 0) == found
