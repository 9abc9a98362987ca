"""Rows of reference data."""

from __future__ import annotations

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Balances
from datasynth.output.reference_rows import (
    ACCOUNTS,
    BALANCES,
    OPEN_ITEMS,
    PARTIES,
    USERS,
    account_rows,
    balance_rows,
    day_text,
    open_item_rows,
    party_rows,
    user_rows,
)
from tests import books
from tests.fakes import FakeJournal

COMPANIES = config_from_mapping(
    {
        "companies": [
            {"code": "US", "currency": "USD"},
            {"code": "JP", "currency": "JPY"},
            {"code": "KW", "currency": "KWD"},
        ]
    }
)


def test_accounts_come_by_code() -> None:
    """Headings stand before their accounts and are not postable; without a subledger there is no control."""
    rows = list(account_rows(books.CHART))

    assert ["1", "11", "1100", "4", "40", "4000"] == [row[0] for row in rows]
    assert ("1", "Assets", "1", "asset", "debit", False, None) == rows[0]
    assert ("1100", "Receivables", "1", "asset", "debit", True, "customer") == rows[2]
    assert {len(ACCOUNTS.columns)} == {len(row) for row in rows}


def test_parties_come_as_they_are() -> None:
    """A party is shown with all that there is to know about it."""
    (row,) = party_rows(books.list_parties(COMPANIES, "US"))

    assert ("C-US", "customer", "Ash, Oak & Co.", "US", "US", "Salem", "USD", 30, None) == row
    assert len(PARTIES.columns) == len(row)


def test_limits_are_in_the_company_s_currency() -> None:
    """An approval limit has the decimals of the company's currency; who has no limit has none."""
    rows = list(user_rows(books.list_users(COMPANIES), COMPANIES, None))

    assert ["5000.00", None, "500000", None, "500.000", None] == [row[3] for row in rows]
    assert ["USD", "USD", "JPY", "JPY", "KWD", "KWD"] == [row[4] for row in rows]
    assert {len(USERS.columns)} == {len(row) for row in rows}


def test_users_of_one_company() -> None:
    """A company's code keeps the users of the others out."""
    rows = user_rows(books.list_users(COMPANIES), COMPANIES, "JP")

    assert ["U-JP", "S-JP"] == [row[0] for row in rows]


def test_balances_in_each_currency() -> None:
    """Amounts are in the company's currency, debit positive, and add up: opening + debit - credit."""
    rows = list(balance_rows(books.balances(COMPANIES, 3), books.CHART, COMPANIES, None))

    assert ("US", "1100", "USD", "500.00", "6.00", "0.00", "506.00") == rows[0]
    assert ("US", "4000", "USD", "-500.00", "0.00", "6.00", "-506.00") == rows[1]
    assert ("JP", "1100", "JPY", "50000", "0", "0", "50000") == rows[2]
    assert ("KW", "4000", "KWD", "-50.000", "0.000", "0.000", "-50.000") == rows[5]
    assert {len(BALANCES.columns)} == {len(row) for row in rows}


def test_balances_of_one_company() -> None:
    """A company's index keeps the others out."""
    rows = balance_rows(books.balances(COMPANIES, 3), books.CHART, COMPANIES, 1)

    assert ["JP", "JP"] == [row[0] for row in rows]


def test_untouched_accounts_are_left_out() -> None:
    """An account without opening balance appears once it is posted to, and stays when it is back at zero."""
    opening = np.array([[0, 100]] * 3)
    moved = np.array([[7, 0], [0, 0], [0, 0]])
    rows = balance_rows(Balances(opening, moved, moved), books.CHART, COMPANIES, None)

    assert [
        ("US", "1100", "0.00"),
        ("US", "4000", "1.00"),
        ("JP", "4000", "100"),
        ("KW", "4000", "0.100"),
    ] == [(row[0], row[1], row[6]) for row in rows]


def test_open_items() -> None:
    """Codes become words, days dates, and each amount has the decimals of its own currency."""
    journal = FakeJournal(COMPANIES)
    items, _ = journal.open_items(50, None, 0, 10)
    rows = list(open_item_rows(items, journal.config, journal.chart, journal.vocabulary))

    assert (
        "US",
        "1100",
        "C-1",
        "00000000-0000-8000-8000-000000000000",
        "INV-0000000000",
        "2024-01-01",
        "2024-01-31",
        "USD",
        "0.01",
        "0.01",
    ) == rows[0]
    assert ("JP", None, "JPY", "11") == tuple(rows[1][place] for place in (0, 2, 7, 8))
    assert ("KW", "C-1", "KWD", "0.021") == tuple(rows[2][place] for place in (0, 2, 7, 8))
    assert {len(OPEN_ITEMS.columns)} == {len(row) for row in rows}


@pytest.mark.parametrize(("day", "expected"), [(0, "1970-01-01"), (-1, "1969-12-31"), (19_782, "2024-02-29")])
def test_days(day: int, expected: str) -> None:
    """Days since 1970 are printed as dates."""
    assert expected == day_text(day)
