"""The fields of the document view: how each is written, and how it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

import pyarrow as pa

AMOUNT_DECIMALS = 4
AMOUNT_DIGITS = 23
"""Of all amounts, whatever the currency; see `documents` for what is kept of them."""


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
class DocumentField:
    """One field of a document or of its lines.

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
    DocumentField("sequence", Kind.NUMBER, required=True),
    DocumentField("document_id", Kind.PRINT, required=True),
    DocumentField("document_number", Kind.DIGITS, required=True),
    DocumentField("company_code", Kind.WORD, "companies", required=True),
    DocumentField("fiscal_year", Kind.NUMBER, required=True),
    DocumentField("fiscal_period", Kind.NUMBER, required=True),
    DocumentField("posting_date", Kind.DAY, required=True),
    DocumentField("document_date", Kind.DAY, required=True),
    DocumentField("created_at", Kind.MOMENT, required=True),
    DocumentField("document_type", Kind.WORD, "document_types", required=True),
    DocumentField("currency", Kind.WORD, "currencies", required=True),
    DocumentField("exchange_rate", Kind.WORD, "rates", required=True),
    DocumentField("reference", Kind.PRINT),
    DocumentField("header_text", Kind.WORD, "texts", required=True),
    DocumentField("created_by", Kind.WORD, "users", required=True),
    DocumentField("approved_by", Kind.WORD, "users"),
    DocumentField("approved_at", Kind.MOMENT),
    DocumentField("source", Kind.WORD, "sources", required=True),
    DocumentField("business_process", Kind.WORD, "processes", required=True),
    DocumentField("pattern", Kind.WORD, "patterns"),
    DocumentField("reversal_of", Kind.PRINT),
)

LINE_FIELDS = (
    DocumentField("line_number", Kind.NUMBER, required=True),
    DocumentField("account", Kind.WORD, "accounts", required=True),
    DocumentField("debit", Kind.AMOUNT, required=True),
    DocumentField("credit", Kind.AMOUNT, required=True),
    DocumentField("local_amount", Kind.AMOUNT, required=True),
    DocumentField("partner_type", Kind.WORD, "partner_types"),
    DocumentField("partner_id", Kind.WORD, "partners"),
    DocumentField("trading_partner", Kind.WORD, "companies"),
    DocumentField("tax_code", Kind.WORD, "tax_codes"),
    DocumentField("tax_amount", Kind.AMOUNT),
    DocumentField("assignment", Kind.PRINT),
)

LINE_STRUCT = pa.struct([(field.name, ARROW_TYPES[field.kind]) for field in LINE_FIELDS])

SCHEMA = pa.schema(
    [*((field.name, ARROW_TYPES[field.kind]) for field in ENTRY_FIELDS), ("lines", pa.list_(LINE_STRUCT))]
)
"""What is read of a document; other fields are passed over."""
