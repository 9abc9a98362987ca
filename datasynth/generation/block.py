"""A run of journal entries as columns, and the words that its codes stand for.

A block holds numbers only.  Every word, from an account's name to a user's id, is a code
into the journal's `Vocabulary`, so that an encoder can prepare each word once and a
kernel can copy it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.columns.block_columns import EntryColumns, LineColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from datasynth.ledger.references import ReferenceKind

BLOCK_ENTRIES = 8_192
"""Entries that are computed at a time; the number does not affect the entries."""

ABSENT = -1
"""Code of a field that this entry or line does not have."""

_NAMES: dict[type[np.generic], tuple[str, ...]] = {
    np.uint64: ("id_high", "id_low", "reversal_high", "reversal_low"),
    np.int64: (
        *("created_at", "exchange_rate", "reference_number", "approved_at", "batch"),
        *("debit", "credit", "local_amount", "tax_amount", "assignment_number"),
    ),
    np.int32: (
        *("posting_day", "document_day", "header_text", "created_by", "approved_by"),
        *("partner", "line_text", "value_day"),
    ),
    np.int16: (
        *("company", "fiscal_year", "document_type", "currency", "reference_kind"),
        *("account", "cost_center", "profit_center", "trading_partner", "assignment_kind"),
    ),
    np.int8: ("fiscal_period", "source", "process", "rate_places", "tax_code"),
}
COLUMN_TYPES = {name: np.dtype(kind) for kind, names in _NAMES.items() for name in names}
"""Type of each column of a block that a kernel fills."""

_ENTRY_TYPES = [COLUMN_TYPES[name] for name in EntryColumns._fields]
_LINE_TYPES = [COLUMN_TYPES[name] for name in LineColumns._fields]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words behind a block's codes; a code is an index into its tuple.

    Attributes
    ----------
    companies, company_currencies
        Company codes, and the code (into `currencies`) of each one's currency.
    currencies, currency_decimals
        ISO 4217 codes and the decimals of their minor units.
    accounts, account_names
        Chart of accounts, parallel.
    partners, partner_types
        Ids and types of customers, vendors and employees, parallel.
    reference_kinds
        How references and assignments are printed: some text, then the number with at
        least so many digits.  The company's own ones look like ``INV-0000001234``; those
        of vendors, who number their own invoices, like ``RE 004711`` or ``20815``.
    batch_kind
        How batch ids are printed.
    """

    companies: tuple[str, ...]
    company_currencies: tuple[int, ...]
    currencies: tuple[str, ...]
    currency_decimals: tuple[int, ...]
    document_types: tuple[str, ...]
    sources: tuple[str, ...]
    processes: tuple[str, ...]
    patterns: tuple[str, ...]
    accounts: tuple[str, ...]
    account_names: tuple[str, ...]
    header_texts: tuple[str, ...]
    line_texts: tuple[str, ...]
    users: tuple[str, ...]
    cost_centers: tuple[str, ...]
    profit_centers: tuple[str, ...]
    tax_codes: tuple[str, ...]
    partners: Sequence[str]
    partner_types: Sequence[str]
    reference_kinds: tuple[ReferenceKind, ...]
    batch_kind: ReferenceKind


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Entries ``first … first + n - 1`` of a journal, ``m`` lines in all.

    Attributes
    ----------
    first
        Sequence number of the first entry, from 0.
    id_high, id_low : (n,) uint64
        The two halves of `document_id`, a UUID, most significant first.
    document_number : (n,) int64
        Gap-free per company, fiscal year and document type, from 1; printed
        with at least ten digits.
    company, document_type, currency, header_text, created_by : (n,) int16, int16, int16, int32, int32
        Codes.
    fiscal_year, fiscal_period : (n,) int16, int8
        Period 1 … 12, or 13 … 16 for closing entries.
    posting_day, document_day : (n,) int32
        Days since 1970-01-01.
    created_at : (n,) int64
        Seconds since 1970-01-01 UTC.
    exchange_rate, rate_places : (n,) int64, int8
        Document to company currency, as a whole number of its last decimal, and
        how many decimals that are; 6 or more.
    reference_kind, reference_number : (n,) int16, int64
        Kind `ABSENT` where there is no reference.
    approved_by, approved_at : (n,) int32, int64
        Code and seconds since 1970-01-01 UTC, both `ABSENT` without approval.
    source, process : (n,) int8
        Codes.
    pattern : (n,) int8
        Code of the trigger's pattern, or `ABSENT`.
    reversal_high, reversal_low : (n,) uint64
        Halves of the UUID of the entry that this one reverses; both 0 if none.
    batch : (n,) int64
        Number of the batch run, or `ABSENT`.
    first_line : (n + 1,) int64
        Lines of entry ``i`` are ``first_line[i] … first_line[i + 1] - 1``.
    account : (m,) int16
        Code.
    debit, credit : (m,) int64
        Document currency, one of them 0. [minor units]
    local_amount : (m,) int64
        Company currency, debit positive. [minor units]
    cost_center, profit_center, trading_partner : (m,) int16
        Codes (`trading_partner` into `companies`), or `ABSENT`.
    partner : (m,) int32
        Code into `partners` and `partner_types`, or `ABSENT`.
    tax_code, tax_amount : (m,) int8, int64
        Code or `ABSENT` (then there is no amount either). [minor units]
    assignment_kind, assignment_number : (m,) int16, int64
        As for references.
    line_text : (m,) int32
        Code, or `ABSENT`.
    value_day : (m,) int32
        Days since 1970-01-01, or `ABSENT`.
    """

    first: int
    id_high: NDArray[np.uint64]
    id_low: NDArray[np.uint64]
    document_number: NDArray[np.int64]
    company: NDArray[np.int16]
    fiscal_year: NDArray[np.int16]
    fiscal_period: NDArray[np.int8]
    posting_day: NDArray[np.int32]
    document_day: NDArray[np.int32]
    created_at: NDArray[np.int64]
    document_type: NDArray[np.int16]
    currency: NDArray[np.int16]
    exchange_rate: NDArray[np.int64]
    rate_places: NDArray[np.int8]
    reference_kind: NDArray[np.int16]
    reference_number: NDArray[np.int64]
    header_text: NDArray[np.int32]
    created_by: NDArray[np.int32]
    approved_by: NDArray[np.int32]
    approved_at: NDArray[np.int64]
    source: NDArray[np.int8]
    process: NDArray[np.int8]
    pattern: NDArray[np.int8]
    reversal_high: NDArray[np.uint64]
    reversal_low: NDArray[np.uint64]
    batch: NDArray[np.int64]
    first_line: NDArray[np.int64]
    account: NDArray[np.int16]
    debit: NDArray[np.int64]
    credit: NDArray[np.int64]
    local_amount: NDArray[np.int64]
    cost_center: NDArray[np.int16]
    profit_center: NDArray[np.int16]
    partner: NDArray[np.int32]
    trading_partner: NDArray[np.int16]
    tax_code: NDArray[np.int8]
    tax_amount: NDArray[np.int64]
    assignment_kind: NDArray[np.int16]
    assignment_number: NDArray[np.int64]
    line_text: NDArray[np.int32]
    value_day: NDArray[np.int32]

    @property
    def entries(self) -> int:
        """Number of entries."""
        return len(self.first_line) - 1

    @property
    def lines(self) -> int:
        """Number of lines."""
        return int(self.first_line[-1])


def empty_columns(entries: int, lines: int) -> tuple[EntryColumns, LineColumns]:
    """Return uninitialised columns of a block for kernels to fill."""
    return (
        EntryColumns._make([np.empty(entries, dtype=kind) for kind in _ENTRY_TYPES]),
        LineColumns._make([np.empty(lines, dtype=kind) for kind in _LINE_TYPES]),
    )
