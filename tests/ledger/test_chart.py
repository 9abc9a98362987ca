"""The chart of accounts."""

from __future__ import annotations

import pytest

from datasynth.generation.closes.items import CARRY_FORWARD, CLOSING_ITEMS, SQUARES
from datasynth.ledger.chart import Account, Chart, standard_chart
from datasynth.ledger.processes import CHAIN_KINDS, SINGLE_KINDS


def names(chart: Chart, pool: str) -> list[str]:
    """Return the names of a pool's accounts."""
    return [chart.accounts[index].name for index in chart.pools[pool]]


def test_accounts_are_sorted_and_unique() -> None:
    """About a hundred accounts of four digits, in ascending order, each once, each with its own name."""
    codes = [account.code for account in standard_chart().accounts]

    assert 90 <= len(codes) <= 130
    assert sorted(set(codes)) == codes
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert len(codes) == len({account.name for account in standard_chart().accounts})


@pytest.mark.parametrize(
    ("code", "kind", "of_result"),
    [
        ("1100", "asset", False),
        ("2000", "liability", False),
        ("3200", "equity", False),
        ("4000", "revenue", True),
        ("5000", "expense", True),
        ("6100", "expense", True),
        ("7000", "expense", True),
        ("8000", "expense", True),
    ],
)
def test_the_first_digit_is_the_class(code: str, kind: str, of_result: bool) -> None:
    """Assets, liabilities and equity stay at the year's end; revenue and expenses are closed."""
    account = Account(code, "", "")

    assert (kind, of_result) == (account.type, account.of_result)


def test_every_account_belongs_to_the_pool_it_names() -> None:
    """Pools are indexes into the accounts, and none is left out."""
    chart = standard_chart()
    for index, account in enumerate(chart.accounts):
        assert index in chart.pools[account.pool]


def test_every_pool_that_is_posted_to_exists() -> None:
    """Processes and closes name pools of the chart only."""
    steps = [step for kind in (*CHAIN_KINDS, *SINGLE_KINDS) for step in kind.steps]
    named = {posting.pool for step in steps for posting in (*step.debit, *step.credit)}
    named |= {
        pool for item in (*CLOSING_ITEMS, CARRY_FORWARD, *SQUARES) for pool in (item.debit, item.credit)
    }

    assert named <= set(standard_chart().pools)


def test_no_account_lies_idle() -> None:
    """Every account is in a pool that some process, some close or another pool posts to."""
    chart = standard_chart()
    steps = [step for kind in (*CHAIN_KINDS, *SINGLE_KINDS) for step in kind.steps]
    named = {posting.pool for step in steps for posting in (*step.debit, *step.credit)}
    named |= {pool for item in (*CLOSING_ITEMS, CARRY_FORWARD) for pool in (item.debit, item.credit)}
    used = {index for pool in named for index in chart.pools[pool]}

    assert set(range(len(chart.accounts))) == used


@pytest.mark.parametrize("asset_class", ["equipment", "machinery", "vehicles", "buildings"])
def test_every_asset_class_has_its_depreciation(asset_class: str) -> None:
    """An asset class has one account of cost, one of accumulated and one of the year's depreciation."""
    chart = standard_chart()

    assert asset_class in chart.accounts[chart.only(asset_class)].name.lower()
    assert [f"Accumulated depreciation, {asset_class}"] == names(chart, f"{asset_class}_depreciation")
    assert [f"Depreciation, {asset_class}"] == names(chart, f"depreciation.{asset_class}")


def test_composed_pools_are_made_of_others() -> None:
    """Purchases are inventory and expenses, fixed assets the four classes, busiest first."""
    pools = standard_chart().pools

    assert pools["inventory"] + pools["expense"] == pools["purchases"]
    assert len(pools["fixed_assets"]) == 4
    assert pools["equipment"] == pools["fixed_assets"][:1]
    assert pools["expense"] == pools["expense_relieved"][::-1]
    assert ["Rent of premises"] == names(standard_chart(), "rent")


@pytest.mark.parametrize("pool", ["expense", "no such pool"])
def test_only_is_for_pools_of_one(pool: str) -> None:
    """A pool of several accounts, or none, has no single one."""
    with pytest.raises(ValueError, match="unpack"):
        standard_chart().only(pool)


def test_only_finds_the_account() -> None:
    """Trade receivables are account 1100."""
    chart = standard_chart()

    assert "1100" == chart.accounts[chart.only("receivables")].code
