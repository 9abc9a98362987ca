"""The JSON Schemas of reports: statements of companies, and statistics of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.transports.operations import record
from datasynth.transports.rest.schemas import AMOUNT, DAY, TEXT, WHOLE, every, words

if TYPE_CHECKING:
    from datasynth.transports.operations import JsonSchema

_DIGITS = 9


def report_components() -> dict[str, JsonSchema]:
    """Return the schemas of reports by name: of one company's statements, and of the parts of statistics."""
    account = record(account=TEXT, name=TEXT, amount=AMOUNT)
    group = record(account=TEXT, name=TEXT, amount=AMOUNT, accounts=every(account))
    sections = every(record(account=TEXT, name=TEXT, amount=AMOUNT, groups=every(group)))
    return {
        "CompanyStatements": record(
            company_code=TEXT,
            company_name=TEXT,
            currency=TEXT,
            income_statement=record(
                fiscal_year=WHOLE, from_date=DAY, sections=sections, result=AMOUNT, closed=AMOUNT
            ),
            balance_sheet=record(
                sections=sections, result=AMOUNT, assets=AMOUNT, liabilities_and_equity=AMOUNT
            ),
            trial_balance=record(debit=AMOUNT, credit=AMOUNT, difference=AMOUNT),
        ),
        "Statistics": record(
            at_sequence=WHOLE,
            at_date=DAY,
            entries=WHOLE,
            per=words("day", "month"),
            entries_by_day=every(record(posting_date=DAY, entries=WHOLE)),
            document_types=every(record(document_type=TEXT, entries=WHOLE)),
            first_digits=record(
                entries=WHOLE,
                counts=_nine(WHOLE),
                benford=_nine({"type": "number", "minimum": 0, "maximum": 1}),
            ),
            busiest_accounts=every(
                record(
                    company_code=TEXT,
                    account=TEXT,
                    account_name=TEXT,
                    currency=TEXT,
                    debit=AMOUNT,
                    credit=AMOUNT,
                )
            ),
        ),
    }


def _nine(items: JsonSchema) -> JsonSchema:
    return {**every(items), "minItems": _DIGITS, "maxItems": _DIGITS}
