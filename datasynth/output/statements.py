"""Income statement, balance sheet and trial balance of each company.

A year-end close brings every account of income and expense back to nil, so their
balances do not tell what a finished year has earned.  The income statement therefore adds
up what the fiscal year has posted to them without the closing entries.  The balance sheet
takes balances as they are: what no close has moved to retained earnings yet is its result.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from datasynth.encoding.tables import Table, amount_text
from datasynth.ledger.currencies import decimals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.config.model import Company, Config
    from datasynth.encoding.tables import Row
    from datasynth.generation.journal import Balances
    from datasynth.ledger.chart import Account, Chart

    _Amount = tuple[Account, int]

STATEMENTS = Table(
    "statements",
    ("company_code", "statement", "class", "group", "account", "name", "currency", "amount"),
)
"""Statements as a flat table: a row for each account, and one for the balance sheet's result."""

RESULT_NAME = "Result not yet closed"
"""Name of the row of the balance sheet's result, which has no account."""

_RESULT_CLASS = "3"


class YearToDate(NamedTuple):
    """What statements at a position are made from; all arrays are debit positive.

    Attributes
    ----------
    begins
        First day of the fiscal year, or of the data set if that is later.
    fiscal_year
        Its number.
    balance : (companies, accounts) int64
        Balances at the position. [minor units]
    moved : (companies, accounts) int64
        What the fiscal year has posted so far, closing entries left out. [minor units]
    closed : (companies, accounts) int64
        What its closing entries have posted to income and expense accounts. [minor units]
    """

    begins: date
    fiscal_year: int
    balance: NDArray[np.int64]
    moved: NDArray[np.int64]
    closed: NDArray[np.int64]


class AccountAmount(TypedDict):
    """An account of a statement that does not stand at nil."""

    account: str
    name: str
    amount: str


class GroupAmount(TypedDict):
    """A group of accounts, by the first two digits of their codes."""

    account: str
    name: str
    amount: str
    accounts: list[AccountAmount]


class ClassAmount(TypedDict):
    """A section of a statement: a class of accounts, by the first digit of their codes."""

    account: str
    name: str
    amount: str
    groups: list[GroupAmount]


class IncomeStatement(TypedDict):
    """Income and expense of the fiscal year up to a position.

    Income is positive and expense negative, so that the amounts of `sections` sum to `result`.
    `closed` is the part of it that closing entries have moved to equity.
    """

    fiscal_year: int
    from_date: str
    sections: list[ClassAmount]
    result: str
    closed: str


class BalanceSheet(TypedDict):
    """Assets, liabilities and equity at a position, each positive on its usual side.

    `result` is what income and expense accounts stand at; it belongs to equity.
    """

    sections: list[ClassAmount]
    result: str
    assets: str
    liabilities_and_equity: str


class TrialBalance(TypedDict):
    """The sum of all debit balances, that of all credit balances, and their difference, which is nil."""

    debit: str
    credit: str
    difference: str


class CompanyStatements(TypedDict):
    """Everything about one company, in its currency; amounts are decimal text."""

    company_code: str
    company_name: str
    currency: str
    income_statement: IncomeStatement
    balance_sheet: BalanceSheet
    trial_balance: TrialBalance


def year_to_date(
    begins: date, fiscal_year: int, balances: tuple[Balances, Balances], closed: NDArray[np.int64]
) -> YearToDate:
    """Work out what a fiscal year has posted, from balances at its beginning and at a position.

    `closed` (companies, accounts) is what its closing entries have posted. [minor units]
    """
    before, now = (one.opening + one.debit - one.credit for one in balances)
    return YearToDate(begins, fiscal_year, now, now - before - closed, closed)


def company_statements(
    year: YearToDate, chart: Chart, config: Config, company: int | None
) -> Iterator[CompanyStatements]:
    """Yield the statements of each company; `company` is the index of the only one, or None."""
    for index, one in enumerate(config.companies):
        if company in {None, index}:
            yield _Statements(chart, one).make(
                year, *(sums[index].tolist() for sums in (year.balance, year.moved, year.closed))
            )


def statement_rows(companies: Iterable[CompanyStatements]) -> Iterator[Row]:
    """Yield the accounts of all statements as rows of `STATEMENTS`."""
    for one in companies:
        code, currency = one["company_code"], one["currency"]
        for name in ("income_statement", "balance_sheet"):
            for section in one[name]["sections"]:
                for group in section["groups"]:
                    where = code, name, section["account"], group["account"]
                    for account in group["accounts"]:
                        yield *where, account["account"], account["name"], currency, account["amount"]
        result = one["balance_sheet"]["result"]
        yield code, "balance_sheet", _RESULT_CLASS, None, None, RESULT_NAME, currency, result


class _Statements:
    """Makes the statements of one company."""

    def __init__(self, chart: Chart, company: Company) -> None:
        self._chart = chart
        self._company = company
        self._places = decimals(company.currency)
        self._names = {heading.code: heading.name for heading in chart.headings}

    def make(
        self, year: YearToDate, balance: list[int], moved: list[int], closed: list[int]
    ) -> CompanyStatements:
        """Make them from what each account stands at, and what the year and its closes have moved."""
        accounts = self._chart.accounts
        earned = [(one, -amount) for one, amount in zip(accounts, moved, strict=True) if one.of_result]
        standing = list(zip(accounts, balance, strict=True))
        assets = [(one, amount) for one, amount in standing if one.type == "asset"]
        others = [(one, -amount) for one, amount in standing if one.type != "asset" and not one.of_result]
        result = -_total([(one, amount) for one, amount in standing if one.of_result])
        debit = sum(amount for amount in balance if amount > 0)
        credit = -sum(amount for amount in balance if amount < 0)
        return {
            "company_code": self._company.code,
            "company_name": self._company.name,
            "currency": self._company.currency,
            "income_statement": {
                "fiscal_year": year.fiscal_year,
                "from_date": year.begins.isoformat(),
                "sections": self._sections(earned),
                "result": self._text(_total(earned)),
                "closed": self._text(sum(closed)),
            },
            "balance_sheet": {
                "sections": self._sections([*assets, *others]),
                "result": self._text(result),
                "assets": self._text(_total(assets)),
                "liabilities_and_equity": self._text(_total(others) + result),
            },
            "trial_balance": {
                "debit": self._text(debit),
                "credit": self._text(credit),
                "difference": self._text(debit - credit),
            },
        }

    def _sections(self, amounts: list[_Amount]) -> list[ClassAmount]:
        """Return all classes of some accounts, which are in the order of their codes."""
        classes = groupby(amounts, key=lambda one: one[0].account_class)
        return [self._section(code, list(members)) for code, members in classes]

    def _section(self, code: str, members: list[_Amount]) -> ClassAmount:
        groups = groupby((one for one in members if one[1]), key=lambda one: one[0].code[:2])
        return {
            **self._heading(code, members),
            "groups": [self._group(group, list(inside)) for group, inside in groups],
        }

    def _group(self, code: str, members: list[_Amount]) -> GroupAmount:
        accounts: list[AccountAmount] = [
            {"account": account.code, "name": account.name, "amount": self._text(amount)}
            for account, amount in members
        ]
        return {**self._heading(code, members), "accounts": accounts}

    def _heading(self, code: str, members: list[_Amount]) -> AccountAmount:
        return {"account": code, "name": self._names[code], "amount": self._text(_total(members))}

    def _text(self, amount: int) -> str:
        return amount_text(amount, self._places)


def _total(amounts: Iterable[_Amount]) -> int:
    return sum(amount for _, amount in amounts)
