"""Balances at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from datasynth.generation.closes.opening_balances import CASH, most_needed
from datasynth.generation.draws import below, draws, make_key
from datasynth.ledger.closes import ASSET_CLASSES
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.journal import Journal

EQUITY = ("share_capital", "retained_earnings_brought_forward")


def test_books_are_open_and_balance(seen: Seen) -> None:
    """Every company's opening balances sum to nil, and income and expense begin at nil."""
    opening, chart = seen.balances(0).opening, seen.journal.chart
    result = [at for at, account in enumerate(chart.accounts) if account.of_result]

    assert [0] * len(opening) == opening.sum(axis=1).tolist()
    assert not opening[:, result].any()
    assert not opening[:, [chart.only("income_summary"), chart.only("retained_earnings")]].any()
    assert (opening[:, chart.only("share_capital")] < 0).all()


def test_accounts_open_on_their_usual_side(seen: Seen) -> None:
    """Assets in debit, liabilities in credit; only what is brought forward may be a loss."""
    opening = seen.balances(0).opening
    for at, account in enumerate(seen.journal.chart.accounts):
        if account.pool not in EQUITY:
            assert (opening[:, at] * (1 if account.normal_side == "debit" else -1) >= 0).all(), account.code


def test_control_accounts_open_with_their_items(seen: Seen) -> None:
    """What is owed at the start is what the list of open items says, and nothing else."""
    opening = seen.balances(0).opening.copy()
    items, _ = seen.journal.open_items(0, None, 0, 10**6)
    control = [at for at, account in enumerate(seen.journal.chart.accounts) if account.control]
    for item in items:
        opening[item.company, item.account] -= item.local_amount

    assert not opening[:, control].any()


def test_the_bank_opens_with_what_the_lowest_day_needs(small: Journal) -> None:
    """Counting each day's payments before its receipts, the lowest day leaves the margin and no more."""
    seen = Seen.of(small)
    opening = small.balances(0).opening
    day_of_line, local = (
        (seen.block.posting_day - seen.block.posting_day[0])[seen.entry],
        seen.block.local_amount,
    )
    for pool in CASH:
        account = small.chart.only(pool)
        for company in range(3):
            mine = (seen.company == company) & (seen.block.account == account)
            received, paid = (
                np.bincount(day_of_line[lines], weights=np.abs(local[lines]), minlength=124)
                for lines in (mine & (local > 0), mine & (local < 0))
            )
            before = np.concatenate([[0], np.cumsum(received)[:-1]])
            need = max(int((np.cumsum(paid) - before).max()), 0)

            assert need + need // 10 + (need > 0) == opening[company, account]


def test_assets_open_with_cost_and_wear(small: Journal) -> None:
    """Each class has been bought and partly worn before the start."""
    opening, chart = small.balances(0).opening, small.chart
    for company, figures in enumerate(small._plan.closes.calculator.figures):
        for number, asset_class in enumerate(ASSET_CLASSES):
            cost = int(opening[company, list(chart.pools[asset_class])].sum())
            worn = -int(opening[company, chart.only(f"{asset_class}_depreciation")])

            assert 0 < figures.opening_depreciation(number) <= worn < cost
            assert figures.opening_cost(number) <= cost


def test_balance_sheet_accounts_keep_their_side_to_the_end(small: Journal) -> None:
    """When a month has been closed no asset has a credit balance and no liability a debit one."""
    seen = Seen.of(small)
    chart = small.chart
    passing = {"income_summary", "retained_earnings", "retained_earnings_brought_forward"}
    passing |= {"intercompany_clearing", "loan_receivable", "tax_return_payable", "receivables_revaluation"}
    passing |= {"payables_revaluation", "input_tax", "output_tax", "grir_adjustment"}
    for last in {close.last_day for close in small._plan.schedule.closes}:
        found = seen.net(small.entries_through(int(seen.block.posting_day[0]) + last))
        for at, account in enumerate(chart.accounts):
            if not account.of_result and account.pool not in passing:
                side = 1 if account.normal_side == "debit" else -1
                assert (found[:, at] * side >= 0).all(), (account.code, last)


@given(st.integers(0, 2**32), st.integers(1, 2_000), st.integers(1, 9), st.integers(-2, 2))
def test_the_most_needed_is_found_without_looking_at_every_day(
    seed: int, days: int, most: int, drift: int
) -> None:
    """Cutting spans finds what going through all days finds, whichever way the account drifts."""
    moved = below(draws(make_key(seed), np.arange(2 * days), 0), most).reshape(2, days)
    paid = np.concatenate([[0], np.cumsum(moved[0] + max(drift, 0))])
    received = np.concatenate([[0], np.cumsum(moved[1] + max(-drift, 0))])

    assert int((paid[1:] - received[:-1]).max()) == most_needed(
        lambda looked: paid[looked], lambda looked: received[looked], days
    )


def test_days_that_cannot_need_most_are_left_out() -> None:
    """Of ten years with a steady trend, only some days are looked at."""
    days = 3_650
    noise = draws(make_key(1), np.arange(days), 0).astype(np.float64) / 2.0**64
    paid = np.concatenate([[0], np.cumsum((noise * 200).astype(np.int64) + 20)])
    received = np.concatenate([[0], np.cumsum((noise[::-1] * 200).astype(np.int64))])
    seen: set[int] = set()

    def before(sums: NDArray[np.int64], looked: NDArray[np.int64]) -> NDArray[np.int64]:
        seen.update(looked.tolist())
        return sums[looked]

    most = most_needed(lambda looked: before(paid, looked), lambda looked: before(received, looked), days)

    assert int((paid[1:] - received[:-1]).max()) == most
    assert len(seen) < 250
