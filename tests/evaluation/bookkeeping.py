"""Books kept by hand: a few documents, and the lists beside them, as a source to read from."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from datasynth.config import config_from_mapping
from datasynth.evaluation.readers.reference import from_rows
from datasynth.ledger.calendars import FiscalCalendar
from datasynth.ledger.chart import chart_of
from datasynth.ledger.currencies import decimals

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from datasynth.config.model import Config

Document = dict[str, Any]
Row = dict[str, Any]

CHART = chart_of("small")
CURRENCIES = {"1000": "USD", "2000": "EUR", "3000": "JPY"}
CONFIG: dict[str, Any] = {
    "global": {"start_date": "2024-11-01", "period_months": 4},
    "companies": [
        {"code": "1000", "currency": "USD", "country": "US"},
        {"code": "2000", "currency": "EUR", "country": "DE"},
        {"code": "3000", "currency": "JPY", "country": "JP"},
    ],
    "chart_of_accounts": {"complexity": "small"},
}


def account(pool: str) -> str:
    """The busiest account of a pool."""
    return CHART.accounts[CHART.pools[pool][0]].code


def of_result(code: str) -> bool:
    """Whether an account is closed at year ends."""
    return next(one for one in CHART.accounts if one.code == code).of_result


def text(amount: int, places: int) -> str:
    """Print minor units."""
    sign = "-" if amount < 0 else ""
    whole, part = divmod(abs(amount), 10**places)
    return f"{sign}{whole}.{part:0{places}d}" if places else f"{sign}{whole}"


@dataclass
class Line:
    """A line: a pool, an amount, debit positive, and what else stands on it."""

    pool: str
    amount: int
    partner: str = ""
    item: str = ""
    local: int | None = None
    tax: tuple[str, int] | None = None
    trading: str = ""


@dataclass
class Files:
    """A finished set: documents, tables by name, configuration; a `DataSource`."""

    documents: list[Document]
    tables: dict[str, list[Row]]
    config_document: dict[str, Any]

    def config(self) -> Config:
        return config_from_mapping(self.config_document)

    def entries(self) -> Iterator[bytes]:
        yield "".join(f"{json.dumps(document)}\n" for document in self.documents).encode()

    def table(self, name: str) -> pa.Table:
        return from_rows(name, self.tables[name])

    def balances(self, entries: int) -> pa.Table:
        assert entries == len(self.documents)
        return from_rows("balances", self.tables["balances"])

    def open_items(self, entries: int) -> pa.Table:
        return from_rows("open-items", self.tables["open-items" if entries else "open-items-opening"])


@dataclass
class Books:
    """Books while they are written."""

    documents: list[Document] = field(default_factory=list)
    opening: dict[tuple[str, str], int] = field(default_factory=dict)
    items: list[Row] = field(default_factory=list)

    def post(self, company: str, day: str, kind: str, *lines: Line, **more: Any) -> Document:
        """Write an entry; `more` are header fields, and `places` the currency's own."""
        currency = more.pop("currency", CURRENCIES[company])
        places, home = decimals(currency), decimals(CURRENCIES[company])
        document: Document = {
            "company_code": company,
            "posting_date": day,
            "document_date": day,
            "created_at": f"{day}T{more.pop('time', '10:00:00')}Z",
            "document_type": kind,
            "currency": currency,
            "exchange_rate": more.pop("rate", "1.000000"),
            "reference": more.pop("reference", None),
            "header_text": f"Document {kind}",
            "created_by": f"clerk.{company}",
            "approved_by": None,
            "approved_at": None,
            "source": "automated",
            "business_process": "R2R",
            "pattern": None,
            "reversal_of": None,
            "lines": [_line(number, one, places, home) for number, one in enumerate(lines, start=1)],
            **more,
        }
        self.documents.append(document)
        return document

    def reverse(self, original: Document, day: str, kind: str = "AB", **more: Any) -> Document:
        """Write an entry with the sides of another one swapped."""
        document: Document = json.loads(json.dumps({**original, "reversal_of": None}))
        for line in document["lines"]:
            line["debit"], line["credit"] = line["credit"], line["debit"]
            places = decimals(CURRENCIES[document["company_code"]])
            line["local_amount"] = text(-minor(line["local_amount"]), places)
            if line["tax_code"]:
                line["tax_amount"] = text(minor(line["tax_amount"]), places)
        document |= {
            "posting_date": day,
            "document_date": day,
            "created_at": f"{day}T11:00:00Z",
            "document_type": kind,
            "source": "reversal",
            "reversal_of": original,
            **more,
        }
        self.documents.append(document)
        return document

    def balance(self, company: str, code: str, until: str) -> int:
        """Balance of an account at the end of a day. [minor units]"""
        posted = (
            minor(line["local_amount"])
            for document in self.documents
            if document["company_code"] == company and document["posting_date"] <= until
            for line in document["lines"]
            if line["account"] == code
        )
        return self.opening.get((company, code), 0) + sum(posted)

    def finish(self) -> Files:
        """Number the entries and write the lists."""
        self.documents.sort(key=lambda document: document["posting_date"])
        numbers: dict[tuple[str, int, str], int] = {}
        fiscal = FiscalCalendar(1)
        for sequence, document in enumerate(self.documents):
            when = date.fromisoformat(document["posting_date"])
            key = (document["company_code"], fiscal.year(when), document["document_type"])
            numbers[key] = numbers.get(key, 0) + 1
            document["sequence"] = sequence
            document["document_id"] = str(uuid5(NAMESPACE_OID, f"entry {sequence}"))
            document["document_number"] = f"{numbers[key]:010d}"
            document["fiscal_year"] = fiscal.year(when)
            document.setdefault("fiscal_period", fiscal.period(when))
        for document in self.documents:
            if document["reversal_of"]:
                document["reversal_of"] = document["reversal_of"]["document_id"]
        count = sum(document["pattern"] is None for document in self.documents)
        config = {**CONFIG, "transactions": {"target_count": count}}
        return Files(self.documents, self._tables(), config)

    def _tables(self) -> dict[str, list[Row]]:
        return {
            "accounts": [
                {
                    "account": one.code,
                    "type": one.type,
                    "postable": one.postable,
                    "control": one.control or None,
                }
                for one in sorted([*CHART.accounts, *CHART.headings], key=lambda one: one.code)
            ],
            "parties": [
                {"partner_id": f"{kind[0].upper()}{company}", "partner_type": kind}
                for company in CURRENCIES
                for kind in ("customer", "vendor", "employee")
            ],
            "users": [row for company in CURRENCIES for row in _users(company)],
            "balances": self._balances(),
            "open-items": self._open_items(),
            "open-items-opening": self.items,
        }

    def _balances(self) -> list[Row]:
        rows = []
        for company, currency in CURRENCIES.items():
            places = decimals(currency)
            for one in CHART.accounts:
                amounts = [
                    minor(line["local_amount"])
                    for document in self.documents
                    if document["company_code"] == company
                    for line in document["lines"]
                    if line["account"] == one.code
                ]
                opening = self.opening.get((company, one.code), 0)
                if not amounts and not opening:
                    continue
                debit = sum(amount for amount in amounts if amount > 0)
                credit = -sum(amount for amount in amounts if amount < 0)
                rows.append(
                    {
                        "company_code": company,
                        "account": one.code,
                        "currency": currency,
                        "opening": text(opening, places),
                        "debit": text(debit, places),
                        "credit": text(credit, places),
                        "balance": text(opening + debit - credit, places),
                    }
                )
        return rows

    def _open_items(self) -> list[Row]:
        left: dict[tuple[str, str, str | None, str], int] = {}
        for row in self.items:
            key = (row["company_code"], row["account"], row["partner_id"], row["reference"])
            left[key] = minor(row["local_amount"])
        for document in self.documents:
            for line in document["lines"]:
                if line["assignment"]:
                    key = (
                        document["company_code"],
                        line["account"],
                        line["partner_id"],
                        line["assignment"],
                    )
                    left[key] = left.get(key, 0) + minor(line["local_amount"])
        return [item(*key, amount) for key, amount in left.items() if amount]


