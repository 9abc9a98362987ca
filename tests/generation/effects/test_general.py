"""Keys of `global`, and the chart of accounts."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import numpy as np
import pytest

from datasynth.generation.block import Block
from datasynth.ledger.calendars import FiscalCalendar, add_months, to_day
from tests.generation.cases import case
from tests.generation.effects.worlds import AUTUMN, ELSEWHERE, MONTH, seen
from tests.generation.seen import Seen

RETAIL: tuple[dict[str, object], ...] = (
    AUTUMN,
    {"global": {"industry": "retail", "fiscal_year_start_month": 11}},
)


def test_global_seed() -> None:
    """The same seed gives the same entries, another seed other ones."""
    usual, again, other = seen(MONTH), Seen(MONTH), seen(*ELSEWHERE)

    for field in fields(Block):
        if field.name != "first":
            assert np.array_equal(getattr(usual.block, field.name), getattr(again.block, field.name))
    assert not usual.ids & other.ids


def test_global_industry() -> None:
    """Weights, amounts, sources and seasons are those of the industry."""
    usual, retail = seen(AUTUMN), seen(*RETAIL)
    cash_sales = [np.median(one.totals[one.types == "BV"]) for one in (usual, retail)]
    november = [int(one.volume(date(2024, 11, 4), date(2024, 11, 15)).sum()) for one in (usual, retail)]

    assert 0.445 / 0.97 == pytest.approx(retail.share("O2C"), abs=0.005)
    assert 0.225 / 0.96 == pytest.approx(usual.share("O2C"), abs=0.005)
    assert cash_sales[0] > 5 * cash_sales[1]
    assert november[1] > 1.1 * november[0]


def test_global_start_date() -> None:
    """The first posting date is the start's, and no date is before it."""
    for world, start in ((seen(*ELSEWHERE), date(1970, 1, 1)), (seen(MONTH), date(2024, 3, 1))):
        assert start == world.dates[0] == min(world.dates)


@pytest.mark.parametrize("months", [1, 5])
def test_global_period_months(months: int) -> None:
    """Entries are posted in so many months, up to the last day of the last one."""
    world = seen(MONTH) if months == 1 else seen(AUTUMN)
    start = world.journal.config.general.start_date

    assert {add_months(start, month) for month in range(months)} == {
        when.replace(day=1) for when in world.dates
    }
    assert to_day(add_months(start, months)) - to_day(world.dates[-1]) <= 3


def test_global_fiscal_year_start_month() -> None:
    """Fiscal years and periods, the dates of each close and the spikes follow the month."""
    moved = seen(*RETAIL)
    fiscal = FiscalCalendar(11)
    ordinary = moved.block.fiscal_period <= 12

    assert [fiscal.year(when) for when in moved.dates] == moved.block.fiscal_year.tolist()
    assert [
        fiscal.period(when) for when, is_ordinary in zip(moved.dates, ordinary, strict=True) if is_ordinary
    ] == moved.block.fiscal_period[ordinary].tolist()
    for words, months in (("Provision for income tax", {10}), ("Closing of income", {10})):
        found = np.flatnonzero(np.char.startswith(moved.header_texts, words)).tolist()
        assert months == {moved.dates[entry].month for entry in found}
    # Retail has a spike of 5 at the end of a year and of 1.5 at that of a month.
    assert [5.0, 1.5] == pytest.approx([moved.spike(10, 28), moved.spike(12, 27)], rel=0.25)


@pytest.mark.parametrize(("complexity", "accounts"), [("small", 100), ("medium", 400), ("large", 2_500)])
def test_chart_of_accounts_complexity(complexity: str, accounts: int) -> None:
    """Charts have about so many accounts, and the larger the chart the more of them are used."""
    world = (
        case("a year")
        if complexity == "medium"
        else seen(MONTH, {"chart_of_accounts": {"complexity": complexity}})
    )
    used = len(set(world.block.account.tolist()))

    assert accounts == pytest.approx(len(world.words.accounts), rel=0.2)
    assert {"small": 90, "medium": 220, "large": 320}[complexity] <= used
