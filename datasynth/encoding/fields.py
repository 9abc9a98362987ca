"""The fields of entries and lines: what each is called, where it comes from, and in which order they come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from datasynth.encoding.kernels.records import ENTRY, LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.generation.block import Vocabulary

NUMBER_WIDTH = 10
"""Least digits of document, reference and batch numbers."""


class Shape(Enum):
    """What a field looks like."""

    INTEGER = auto()
    PADDED = auto()
    WORD = auto()
    NUMBERED = auto()
    AMOUNT = auto()
    UUID = auto()
    DATE = auto()
    MOMENT = auto()


LEAST = {
    Shape.INTEGER: 1,
    Shape.PADDED: NUMBER_WIDTH,
    Shape.WORD: 0,
    Shape.NUMBERED: 0,
    Shape.AMOUNT: 1,
    Shape.UUID: 36,
    Shape.DATE: 10,
    Shape.MOMENT: 19,
}
"""Characters that a present value of each shape has at least, without quotes."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes
    ----------
    name
        As printed.
    scope
        `ENTRY` or `LINE`.
    shape
        What it looks like.
    column
        Column with the value, or with the code of a word or a prefix.
    other
        Second column: an id's low half, an amount's or a rate's decimals, the number
        behind a prefix.
    gate
        Column of codes that is `ABSENT` where the field is; words and prefixes
        are absent by their own code.
    words
        Picks the words or prefixes that the codes stand for, those of `gate`
        included; a presence column has the one code 0.
    """

    name: str
    scope: int
    shape: Shape
    column: str
    other: str = ""
    gate: str | None = None
    words: Callable[[Vocabulary], Sequence[str]] = lambda _: ("",)


SEQUENCE = Field("sequence", ENTRY, Shape.INTEGER, "sequence")
DOCUMENT_ID = Field("document_id", ENTRY, Shape.UUID, "id_high", "id_low")
COMPANY_CODE = Field("company_code", ENTRY, Shape.WORD, "company", words=lambda v: v.companies)
POSTING_DATE = Field("posting_date", ENTRY, Shape.DATE, "posting_day")
CURRENCY = Field("currency", ENTRY, Shape.WORD, "currency", words=lambda v: v.currencies)

HEADER_FIELDS = (
    DOCUMENT_ID,
    Field("document_number", ENTRY, Shape.PADDED, "document_number"),
    COMPANY_CODE,
    Field("fiscal_year", ENTRY, Shape.INTEGER, "fiscal_year"),
    Field("fiscal_period", ENTRY, Shape.INTEGER, "fiscal_period"),
    POSTING_DATE,
    Field("document_date", ENTRY, Shape.DATE, "document_day"),
    Field("created_at", ENTRY, Shape.MOMENT, "created_at"),
    Field("document_type", ENTRY, Shape.WORD, "document_type", words=lambda v: v.document_types),
    CURRENCY,
    Field("exchange_rate", ENTRY, Shape.AMOUNT, "exchange_rate", "rate_places"),
    Field(
        "reference",
        ENTRY,
        Shape.NUMBERED,
        "reference_kind",
        "reference_number",
        words=lambda v: v.reference_kinds,
    ),
    Field("header_text", ENTRY, Shape.WORD, "header_text", words=lambda v: v.header_texts),
    Field("created_by", ENTRY, Shape.WORD, "created_by", words=lambda v: v.users),
    Field("approved_by", ENTRY, Shape.WORD, "approved_by", words=lambda v: v.users),
    Field("approved_at", ENTRY, Shape.MOMENT, "approved_at", gate="approved_by", words=lambda v: v.users),
    Field("source", ENTRY, Shape.WORD, "source", words=lambda v: v.sources),
    Field("business_process", ENTRY, Shape.WORD, "process", words=lambda v: v.processes),
    Field("pattern", ENTRY, Shape.WORD, "pattern", words=lambda v: v.patterns),
    Field("reversal_of", ENTRY, Shape.UUID, "reversal_high", "reversal_low", gate="reversal"),
    Field("batch_id", ENTRY, Shape.NUMBERED, "batched", "batch", words=lambda v: (v.batch_prefix,)),
)
"""In the order of the document view."""

LINE_NUMBER = Field("line_number", LINE, Shape.INTEGER, "line_number")
LINE_IN_ROW = Field("line", LINE, Shape.INTEGER, "line_number")
ACCOUNT = Field("account", LINE, Shape.WORD, "account", words=lambda v: v.accounts)
DEBIT = Field("debit", LINE, Shape.AMOUNT, "debit", "decimals")
CREDIT = Field("credit", LINE, Shape.AMOUNT, "credit", "decimals")

LINE_FIELDS = (
    LINE_NUMBER,
    ACCOUNT,
    Field("account_name", LINE, Shape.WORD, "account", words=lambda v: v.account_names),
    DEBIT,
    CREDIT,
    Field("local_amount", LINE, Shape.AMOUNT, "local_amount", "local_decimals"),
    Field("cost_center", LINE, Shape.WORD, "cost_center", words=lambda v: v.cost_centers),
    Field("profit_center", LINE, Shape.WORD, "profit_center", words=lambda v: v.profit_centers),
    Field("partner_type", LINE, Shape.WORD, "partner", words=lambda v: v.partner_types),
    Field("partner_id", LINE, Shape.WORD, "partner", words=lambda v: v.partners),
    Field("trading_partner", LINE, Shape.WORD, "trading_partner", words=lambda v: v.companies),
    Field("tax_code", LINE, Shape.WORD, "tax_code", words=lambda v: v.tax_codes),
    Field(
        "tax_amount",
        LINE,
        Shape.AMOUNT,
        "tax_amount",
        "decimals",
        gate="tax_code",
        words=lambda v: v.tax_codes,
    ),
    Field(
        "assignment",
        LINE,
        Shape.NUMBERED,
        "assignment_kind",
        "assignment_number",
        words=lambda v: v.reference_kinds,
    ),
    Field("line_text", LINE, Shape.WORD, "line_text", words=lambda v: v.line_texts),
    Field("value_date", LINE, Shape.DATE, "value_day", gate="valued"),
)
"""In the order of the document view."""

PAGE_FIELDS = (DOCUMENT_ID, POSTING_DATE, ACCOUNT, DEBIT, CREDIT)
"""What the line view begins with, and all that a line's event holds."""

ROW_FIELDS = (
    *PAGE_FIELDS,
    SEQUENCE,
    LINE_IN_ROW,
    *(field for field in (*HEADER_FIELDS, *LINE_FIELDS[1:]) if field not in PAGE_FIELDS),
)
"""The line view: everything about one line, flat."""
