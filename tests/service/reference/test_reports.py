"""Statements and statistics of real journals, beside slow twins."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.encoding.tables import TableFormat
from datasynth.ledger.calendars import to_date, to_day
from datasynth.ledger.currencies import decimals
from datasynth.output.journal_statistics import sample_runs
from datasynth.service.reference.calls import CALLS
from datasynth.service.reference.query import ReferenceQuery
from datasynth.service.reference.tables import TableSource
from tests.books import list_parties, list_users
from tests.generation.cases import TRIGGERED, case
from tests.naive import statements as naive

if TYPE_CHECKING:
    from tests.generation.seen import Seen

NAMES = (
    TRIGGERED,
    "leap year from its last day",
    "yen in the far future",
    "two companies, one of which is tiny",
    "a hundred entries",
)
"""Journals with closed years, triggers, other fiscal years, other decimals, and too few entries to close."""

SHARES = st.floats(0, 1)


@dataclass(frozen=True)
class Amounts:
    """Statements in flat form: minor units by company and account."""

    income: naive.Sums
    balance: naive.Sums


def ask(seen: Seen, name: str, position: int, **query: Any) -> bytes:
    """Ask a call about a journal at a position."""
    (call,) = (one for one in CALLS if one.name == name)
    journal = seen.journal
    company = query.pop("company_index", None)
    source = TableSource(
        journal.config, company, list_parties, list_users, journal, "", journal.total, journal.total
    )
    _, chunks = call.begin(source, ReferenceQuery(at=position, **query))
    return b"".join(chunks)


@cache
def statements(name: str, position: int) -> dict[str, Any]:
    """Read the statements at a position."""
    decoded: dict[str, Any] = json.loads(ask(case(name), "statements", position))
    return decoded


@cache
def statistics(name: str, position: int) -> dict[str, Any]:
    """Read the statistics at a position."""
    decoded: dict[str, Any] = json.loads(ask(case(name), "statistics", position))
    return decoded


def minor(amount: str, currency: str) -> int:
    """Read an amount, which has all decimals of its currency."""
    places = decimals(currency)
    assert places == len(amount.partition(".")[2])
    return int(Decimal(amount).scaleb(places))


def accounts_of(company: dict[str, Any], statement: str) -> naive.Sums:
    """Flatten one statement, and check that each level is the sum of the one below."""
    currency = company["currency"]
    found: naive.Sums = {}
    for section in company[statement]["sections"]:
        groups = []
        for group in section["groups"]:
            amounts = {one["account"]: minor(one["amount"], currency) for one in group["accounts"]}
            assert sum(amounts.values()) == minor(group["amount"], currency)
            assert {group["account"]} == {account[:2] for account in amounts}
            groups.append(minor(group["amount"], currency))
            found |= {(company["company_code"], account): amount for account, amount in amounts.items()}
        assert sum(groups) == minor(section["amount"], currency)
    return found


def balance_of(company: dict[str, Any]) -> naive.Sums:
    """Flatten a balance sheet, debit positive."""
    found = accounts_of(company, "balance_sheet")
    return {key: amount if key[1][0] == "1" else -amount for key, amount in found.items()}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=12, deadline=None)
@given(share=SHARES)
def test_statements_are_the_sums_of_all_lines(name: str, share: float) -> None:
    """Each account of each statement, at any position, is what adding up every line gives."""
    seen = case(name)
    position = int(share * seen.journal.total)
    listed = statements(name, position)["statements"]
    first_month = seen.journal.config.general.fiscal_year_start_month
    stands = naive.standing(seen.block, seen.words, seen.balances(0).opening.tolist(), position)
    held = {key: amount for key, amount in stands.items() if key[1][0] in "123"}
    income: naive.Sums = {}
    balance: naive.Sums = {}
    for company in listed:
        income |= accounts_of(company, "income_statement")
        balance |= balance_of(company)

    assert list(seen.words.companies) == [company["company_code"] for company in listed]
    assert naive.income(seen.block, seen.words, position, first_month) == income
    assert held == balance


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=40, deadline=None)
@given(share=SHARES)
def test_statements_balance(name: str, share: float) -> None:
    """At any position assets are liabilities, equity and the open result, and debits are credits."""
    position = int(share * case(name).journal.total)
    for company in statements(name, position)["statements"]:
        sheet, trial, currency = company["balance_sheet"], company["trial_balance"], company["currency"]
        assets, *others = (minor(section["amount"], currency) for section in sheet["sections"])
        earned = [minor(one["amount"], currency) for one in company["income_statement"]["sections"]]

        assert ["1", "2", "3"] == [section["account"] for section in sheet["sections"]]
        assert assets == sum(others) + minor(sheet["result"], currency)
        assert sheet["assets"] == sheet["liabilities_and_equity"]
        assert assets == minor(sheet["assets"], currency)
        assert sum(earned) == minor(company["income_statement"]["result"], currency)
        assert minor(trial["difference"], currency) == 0
        assert trial["debit"] == trial["credit"]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(share=SHARES)
def test_statements_add_up_to_the_balances(name: str, share: float) -> None:
    """They hold the balances of `/api/balances`; income and expense there are the sheet's result."""
    seen = case(name)
    position = int(share * seen.journal.total)
    rows = json.loads(ask(seen, "balances", position))["balances"]
    for company in statements(name, position)["statements"]:
        code, currency = company["company_code"], company["currency"]
        stands = {
            (code, row["account"]): minor(row["balance"], currency)
            for row in rows
            if row["company_code"] == code
        }
        open_result = -sum(amount for (_, account), amount in stands.items() if account[0] in "45678")
        debit = sum(amount for amount in stands.values() if amount > 0)

        assert balance_of(company) == {
            key: amount for key, amount in stands.items() if amount and key[1][0] in "123"
        }
        assert open_result == minor(company["balance_sheet"]["result"], currency)
        assert debit == minor(company["trial_balance"]["debit"], currency)


