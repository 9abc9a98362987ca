"""Keys of `companies`."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.generation.effects.worlds import COMPANIES, seen


def test_companies_code() -> None:
    """The code is the company of its entries, and names its users."""
    world = seen(*COMPANIES)
    users = np.array(world.words.users)[world.block.created_by]

    assert ("ACME-7", "B", "C", "D") == world.words.companies
    assert np.char.endswith(users[world.block.company == 0], ".ACME-7").all()
    assert np.char.endswith(users[world.block.company == 1], ".B").all()


def test_companies_name() -> None:
    """The name stands in the header texts of payrolls; left out, it is the code's."""
    world = seen(*COMPANIES)
    payrolls = [
        set(world.header_texts[(world.types == "HR") & (world.block.company == at)].tolist()) for at in (0, 1)
    ]

    assert [{"Payroll posting, Zephyr & Sons"}, {"Payroll posting, Company B"}] == payrolls


@pytest.mark.parametrize(("company", "currency", "decimals"), [(0, "USD", 2), (1, "JPY", 0), (3, "KWD", 3)])
def test_companies_currency(company: int, currency: str, decimals: int) -> None:
    """Most entries are in the company's currency, which has its own decimals."""
    world = seen(*COMPANIES)
    codes = np.array(world.words.currencies)[world.block.currency[world.block.company == company]]

    assert np.mean(codes == currency) > 0.9
    assert currency == world.words.currencies[world.words.company_currencies[company]]
    assert decimals == world.words.currency_decimals[world.words.company_currencies[company]]


def test_companies_country() -> None:
    """Legal holidays, weekends and tax rates are the country's."""
    world = seen(*COMPANIES)
    days = [
        {when for when, at in zip(world.dates, world.block.company.tolist(), strict=True) if at == company}
        for company in range(4)
    ]
    independence_day, friday, sunday = date(2024, 7, 4), date(2024, 7, 12), date(2024, 7, 14)

    assert [False, True] == [independence_day in days[company] for company in (0, 1)]
    assert [True, False] == [friday in days[company] for company in (0, 3)]
    assert [False, True] == [sunday in days[company] for company in (0, 3)]
    # Germany takes 19 % of net sales, Kuwait nothing.
    taxes = world.on("output_tax")
    for company, rate in ((1, 0.19), (3, 0.0)):
        mine = (world.types == "BV") & (world.block.company == company)
        shares = [
            world.block.credit[taxes & (world.entry == entry)].sum() / world.totals[entry]
            for entry in np.flatnonzero(mine)[:60].tolist()
        ]
        assert rate / (1 + rate) == pytest.approx(max(shares), abs=0.002)


def test_companies_volume_weight() -> None:
    """Entries are divided by the weights, to the entry; a company of weight 0 has none."""
    world = seen(*COMPANIES)

    assert [6_000, 2_000, 0, 4_000] == np.bincount(world.block.company, minlength=4).tolist()
