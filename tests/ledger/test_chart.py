"""The charts of accounts."""

from __future__ import annotations

import re

import pytest

from datasynth.config import COMPLEXITIES
from datasynth.ledger.chart import Account, Chart, chart_of
from datasynth.ledger.closes import CARRY_FORWARD, CLOSING_ITEMS, TRUE_UPS
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS

SINGLE = """
    bank payroll_bank petty_cash card_clearing receivables receivables_revaluation unbilled_receivables
    intercompany_receivable intercompany_clearing input_tax employee_advances receivables_allowance
    inventory_reserve software assets_under_construction equipment_depreciation machinery_depreciation
    vehicles_depreciation buildings_depreciation impairment_allowance loan_receivable payables
    payables_revaluation asset_payables employee_payables intercompany_payable output_tax net_pay_payable
    wage_tax_payable contributions_payable income_tax_payable other_tax_payable rent_payable
    accrued_expenses accrued_payroll accrued_bonus accrued_interest goods_not_invoiced accrued_audit
    deferred_revenue loans grir grir_adjustment share_capital retained_earnings
    retained_earnings_brought_forward income_summary sales_returns discount_given payment_difference
    accrued_revenue intercompany_revenue other_income exchange_gain interest_income price_difference
    discount_taken inventory_expense inventory_difference impairment bonus audit_fees intercompany_expense
    bad_debt low_value_assets rounding_difference bank_charges interest_expense exchange_loss income_tax
"""

KEPT = {
    "1010": "Bank, main account",
    "1100": "Trade receivables",
    "2000": "Trade payables",
    "2900": "Goods received / invoice received clearing",
    "3200": "Retained earnings of the year",
    "4000": "Product sales, domestic",
    "5000": "Cost of goods sold",
    "6100": "Salaries",
    "6300": "Rent of premises",
    "8000": "Income tax expense",
}


@pytest.fixture(params=COMPLEXITIES)
def chart(request: pytest.FixtureRequest) -> Chart:
    """Each of the three charts."""
    return chart_of(request.param)


def names(chart: Chart, pool: str) -> list[str]:
    """Return the names of a pool's accounts."""
    return [chart.accounts[index].name for index in chart.pools[pool]]


@pytest.mark.parametrize(
    ("complexity", "least", "most"), [("small", 95, 120), ("medium", 380, 420), ("large", 2_375, 2_625)]
)
def test_sizes(complexity: str, least: int, most: int) -> None:
    """Charts have about 100, 400 and 2,500 accounts."""
    assert least <= len(chart_of(complexity).accounts) <= most


def test_codes_and_names_are_unique(chart: Chart) -> None:
    """Accounts have four digits, in ascending order; no code and no name occurs twice, headings included."""
    codes = [account.code for account in chart.accounts]
    everything = [*chart.accounts, *chart.headings]

    assert sorted(set(codes)) == codes
    assert all(re.fullmatch(r"[1-8]\d{3}", code) for code in codes)
    assert len(everything) == len({each.code for each in everything})
    assert len(everything) == len({each.name for each in everything})


def test_names_are_names(chart: Chart) -> None:
    """A name says what is booked there, in words, and is not numbered."""
    for each in (*chart.accounts, *chart.headings):
        assert re.fullmatch(r"[A-Z][A-Za-z/,:'\- ]{2,70}[A-Za-z]", each.name), each


@pytest.mark.parametrize(("smaller", "larger"), [("small", "medium"), ("medium", "large")])
def test_larger_charts_contain_smaller_ones(smaller: str, larger: str) -> None:
    """An account of a smaller chart is in the larger one too, and leads its pool in the same order."""
    less, more = chart_of(smaller), chart_of(larger)

    assert set(less.accounts) < set(more.accounts)
    assert set(less.headings) <= set(more.headings)
    for pool in {account.pool for account in less.accounts}:
        assert names(less, pool) == names(more, pool)[: len(less.pools[pool])]


@pytest.mark.parametrize(("code", "name"), KEPT.items())
def test_well_known_accounts(code: str, name: str, chart: Chart) -> None:
    """The accounts of the first releases are still called so."""
    assert [name] == [account.name for account in chart.accounts if account.code == code]


def test_every_account_has_its_headings(chart: Chart) -> None:
    """Each account stands under a class and a group, and no heading is empty or posted to."""
    begun = {account.code[:length] for account in chart.accounts for length in (1, 2)}

    assert begun == {heading.code for heading in chart.headings}
    assert sorted(begun) == [heading.code for heading in chart.headings]
    assert {False} == {heading.postable for heading in chart.headings}
    assert {True} == {account.postable for account in chart.accounts}


@pytest.mark.parametrize(
    ("code", "kind", "of_result", "side"),
    [
        ("1100", "asset", False, "debit"),
        ("2000", "liability", False, "credit"),
        ("3200", "equity", False, "credit"),
        ("4000", "revenue", True, "credit"),
        ("5000", "expense", True, "debit"),
        ("6100", "expense", True, "debit"),
        ("7000", "expense", True, "debit"),
        ("7200", "expense", True, "debit"),
        ("7500", "revenue", True, "credit"),
        ("7600", "revenue", True, "credit"),
        ("8000", "expense", True, "debit"),
    ],
)
def test_the_first_digit_is_the_class(code: str, kind: str, of_result: bool, side: str) -> None:
    """Assets, liabilities and equity stay at the year's end; revenue and expenses are closed."""
    account = Account(code, "", "pool")

    assert (kind, of_result, side) == (account.type, account.of_result, account.normal_side)
    assert code[0] == account.account_class