def test_a_closed_year_keeps_its_result() -> None:
    """After the year's close the income statement still shows the year, and nothing of it is open."""
    position = case(TRIGGERED).journal.entries_through(to_day(date(2024, 3, 31)))
    company = statements(TRIGGERED, position)["statements"][0]
    income, sheet = company["income_statement"], company["balance_sheet"]

    assert (2024, "2023-11-15") == (income["fiscal_year"], income["from_date"])
    assert income["result"] == income["closed"] != "0.00"
    assert sheet["result"] == "0.00"


def test_a_new_year_begins_at_nil() -> None:
    """With the first entry of a fiscal year, what the year before has earned and closed is past."""
    position = case(TRIGGERED).journal.entries_through(to_day(date(2024, 3, 31))) + 1
    for company in statements(TRIGGERED, position)["statements"]:
        income = company["income_statement"]

        assert (2025, "2024-04-01") == (income["fiscal_year"], income["from_date"])
        assert 0 == minor(income["closed"], company["currency"])
        assert ["4", "5", "6", "7", "8"] == [section["account"] for section in income["sections"]]
        assert income["result"] == company["balance_sheet"]["result"]


def test_one_company() -> None:
    """A company's index keeps the others out."""
    seen = case(TRIGGERED)
    listed = json.loads(ask(seen, "statements", 5_000, company_index=3))["statements"]

    assert ["3000"] == [company["company_code"] for company in listed]
    assert statements(TRIGGERED, 5_000)["statements"][3] == listed[0]


def test_csv_has_the_same_amounts() -> None:
    """A row for each account of each statement, and one for the result of each balance sheet."""
    text = ask(case(TRIGGERED), "statements", 5_000, format=TableFormat.CSV).decode()
    rows = list(csv.DictReader(text.splitlines()))
    listed = statements(TRIGGERED, 5_000)["statements"]
    for company in listed:
        mine = [row for row in rows if row["company_code"] == company["company_code"]]
        for statement in ("income_statement", "balance_sheet"):
            found = {
                (row["company_code"], row["account"]): minor(row["amount"], row["currency"])
                for row in mine
                if row["statement"] == statement and row["account"]
            }
            assert accounts_of(company, statement) == found
        (result,) = (row for row in mine if not row["account"])

        assert company["balance_sheet"]["result"] == result["amount"]
        assert ("3", "Result not yet closed") == (result["class"], result["name"])
        assert all(row["account"].startswith(row["group"]) for row in mine)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(share=SHARES)
