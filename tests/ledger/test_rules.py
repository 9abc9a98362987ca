"""The rule book."""

from __future__ import annotations

import pytest

from datasynth.ledger.chart import chart_of
from datasynth.ledger.closes import (
    CARRY_FORWARD,
    CLOSING_ITEMS,
    ON_DEMAND_TYPES,
    REVERSAL_TYPE,
    TRUE_UPS,
)
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, WRONG_REVERSED
from datasynth.ledger.rules import allowed_pools, document_types

CONTROLS = {account.pool for account in chart_of("small").accounts if account.control}


def test_every_type_has_a_row() -> None:
    """Steps of cases, single documents, closes and what is called for: all types, each once."""
    of_steps = {step.document_type for kind in (*CASE_KINDS, *SINGLE_KINDS) for step in kind.steps}
    of_closes = {item.document_type for item in (*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS)}
    every = of_steps | of_closes | {REVERSAL_TYPE, WRONG_REVERSED, *ON_DEMAND_TYPES}

    assert every == set(document_types())
    assert len(every) == len(document_types())


def test_every_step_may_post_what_it_posts() -> None:
    """Of a type that several steps post, all of their accounts are allowed."""
    for kind in (*CASE_KINDS, *SINGLE_KINDS):
        for step in kind.steps:
            debit, credit = allowed_pools(step.document_type)
            assert {posting.pool for posting in step.debit} <= debit
            assert {posting.pool for posting in step.credit} <= credit


@pytest.mark.parametrize(
    ("document_type", "debit", "credit"),
    [
        ("WA", {"cost_of_sales"}, {"inventory"}),
        ("RV", {"receivables"}, {"revenue", "output_tax"}),
        ("WE", {"purchases"}, {"grir"}),
        ("RE", {"grir", "price_difference", "input_tax"}, {"payables", "price_difference"}),
        ("AA", {"fixed_assets"}, {"asset_payables"}),
        ("BT", {"petty_cash"}, {"bank", "payroll_bank"}),
    ],
)
def test_rows_are_those_that_an_accountant_expects(
    document_type: str, debit: set[str], credit: set[str]
) -> None:
    """A delivery moves goods to cost of sales, an invoice sales to receivables, and nothing else."""
    assert [debit, credit] == [set(pools) for pools in allowed_pools(document_type)]


def test_reversals_of_closes_may_post_what_they_take_back() -> None:
    """On the first day of a period, accruals stand on the other sides; so they do when called for."""
    for item in CLOSING_ITEMS:
        if item.reverses:
            for document_type in (REVERSAL_TYPE, ON_DEMAND_TYPES[1]):
                debit, credit = allowed_pools(document_type)
                assert item.credit in debit
                assert item.debit in credit


def test_called_for_closes_may_post_what_the_calendar_s_do() -> None:
    """The type of called-for closes has all accounts of the calendar's types."""
    called_debit, called_credit = allowed_pools(ON_DEMAND_TYPES[0])
    for item in CLOSING_ITEMS:
        debit, credit = allowed_pools(item.document_type)
        assert debit <= called_debit
        assert credit <= called_credit


def test_closes_never_post_to_control_accounts() -> None:
    """What sums up items moves with its items only."""
    for document_type in (*{item.document_type for item in (*CLOSING_ITEMS, CARRY_FORWARD)}, REVERSAL_TYPE):
        for pools in allowed_pools(document_type):
            assert not pools & CONTROLS


def test_the_close_of_a_year_may_empty_every_account_of_income_and_expense() -> None:
    """Either side of all of them, and the summary; nothing of the balance sheet but retained earnings."""
    accounts = chart_of("small").accounts
    result = {account.pool for account in accounts if account.of_result}
    for document_type in ("CL", ON_DEMAND_TYPES[2]):
        for pools in allowed_pools(document_type):
            assert result < pools
            assert {"income_summary", "retained_earnings"} == pools - result


def test_an_unknown_type_has_no_row() -> None:
    """Asking for one is an error."""
    with pytest.raises(KeyError):
        allowed_pools("QQ")
