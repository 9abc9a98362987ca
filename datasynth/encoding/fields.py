"""The fields of entries and lines: what each is called, where it comes from, and in which order they come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from datasynth.encoding.kernels.records import ENTRY, LINE
from datasynth.ledger.references import NUMBER_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasynth.generation.block import Vocabulary


class Notation(Enum):
    """How a value is written."""

    INTEGER = auto()
    PADDED = auto()
    WORD = auto()
    NUMBERED = auto()
    AMOUNT = auto()
    UUID = auto()
    DATE = auto()
    MOMENT = auto()


LEAST = {
    Notation.INTEGER: 1,
    Notation.PADDED: NUMBER_DIGITS,
    Notation.WORD: 0,
    Notation.NUMBERED: 0,
    Notation.AMOUNT: 1,
    Notation.UUID: 36,
    Notation.DATE: 10,
    Notation.MOMENT: 19,
}
"""Characters that a present value of each notation has at least, without quotes."""


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field.

    Attributes
    ----------
    name
        As printed.
    scope
        `ENTRY` or `LINE`.
    notation
        How its value is written.
    column
        Column with the value, or with the code of a word or of a kind of reference.
    other
        Second column: an id's low half, an amount's or a rate's decimals, the number
        of a reference.
    digits
        Column with the least digits of a reference's number.
    presence
        Column of codes that is `ABSENT` where the field is; words and references
        are absent by their own code.
    words
        Picks the words, or the texts before numbers, that the codes stand for, those of
        `presence` included; a column that tells nothing else has the one code 0.
    always
        Whether no code of a word is ever absent.
    """

    name: str
    scope: int
    notation: Notation
    column: str
    other: str = ""
    digits: str = ""
    presence: str | None = None
    words: Callable[[Vocabulary], Sequence[str]] = lambda _: ("",)
    always: bool = False

    @property
    def nullable(self) -> bool:
        """Whether some entry or line may be without it."""
        words = self.notation in {Notation.WORD, Notation.NUMBERED}
        return self.presence is not None or (words and not self.always)


def _reference_texts(vocabulary: Vocabulary) -> Sequence[str]:
    return [kind.text for kind in vocabulary.reference_kinds]


SEQUENCE = RecordField("sequence", ENTRY, Notation.INTEGER, "sequence")
DOCUMENT_ID = RecordField("document_id", ENTRY, Notation.UUID, "id_high", "id_low")
COMPANY_CODE = RecordField(
    "company_code", ENTRY, Notation.WORD, "company", words=lambda v: v.companies, always=True
)
POSTING_DATE = RecordField("posting_date", ENTRY, Notation.DATE, "posting_day")
CURRENCY = RecordField(
    "currency", ENTRY, Notation.WORD, "currency", words=lambda v: v.currencies, always=True
)

HEADER_FIELDS = (
    DOCUMENT_ID,
    RecordField("document_number", ENTRY, Notation.PADDED, "document_number"),
    COMPANY_CODE,
    RecordField("fiscal_year", ENTRY, Notation.INTEGER, "fiscal_year"),
    RecordField("fiscal_period", ENTRY, Notation.INTEGER, "fiscal_period"),
    POSTING_DATE,
    RecordField("document_date", ENTRY, Notation.DATE, "document_day"),
    RecordField("created_at", ENTRY, Notation.MOMENT, "created_at"),
    RecordField(
        "document_type", ENTRY, Notation.WORD, "document_type", words=lambda v: v.document_types, always=True
    ),
    CURRENCY,
    RecordField("exchange_rate", ENTRY, Notation.AMOUNT, "exchange_rate", "rate_places"),
    RecordField(
        "reference",
        ENTRY,
        Notation.NUMBERED,
        "reference_kind",
        "reference_number",
        "reference_digits",
        words=_reference_texts,
    ),
    RecordField(
        "header_text", ENTRY, Notation.WORD, "header_text", words=lambda v: v.header_texts, always=True
    ),
    RecordField("created_by", ENTRY, Notation.WORD, "created_by", words=lambda v: v.users, always=True),
    RecordField("approved_by", ENTRY, Notation.WORD, "approved_by", words=lambda v: v.users),
    RecordField(
        "approved_at", ENTRY, Notation.MOMENT, "approved_at", presence="approved_by", words=lambda v: v.users
    ),
    RecordField("source", ENTRY, Notation.WORD, "source", words=lambda v: v.sources, always=True),
    RecordField(
        "business_process", ENTRY, Notation.WORD, "process", words=lambda v: v.processes, always=True
    ),
    RecordField("pattern", ENTRY, Notation.WORD, "pattern", words=lambda v: v.patterns),
    RecordField("reversal_of", ENTRY, Notation.UUID, "reversal_high", "reversal_low", presence="reversal"),
    RecordField(
        "batch_id",
        ENTRY,
        Notation.NUMBERED,
        "batched",
        "batch",
        "batch_digits",
        words=lambda v: (v.batch_kind.text,),
    ),
)
"""In the order of the document view."""

DOCUMENT_FIELDS = (SEQUENCE, *HEADER_FIELDS)
"""Of an entry in the document view; its lines come after them."""

LINE_NUMBER = RecordField("line_number", LINE, Notation.INTEGER, "line_number")
LINE_IN_ROW = RecordField("line", LINE, Notation.INTEGER, "line_number")
ACCOUNT = RecordField("account", LINE, Notation.WORD, "account", words=lambda v: v.accounts, always=True)
DEBIT = RecordField("debit", LINE, Notation.AMOUNT, "debit", "decimals")
CREDIT = RecordField("credit", LINE, Notation.AMOUNT, "credit", "decimals")

LINE_FIELDS = (
    LINE_NUMBER,
    ACCOUNT,
    RecordField("account_name", LINE, Notation.WORD, "account", words=lambda v: v.account_names, always=True),
    DEBIT,
    CREDIT,
    RecordField("local_amount", LINE, Notation.AMOUNT, "local_amount", "local_decimals"),
    RecordField("cost_center", LINE, Notation.WORD, "cost_center", words=lambda v: v.cost_centers),
    RecordField("profit_center", LINE, Notation.WORD, "profit_center", words=lambda v: v.profit_centers),
    RecordField("partner_type", LINE, Notation.WORD, "partner", words=lambda v: v.partner_types),
    RecordField("partner_id", LINE, Notation.WORD, "partner", words=lambda v: v.partners),
    RecordField("trading_partner", LINE, Notation.WORD, "trading_partner", words=lambda v: v.companies),
    RecordField("tax_code", LINE, Notation.WORD, "tax_code", words=lambda v: v.tax_codes),
    RecordField(
        "tax_amount",
        LINE,
        Notation.AMOUNT,
        "tax_amount",
        "decimals",
        presence="tax_code",
        words=lambda v: v.tax_codes,
    ),
    RecordField(
        "assignment",
        LINE,
        Notation.NUMBERED,
        "assignment_kind",
        "assignment_number",
        "assignment_digits",
        words=_reference_texts,
    ),
    RecordField("line_text", LINE, Notation.WORD, "line_text", words=lambda v: v.line_texts),
    RecordField("value_date", LINE, Notation.DATE, "value_day", presence="valued"),
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
