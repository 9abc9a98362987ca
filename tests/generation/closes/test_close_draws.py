"""What is drawn for closes, against drawing for one entry after the other."""

from __future__ import annotations

import pytest

from datasynth.generation.closes.close_draws import EntryDraws, draw_closes
from datasynth.generation.draws import draw, make_key
from datasynth.generation.schedule.closing_plan import Close
from datasynth.ledger.chart import chart_of
from datasynth.ledger.closes import CARRY_FORWARD, Basis, ClosingItem, items_of
from tests.generation.closes.test_calculator import FIGURES

CHART = chart_of("large")
SEED = 77


def drawn_alone(item: ClosingItem, company: int, when: tuple[int, ...]) -> EntryDraws:
    """Draw for one entry."""
    key = make_key(SEED, "close", item.name, company, *when)
    accounts = []
    for field, pool in enumerate((item.debit, item.credit)):
        members = CHART.pools[pool]
        accounts.append(members[(draw(key, 0, field) >> 32) * len(members) >> 32])
    share = draw(key, 0, 2)
    if item.basis is Basis.INTERCOMPANY:
        charger = FIGURES[company].charger if item.receives else company
        share = draw(make_key(SEED, "intercompany", charger, *when), 0, 0)
    return EntryDraws(accounts[0], accounts[1], share, key)


@pytest.mark.parametrize("company", [0, 1])
@pytest.mark.parametrize("when", [[(30,), (60,), (91,)], [(30, 1_000_000), (60, 1_000_001), (91, 1_000_002)]])
def test_draws_of_many_closes_are_those_of_each_entry(company: int, when: list[tuple[int, ...]]) -> None:
    """Whatever closes are drawn for together, and whether by date or by call, each has its own draws."""
    patterns = ("month_end", "quarter_end", "year_end")
    closes = [Close(company, pattern, items_of(pattern), 29, 30, 31) for pattern in patterns]
    found = draw_closes(CHART, SEED, FIGURES[company], closes, when)

    for close, of_close, drawn in zip(closes, when, found, strict=True):
        wanted = [*close.items, *([CARRY_FORWARD] if close.carries_forward else [])]
        assert {item.name: drawn_alone(item, company, of_close) for item in wanted} == drawn


def test_a_close_without_a_next_day_carries_nothing_forward() -> None:
    """Nothing is drawn for what does not occur."""
    close = Close(0, "year_end", items_of("year_end"), 29, 30, -1)
    (drawn,) = draw_closes(CHART, SEED, FIGURES[0], [close], [(30,)])

    assert [item.name for item in close.items] == list(drawn)
