"""The close as a table."""

from __future__ import annotations

import pytest

from datasynth.ledger.chart import chart_of
from datasynth.ledger.closes import (
    ASSET_CLASSES,
    CARRY_FORWARD,
    CARRY_FORWARD_TYPE,
    CLOSING_ITEMS,
    ON_DEMAND_TYPES,
    PATTERNS,
    REVERSAL_TYPE,
    TRUE_UP_CARRY,
    TRUE_UP_RESULT,
    TRUE_UP_SUMMARY,
    TRUE_UPS,
    Basis,
    ClosingItem,
    items_of,
)
from datasynth.ledger.processes import CASE_KINDS, PROCESSES, SINGLE_KINDS, SOURCES, DayPart
from datasynth.ledger.roles import ROLES

EVERY_MONTH = {
    "payroll_accrual",
    *(f"depreciation.{asset_class}" for asset_class in ASSET_CLASSES),
    *("accrual.services", "accrual.revenue", "accrual.utilities", "accrual.freight"),
    *("prepaid", "deferred", "rent", "interest", "grir_clearing", "allocation", "bank_difference"),
    *("revaluation.receivables", "revaluation.payables", "tax.return", "tax.payment"),
}
EVERY_QUARTER = {
    *("tax_provision", "bad_debt", "inventory_reserve", "bonus"),
    *("intercompany.charge", "intercompany.settlement", "intercompany.received", "intercompany.paid"),
}
EVERY_YEAR = {"audit.fees", "audit.cutoff", "count", "impairment", "close_result", "close_summary"}
TURNOVERS = {Basis.TURNOVER, Basis.ALLOCATION, Basis.INTERCOMPANY, Basis.PROFIT}


def name_of(item: ClosingItem) -> str:
    """Return what an item is called in the report of tests."""
    return item.name


def test_larger_closes_include_smaller_ones() -> None:
    """A quarter end has what a month end has and more, a year end what both have and more."""
    names = [{item.name for item in items_of(pattern)} for pattern in PATTERNS]

    assert [EVERY_MONTH, EVERY_MONTH | EVERY_QUARTER, EVERY_MONTH | EVERY_QUARTER | EVERY_YEAR] == names
    assert CLOSING_ITEMS == items_of("year_end")


def test_the_year_s_own_close_comes_first() -> None:
    """Where there is room for little, income and expense are closed before anything else."""
    assert ["close_result", "close_summary"] == [item.name for item in items_of("year_end")[:2]]


@pytest.mark.parametrize("item", [*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS], ids=name_of)
def test_items_speak_the_words_of_the_ledger(item: ClosingItem) -> None:
    """Processes, sources and roles are known, and a share is there where the basis wants one."""
    assert item.process in PROCESSES
    assert item.source in SOURCES
    assert item.role in ROLES
    assert item.pattern in PATTERNS
    assert item.text
    assert (item.permille > 0) == (item.basis in TURNOVERS)
    assert item.last_day == (item.pattern == "year_end")


def test_what_is_accrued_is_taken_back() -> None:
    """Accruals, revaluations and open receipts are reversed on the next day, and nothing else is."""
    assert {
        "payroll_accrual",
        *("accrual.services", "accrual.revenue", "accrual.utilities", "accrual.freight"),
        *("grir_clearing", "revaluation.receivables", "revaluation.payables"),
    } == {item.name for item in CLOSING_ITEMS if item.reverses}


def test_bands_belong_to_types() -> None:
    """All items of a document type are posted in one part of the day, the close itself last."""
    day_parts: dict[str, set[DayPart]] = {}
    for item in CLOSING_ITEMS:
        day_parts.setdefault(item.document_type, set()).add(item.day_part)

    assert {1} == {len(found) for found in day_parts.values()}
    assert {"CL"} == {kind for kind, found in day_parts.items() if found == {DayPart.CLOSE}}


def test_types_of_closes_are_their_own() -> None:
    """No document of a process has a type of the closes, and called-for closes have others again."""
    of_cases = {step.document_type for kind in (*CASE_KINDS, *SINGLE_KINDS) for step in kind.steps}
    of_closes = {item.document_type for item in CLOSING_ITEMS} | {REVERSAL_TYPE, CARRY_FORWARD_TYPE}

    assert not of_cases & of_closes
    assert not set(ON_DEMAND_TYPES) & (of_cases | of_closes)
    assert CARRY_FORWARD_TYPE == CARRY_FORWARD.document_type


def test_squares_close_as_the_calendar_does() -> None:
    """Squaring goes through the same accounts as the close of the year, in types of its own."""
    result, summary = items_of("year_end")[:2]
    for square, plain in (
        (TRUE_UP_RESULT, result),
        (TRUE_UP_SUMMARY, summary),
        (TRUE_UP_CARRY, CARRY_FORWARD),
    ):
        assert (plain.debit, plain.credit, plain.basis) == (square.debit, square.credit, square.basis)
    assert ["XS", "XS", "XF"] == [item.document_type for item in TRUE_UPS]


def test_only_the_calendar_settles_with_the_tax_office() -> None:
    """A close called for in between neither files a tax return nor pays one."""
    assert {"tax.return", "tax.payment"} == {item.name for item in CLOSING_ITEMS if item.calendar}


@pytest.mark.parametrize("item", [*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS], ids=name_of)
def test_closes_post_to_no_control_account(item: ClosingItem) -> None:
    """What sums up items moves with its items only; every account of an item exists in every chart."""
    for complexity in ("small", "medium", "large"):
        chart = chart_of(complexity)
        for pool in (item.debit, item.credit):
            assert {""} == {chart.accounts[index].control for index in chart.pools[pool]}


def test_every_basis_is_used() -> None:
    """No basis of an amount is idle."""
    assert set(Basis) == {item.basis for item in (*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS)}


def test_items_have_names_of_their_own() -> None:
    """A name is the key of an item's draws."""
    every = [*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS]

    assert len(every) == len({item.name for item in every})
