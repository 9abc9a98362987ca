"""The fields of the document view: how each is written, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import pyarrow as pa

AMOUNT_DECIMALS = 4
AMOUNT_DIGITS = 23
"""Of all amounts, whatever the currency; see `arrow_columns` for what is kept of them."""


class Kind(Enum):
    """How a field is written, and so what its column holds."""

    NUMBER = auto()
    """A JSON number: an integer."""
    DIGITS = auto()
    """A number printed as text: an integer."""
    WORD = auto()
    """One of a limited set of texts: a code."""
    PRINT = auto()
    """One of a great many texts: a fingerprint."""
    DAY = auto()
    """A date: days since 1970-01-01."""
    MOMENT = auto()
    """A date and a time: seconds since 1970-01-01."""
    AMOUNT = auto()
    """Decimal text: ten-thousandths, then minor units."""


ARROW_TYPES = {
    Kind.NUMBER: pa.int64(),
    Kind.DIGITS: pa.string(),
    Kind.WORD: pa.string(),
    Kind.PRINT: pa.string(),
    Kind.DAY: pa.timestamp("s"),
    Kind.MOMENT: pa.timestamp("s"),
    Kind.AMOUNT: pa.decimal128(AMOUNT_DIGITS, AMOUNT_DECIMALS),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    Attributes
    ----------
    name
        As written, and of the column.
    kind
        How it is written.
    words
        Kind of its words in the vocabulary, if it is a word.
    required
        Whether it may not be absent.
    """

    name: str
    kind: Kind
    words: str = ""
    required: bool = False


ENTRY_FIELDS = (
    Field("sequence", Kind.NUMBER, required=True),
    Field("document_id", Kind.PRINT, required=True),
    Field("document_number", Kind.DIGITS, required=True),
    Field("company_code", Kind.WORD, "companies", required=True),
    Field("fiscal_year", Kind.NUMBER, required=True),
    Field("fiscal_period", Kind.NUMBER, required=True),
    Field("posting_date", Kind.DAY, required=True),
    Field("document_date", Kind.DAY, required=True),
    Field("created_at", Kind.MOMENT, required=True),
    Field("document_type", Kind.WORD, "document_types", required=True),
    Field("currency", Kind.WORD, "currencies", required=True),
    Field("exchange_rate", Kind.WORD, "rates", required=True),
    Field("reference", Kind.PRINT),
    Field("header_text", Kind.WORD, "texts", required=True),
    Field("created_by", Kind.WORD, "users", required=True),
    Field("approved_by", Kind.WORD, "users"),
    Field("approved_at", Kind.MOMENT),
    Field("source", Kind.WORD, "sources", required=True),
    Field("business_process", Kind.WORD, "processes", required=True),
    Field("pattern", Kind.WORD, "patterns"),
    Field("reversal_of", Kind.PRINT),
)

LINE_FIELDS = (
    Field("line_number", Kind.NUMBER, required=True),
    Field("account", Kind.WORD, "accounts", required=True),
    Field("debit", Kind.AMOUNT, required=True),
    Field("credit", Kind.AMOUNT, required=True),
    Field("local_amount", Kind.AMOUNT, required=True),
    Field("partner_type", Kind.WORD, "partner_types"),
    Field("partner_id", Kind.WORD, "partners"),
    Field("trading_partner", Kind.WORD, "companies"),
    Field("tax_code", Kind.WORD, "tax_codes"),
    Field("tax_amount", Kind.AMOUNT),
    Field("assignment", Kind.PRINT),
)

LINE_STRUCT = pa.struct([(field.name, ARROW_TYPES[field.kind]) for field in LINE_FIELDS])

SCHEMA = pa.schema(
    [*((field.name, ARROW_TYPES[field.kind]) for field in ENTRY_FIELDS), ("lines", pa.list_(LINE_STRUCT))]
)
"""What is read of a document; other fields are passed over."""
