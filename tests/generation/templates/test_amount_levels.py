"""How large purchases and expenses are, beside sales."""

from __future__ import annotations

import pytest

from datasynth.config import INDUSTRIES, config_from_mapping
from datasynth.generation.templates.amount_levels import amount_levels
from datasynth.generation.templates.amounts import USUAL_LEVEL, AmountTerms, mean_amount
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS

SPENDING = ("expense", "payroll", "travel", "small", "levy", "charge", "low_value")


def levels_of(counts: dict[str, int], name: str = "retail") -> dict[str, int]:
    """Find the levels of an industry with so many cases and documents of some kinds."""
    config = config_from_mapping({"global": {"industry": name}})
    cases, singles = ([counts.get(kind.name, 0) for kind in kinds] for kinds in (CASE_KINDS, SINGLE_KINDS))
    return amount_levels(config, cases, singles)


def mean_of(profile: str, name: str = "retail") -> int:
    """Return the mean amount of a profile. [minor units]"""
    config = config_from_mapping({"global": {"industry": name}})
    return mean_amount(profile, AmountTerms.of(config, "USD"))


@pytest.mark.parametrize("name", INDUSTRIES)
def test_goods_bought_come_to_the_cost_of_those_sold(name: str) -> None:
    """Purchases at their level are worth what the deliveries had cost, unless that is out of bounds."""
    level = levels_of({"order": 100, "purchase": 80}, name)["purchase"]
    low, high = industry(name).cost
    cost = 100 * mean_of("sale", name) * (low + high) / 2_000

    assert 80 * mean_of("purchase", name) * level / USUAL_LEVEL == pytest.approx(cost, rel=0.02) or level in {
        100,
        10_000,
    }


def test_the_more_is_bought_the_smaller_is_each_purchase() -> None:
    """Levels fall with the number of purchases, and never beyond their bounds."""
    levels = [levels_of({"order": 300, "purchase": count})["purchase"] for count in (1, 30, 60, 10**6)]

    assert 10_000 == levels[0]
    assert levels[1] == pytest.approx(2 * levels[2], rel=0.01)
    assert 100 == levels[3]


def test_companies_live_on_what_they_sell() -> None:
    """What is spent comes to a part of what sales leave after their cost, alike for all that is spent."""
    counts = {"cash_sale": 1_000, "invoice": 200, "payroll": 40, "travel": 300}
    levels = levels_of(counts)
    profiles = {"invoice": "expense", "payroll": "payroll", "travel": "travel"}
    spent = sum(
        counts[kind] * mean_of(profile) * levels[profile] / USUAL_LEVEL for kind, profile in profiles.items()
    )
    sold = 1_000 * mean_of("sale")

    assert 0.6 * sold < spent < 0.9 * sold
    assert 1 == len({levels[profile] for profile in SPENDING})


def test_investments_are_a_small_part_of_sales() -> None:
    """Fixed assets are bought for some percent of what is sold."""
    level = levels_of({"cash_sale": 5_000, "asset": 20})["asset"]

    assert 0.05 < 20 * mean_of("asset") * level / USUAL_LEVEL / (5_000 * mean_of("sale")) < 0.1


def test_without_sales_amounts_stay_as_they_are() -> None:
    """A company that sells nothing has no level of spending; one that buys nothing none of purchases."""
    assert {} == levels_of({"invoice": 100, "purchase": 100, "asset": 3})
    assert {} == levels_of({"order": 100})
    assert set(SPENDING) == set(levels_of({"cash_sale": 100, "invoice": 10}))


def test_bundled_invoices_count_each() -> None:
    """Three invoices in one case are bought for thrice as much as one."""
    one, three = (levels_of({kind: 400, "purchase": 100})["purchase"] for kind in ("order", "order_bundled"))

    assert 3 * one == pytest.approx(three, rel=0.02)


def test_trade_abroad_is_not_counted() -> None:
    """Its amounts are of other currencies."""
    assert {} == levels_of({"sale_abroad_1": 100, "purchase_abroad_1": 100})