def test_statistics_are_those_of_all_entries_before(name: str, share: float) -> None:
    """Days, types and turnovers are what going through the entries gives."""
    seen = case(name)
    position = int(share * seen.journal.total)
    found = statistics(name, position)
    days = Counter(to_date(day).isoformat() for day in seen.block.posting_day[:position].tolist())
    types = Counter(seen.types[:position].tolist())

    assert position == found["entries"] == found["at_sequence"]
    assert days == {one["posting_date"]: one["entries"] for one in found["entries_by_day"] if one["entries"]}
    assert types == {one["document_type"]: one["entries"] for one in found["document_types"]}
    for busy in found["busiest_accounts"]:
        index = seen.words.companies.index(busy["company_code"])
        at = seen.words.accounts.index(busy["account"])
        debit, credit = seen.turnover(position)[index, at].tolist()

        assert (debit, credit) == tuple(minor(busy[side], busy["currency"]) for side in ("debit", "credit"))
        assert busy["account_name"] == seen.words.account_names[at]


@pytest.mark.parametrize("name", NAMES)
def test_days_have_no_gaps(name: str) -> None:
    """Each day from the first to that of the last entry is listed, with 0 where it has none."""
    seen = case(name)
    days = [
        date.fromisoformat(one["posting_date"])
        for one in statistics(name, seen.journal.total)["entries_by_day"]
    ]

    assert seen.journal.config.general.start_date == days[0]
    assert seen.dates[-1] == days[-1]
    assert list(range(days[0].toordinal(), days[-1].toordinal() + 1)) == [day.toordinal() for day in days]


def test_months_are_the_sums_of_their_days() -> None:
    """By month there is one count for each month, named by its first day."""
    seen = case(TRIGGERED)
    by_month = json.loads(ask(seen, "statistics", seen.journal.total, per="month"))
    months = Counter(day.replace(day=1).isoformat() for day in seen.dates)

    assert by_month["per"] == "month"
    assert months == {one["posting_date"]: one["entries"] for one in by_month["entries_by_day"]}


@pytest.mark.parametrize("name", NAMES)
def test_first_digits_are_those_of_the_sample(name: str) -> None:
    """All entries of a small journal, each counted under the first figure of its total."""
    seen = case(name)
    found = statistics(name, seen.journal.total)["first_digits"]

    assert seen.journal.total == found["entries"] == sum(found["counts"])
    assert naive.first_digits(seen.block) == found["counts"]
    assert sum(found["benford"]) == pytest.approx(1, abs=1e-3)


def test_first_digits_of_a_large_journal_are_a_sample() -> None:
    """Of 20,000 entries, the runs of the sample alone are counted."""
    seen = case("a year")
    found = statistics("a year", seen.journal.total)["first_digits"]
    counts = [
        naive.first_digits(seen.journal.block(first, count))
        for first, count in sample_runs(seen.journal.total)
    ]

    assert found["entries"] == 16_384
    assert np.sum(counts, axis=0).tolist() == found["counts"]


def test_before_the_first_entry() -> None:
    """At the opening nothing has been counted, earned or turned over, and the sheet balances."""
    found, (company,) = statistics("a year", 0), statements("a year", 0)["statements"]

    assert ([], [], []) == tuple(
        found[key] for key in ("entries_by_day", "document_types", "busiest_accounts")
    )
    assert {"entries": 0, "counts": [0] * 9} == {
        key: found["first_digits"][key] for key in ("entries", "counts")
    }
    assert {"0.00"} == {section["amount"] for section in company["income_statement"]["sections"]}
    assert company["balance_sheet"]["assets"] == company["balance_sheet"]["liabilities_and_equity"]


def test_the_busiest_of_one_currency_come_first() -> None:
    """With one currency, ten accounts come, in the order of debits and credits together."""
    busy = statistics("a year", 20_000)["busiest_accounts"]
    turnovers = [minor(one["debit"], "USD") + minor(one["credit"], "USD") for one in busy]
    everything = case("a year").turnover(20_000).sum(axis=2)[0]

    assert sorted(everything.tolist(), reverse=True)[:10] == turnovers
