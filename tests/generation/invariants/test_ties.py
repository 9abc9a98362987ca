"""The ledger ties at any position and after each close, whatever is configured or called for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.generation.closes.opening_balances import CASH
from datasynth.generation.draws import draw
from datasynth.ledger.closes import ASSET_CLASSES

if TYPE_CHECKING:
    from datasynth.generation.open_items import OpenItem
    from tests.generation.seen import Seen

RANDOM_POSITIONS = 20
CLOSES = ("SB", "AF", "CO", "IE", "AJ", "CL", "CF", "XC", "XS", "XF")


def random_positions(seen: Seen) -> list[int]:
    """Return positions all over a journal, both ends among them."""
    total = seen.journal.total
    drawn = (draw(total, number, 0) * (total + 1) >> 64 for number in range(RANDOM_POSITIONS))
    return sorted({0, total, *drawn})


def after_closes(seen: Seen) -> list[int]:
    """Return the positions right behind the entries of each day that has some of a close."""
    closing = np.isin(seen.types, CLOSES)
    ends = np.flatnonzero(closing[:-1] & (~closing[1:] | (np.diff(seen.block.posting_day) > 0))) + 1
    return sorted({*ends.tolist(), seen.journal.total})


def open_items(seen: Seen, position: int) -> list[OpenItem]:
    """List everything that is open at a position, page by page."""
    items: list[OpenItem] = []
    after: int | None = 0
    while after is not None:
        page, after = seen.journal.open_items(position, None, after, 500)
        items += page
    return items


def test_balances_are_what_all_entries_before_add_up_to(seen: Seen) -> None:
    """Both sides of every account, at random positions and after each close."""
    for position in (*random_positions(seen), *after_closes(seen)):
        found = seen.balances(position)
        plain = seen.turnover(position)

        assert np.array_equal(plain[:, :, 0], found.debit), position
        assert np.array_equal(plain[:, :, 1], found.credit), position


def test_control_accounts_are_their_open_items(seen: Seen) -> None:
    """In the company's currency, what is listed as open is what stands on the account, no more, no less."""
    chart = seen.journal.chart
    control = [at for at, account in enumerate(chart.accounts) if account.control]
    for position in (*random_positions(seen)[::3], *after_closes(seen)[::4]):
        listed = np.zeros((len(seen.words.companies), len(chart.accounts)), dtype=np.int64)
        for item in open_items(seen, position):
            assert item.local_amount
            listed[item.company, item.account] += item.local_amount

        assert seen.net(position)[:, control].tolist() == listed[:, control].tolist(), position
        assert not np.delete(listed, control, axis=1).any()


def test_assets_are_liabilities_equity_and_result(seen: Seen) -> None:
    """The balance sheet of every company balances at any position, the first one included."""
    kinds = np.array([account.type for account in seen.journal.chart.accounts])
    for position in (*random_positions(seen), *after_closes(seen)):
        found = seen.net(position)
        assets = found[:, kinds == "asset"].sum(axis=1)
        others = found[:, kinds != "asset"].sum(axis=1)

        assert assets.tolist() == (-others).tolist()


def test_cash_is_never_below_zero(seen: Seen) -> None:
    """No bank account and no cash box is overdrawn after any entry."""
    opening = seen.balances(0).opening
    moved = False
    for pool in CASH:
        (account,) = seen.journal.chart.pools[pool]
        for company in range(len(seen.words.companies)):
            mine = (seen.company == company) & (seen.block.account == account)
            reached = opening[company, account] + np.cumsum(seen.block.local_amount[mine])

            assert opening[company, account] >= 0
            assert reached.min(initial=0) >= 0, (pool, company)
            moved |= bool(mine.any())
    assert moved


def test_no_asset_class_is_worn_by_more_than_it_cost(seen: Seen) -> None:
    """Accumulated depreciation stays within the cost, after any entry."""
    chart, opening = seen.journal.chart, seen.balances(0).opening
    for asset_class in ASSET_CLASSES:
        accounts = [*chart.pools[asset_class], chart.only(f"{asset_class}_depreciation")]
        on = np.isin(seen.block.account, accounts)
        for company in range(len(seen.words.companies)):
            left = int(opening[company, accounts].sum())
            reached = left + np.cumsum(seen.block.local_amount[on & (seen.company == company)])

            assert left >= 0
            assert reached.min(initial=0) >= 0, (asset_class, company)
            assert opening[company, accounts[-1]] <= 0


def year_ends(seen: Seen) -> list[tuple[int, int]]:
    """Return companies and positions right behind the last entry of each year that a company closes."""
    plan = seen.journal._plan
    first = plan.schedule.horizon.first_day
    return [
        (close.company, int(np.searchsorted(seen.block.posting_day, first + close.last_day, side="right")))
        for close in plan.schedule.closes
        if any(item.name == "close_result" for item in close.items)
    ]


def test_income_and_expense_are_nil_after_each_year(seen: Seen) -> None:
    """Every account of the result and the income summary are closed, triggered closes included."""
    chart = seen.journal.chart
    closed = [at for at, account in enumerate(chart.accounts) if account.of_result]
    closed.append(chart.only("income_summary"))
    for company, position in year_ends(seen):
        found = seen.net(position)[company]

        assert {0} == set(found[closed].tolist()), (company, position)


def test_retained_earnings_move_by_the_result_of_the_year(seen: Seen) -> None:
    """What a year's income and expense come to is added to equity, and carried forward the day after."""
    chart, block = seen.journal.chart, seen.block
    retained = chart.only("retained_earnings")
    both = [retained, chart.only("retained_earnings_brought_forward")]
    result = [at for at, account in enumerate(chart.accounts) if account.of_result]
    closing = np.char.startswith(seen.header_texts, "Closing of income and expense accounts")
    for company, position in year_ends(seen):
        year = block.fiscal_year[position - 1]
        begin = int(np.searchsorted(block.fiscal_year, year))
        mine = (block.fiscal_year == year) & (block.company == company) & ~closing
        earned = int(block.local_amount[mine[seen.entry] & np.isin(block.account, result)].sum())
        moved = seen.net(position)[company, both] - seen.net(begin)[company, both]
        tomorrow = int(np.searchsorted(block.posting_day, block.posting_day[position - 1] + 1, side="right"))

        assert earned == moved.sum()
        assert tomorrow == position or 0 == seen.net(tomorrow)[company, retained]


@pytest.mark.parametrize("position", [-1, 10**9])
def test_positions_outside_are_refused(seen: Seen, position: int) -> None:
    """There are no balances and no items before the start and after the end."""
    with pytest.raises(ValueError, match="no position"):
        seen.journal.balances(position)
    with pytest.raises(ValueError, match="no position"):
        seen.journal.open_items(position, None, 0, 1)