def item(company: str, code: str, partner: str | None, reference: str, amount: int) -> Row:
    """An open item."""
    return {
        "company_code": company,
        "account": code,
        "partner_id": partner,
        "reference": reference,
        "local_amount": text(amount, decimals(CURRENCIES[company])),
    }


def minor(amount: str) -> int:
    """Read minor units."""
    return int(amount.replace(".", ""))


def _line(number: int, one: Line, places: int, home: int) -> Row:
    code = account(one.pool)
    kind = {"C": "customer", "V": "vendor", "E": "employee"}.get(one.partner[:1])
    return {
        "line_number": number,
        "account": code,
        "account_name": one.pool,
        "debit": text(max(one.amount, 0), places),
        "credit": text(max(-one.amount, 0), places),
        "local_amount": text(one.amount if one.local is None else one.local, home),
        "partner_type": kind,
        "partner_id": one.partner or None,
        "trading_partner": one.trading or None,
        "tax_code": one.tax[0] if one.tax else None,
        "tax_amount": text(one.tax[1], places) if one.tax else None,
        "assignment": one.item or None,
    }


def _users(company: str) -> list[Row]:
    limit = text(1_000_000, decimals(CURRENCIES[company]))
    return [
        {"user_id": f"clerk.{company}", "approval_limit": limit, "company_code": company},
        {"user_id": f"chief.{company}", "approval_limit": None, "company_code": company},
    ]