def test_contra_accounts(chart: Chart) -> None:
    """What reduces its class has the other side."""
    credit = {account.name for account in chart.accounts if account.type == "asset" and account.contra}
    reduced = {account.name for account in chart.accounts if account.type == "revenue" and account.contra}
    relieved = {account.name for account in chart.accounts if account.type == "expense" and account.contra}

    assert {"Allowance for doubtful receivables", "Inventory reserve", "Accumulated impairment"} <= credit
    assert 7 == len(credit)
    assert {
        "Sales returns and allowances",
        "Cash discounts given",
        "Payment differences written off",
    } == reduced
    assert {"Cash discounts taken"} == relieved
    for account in chart.accounts:
        usual = "debit" if account.type in {"asset", "expense"} else "credit"
        assert account.contra == (usual != account.normal_side)


def test_control_accounts(chart: Chart) -> None:
    """Seven accounts sum up a subledger, the same in every chart."""
    assert {
        "1100": "customer",
        "1150": "company",
        "2000": "vendor",
        "2010": "vendor",
        "2050": "company",
        "2060": "employee",
        "2900": "goods",
    } == {account.code: account.control for account in chart.accounts if account.control}


def test_every_account_belongs_to_the_pool_it_names(chart: Chart) -> None:
    """Pools are indexes into the accounts, and none is left out or listed twice."""
    for index, account in enumerate(chart.accounts):
        assert 1 == chart.pools[account.pool].count(index)


@pytest.mark.parametrize("pool", SINGLE.split())
def test_single_accounts(pool: str, chart: Chart) -> None:
    """What the books need one account for has one, in every chart the same."""
    assert chart_of("small").accounts[chart_of("small").only(pool)] == chart.accounts[chart.only(pool)]


@pytest.mark.parametrize(
    ("pool", "small", "medium", "large"),
    [
        ("expense", 8, 120, 450),
        ("revenue", 4, 40, 350),
        ("service_revenue", 4, 15, 250),
        ("cost_of_sales", 4, 30, 500),
        ("inventory", 4, 25, 300),
        ("salaries", 4, 18, 80),
        ("travel", 4, 15, 80),
        ("social_cost", 2, 8, 80),
    ],
)
def test_choice_grows_with_the_chart(pool: str, small: int, medium: int, large: int) -> None:
    """Where many accounts serve alike, larger charts have many more."""
    for complexity, least in zip(COMPLEXITIES, (small, medium, large), strict=True):
        assert least <= len(chart_of(complexity).pools[pool]) < least * 1.4


def test_revenue_of_both_kinds_is_in_class_four(chart: Chart) -> None:
    """Goods and services are sold on accounts that begin with 4."""
    for pool in ("revenue", "service_revenue"):
        assert {"4"} == {chart.accounts[index].account_class for index in chart.pools[pool]}


def test_every_pool_that_is_posted_to_exists(chart: Chart) -> None:
    """Processes and closes name pools of the chart only."""
    steps = [step for kind in (*CASE_KINDS, *SINGLE_KINDS) for step in kind.steps]
    named = {posting.pool for step in steps for posting in (*step.debit, *step.credit)}
    named |= {
        pool for item in (*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS) for pool in (item.debit, item.credit)
    }

    assert named <= set(chart.pools)


@pytest.mark.parametrize("asset_class", ["equipment", "machinery", "vehicles", "buildings"])
def test_every_asset_class_has_its_depreciation(asset_class: str, chart: Chart) -> None:
    """An asset class has a main account, one of accumulated and one of the year's depreciation."""
    assert asset_class in names(chart, asset_class)[0].lower()
    assert [f"Accumulated depreciation, {asset_class}"] == names(chart, f"{asset_class}_depreciation")
    assert [f"Depreciation, {asset_class}"] == names(chart, f"depreciation.{asset_class}")


def test_composed_pools_are_made_of_others(chart: Chart) -> None:
    """Purchases are inventory and expenses, fixed assets the four classes, busiest first."""
    pools = chart.pools

    assert pools["inventory"] + pools["expense"] == pools["purchases"]
    assert pools["equipment"] == pools["fixed_assets"][: len(pools["equipment"])]
    assert sum(len(pools[name]) for name in ("equipment", "machinery", "vehicles", "buildings")) == len(
        pools["fixed_assets"]
    )
    assert pools["expense"] == pools["expense_relieved"][::-1]
    assert ["Rent of premises"] == names(chart, "rent")


def test_services_are_expenses_that_vendors_invoice(chart: Chart) -> None:
    """Services bought are expenses, as busy among themselves as among all, without rent and supplies."""
    bought = chart.pools["services_bought"]

    assert [index for index in chart.pools["expense"] if index in set(bought)] == list(bought)
    assert "Consulting fees" in names(chart, "services_bought")
    assert not {"Rent of premises", "Office supplies"} & set(names(chart, "services_bought"))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("6502", "Office supplies, sales department"),
        ("4012", "Product sales, export to Asia"),
        ("4033", "Sales of spare parts, export to Asia"),
        ("6912", "Travel, rail, sales department"),
        ("1703", "Stock of steel and iron, north plant"),
        ("5601", "Cost of machines sold, material"),
    ],
)
def test_splits_read_like_names(code: str, name: str) -> None:
    """An account below another one is called by both, and its last digit tells the dimension."""
    assert [name] == [account.name for account in chart_of("large").accounts if account.code == code]


@pytest.mark.parametrize("pool", ["expense", "no such pool"])
def test_only_is_for_pools_of_one(pool: str, chart: Chart) -> None:
    """A pool of several accounts, or none, has no single one."""
    with pytest.raises(ValueError, match="unpack"):
        chart.only(pool)


def test_there_is_no_other_chart() -> None:
    """A complexity that nobody knows is refused."""
    with pytest.raises(ValueError, match="not in tuple"):
        chart_of("tiny")
