"""Rows of the tables of reference data: codes become words, and minor units decimal text."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING

from datasynth.encoding.tables import Table, amount_text
from datasynth.ledger.currencies import decimals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.config.model import Config
    from datasynth.encoding.tables import Row
    from datasynth.generation.block import Vocabulary
    from datasynth.generation.journal import Balances
    from datasynth.generation.open_items import OpenItem
    from datasynth.generation.parties.directory import Party, User
    from datasynth.ledger.chart import Chart

ACCOUNTS = Table("accounts", ("account", "name", "class", "type", "normal_side", "postable", "control"))
PARTIES = Table(
    "parties",
    (
        "partner_id",
        "partner_type",
        "name",
        "country",
        "company_code",
        "city",
        "currency",
        "payment_terms_days",
        "tax_id",
    ),
)
USERS = Table(
    "users",
    ("user_id", "name", "role", "approval_limit", "currency", "company_code", "persona", "kind"),
)
BALANCES = Table("balances", ("company_code", "account", "currency", "opening", "debit", "credit", "balance"))
OPEN_ITEMS = Table(
    "items",
    (
        "company_code",
        "account",
        "partner_id",
        "document_id",
        "reference",
        "posting_date",
        "due_date",
        "currency",
        "amount",
        "local_amount",
    ),
)

_party = attrgetter(*PARTIES.columns)
_DAY_ZERO = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Return a date as days since 1970-01-01."""
    return day.toordinal() - _DAY_ZERO


def day_text(day: int) -> str:
    """Print days since 1970-01-01 as ISO 8601."""
    return date.fromordinal(day + _DAY_ZERO).isoformat()


def account_rows(chart: Chart) -> Iterator[Row]:
    """Yield every account and every heading, by code, a heading before its accounts."""
    for account in sorted((*chart.headings, *chart.accounts), key=lambda one: one.code):
        yield (
            account.code,
            account.name,
            account.account_class,
            account.type,
            account.normal_side,
            account.postable,
            account.control or None,
        )


def party_rows(parties: Iterable[Party]) -> Iterator[Row]:
    """Yield customers, vendors and employees as they come."""
    for party in parties:
        yield _party(party)


def user_rows(users: Iterable[User], config: Config, company: str | None) -> Iterator[Row]:
    """Yield the users of one company, by its code, or of all."""
    currencies = {one.code: one.currency for one in config.companies}
    for user in users:
        if company not in {None, user.company_code}:
            continue
        currency = currencies[user.company_code]
        limit = user.approval_limit
        yield (
            user.user_id,
            user.name,
            user.role,
            None if limit is None else amount_text(limit, decimals(currency)),
            currency,
            user.company_code,
            user.persona,
            user.kind,
        )


def balance_rows(balances: Balances, chart: Chart, config: Config, company: int | None) -> Iterator[Row]:
    """Yield the accounts that have an opening balance or have been posted to, company by company.

    Parameters
    ----------
    balances
        At some position.
    chart, config
        Those of the journal.
    company
        Index of the company, or None for all.
    """
    for index, one in enumerate(config.companies):
        if company not in {None, index}:
            continue
        places = decimals(one.currency)
        opening, debit, credit = (
            sums[index].tolist() for sums in (balances.opening, balances.debit, balances.credit)
        )
        for account, *amounts in zip(chart.accounts, opening, debit, credit, strict=True):
            if any(amounts):
                balance = amounts[0] + amounts[1] - amounts[2]
                texts = (amount_text(amount, places) for amount in (*amounts, balance))
                yield one.code, account.code, one.currency, *texts


def open_item_rows(
    items: Iterable[OpenItem], config: Config, chart: Chart, vocabulary: Vocabulary
) -> Iterator[Row]:
    """Yield items as they come; the other arguments are their journal's."""
    companies, accounts, partners = config.companies, chart.accounts, vocabulary.partners
    for item in items:
        company = companies[item.company]
        yield (
            company.code,
            accounts[item.account].code,
            None if item.partner < 0 else partners[item.partner],
            item.document_id,
            item.reference,
            day_text(item.posting_day),
            day_text(item.due_day),
            item.currency,
            amount_text(item.amount, decimals(item.currency)),
            amount_text(item.local_amount, decimals(company.currency)),
        )
