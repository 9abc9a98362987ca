"""The columns of entries and lines, and what stands for nothing in them.

Words are codes (`Vocabulary`), money is minor units, days count from 1970-01-01,
moments are seconds from there.  Ids, references and assignments are fingerprints:
64 bits that differ where the texts do, but for one chance in millions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    Ints = np.typing.NDArray[np.int64]
    Codes = np.typing.NDArray[np.int32]
    Prints = np.typing.NDArray[np.uint64]

NEVER = np.iinfo(np.int64).min
"""Day or moment that is absent."""

NO_PRINT = 0
"""Fingerprint of a text that is absent."""

NO_LIMIT = np.iinfo(np.int64).max
"""What somebody may approve who has no limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Headers of ``n`` entries, each attribute named for its field and of shape ``(n,)``.

    Attributes
    ----------
    sequence, document_number, fiscal_year, fiscal_period
        Numbers.
    document_id, reference, reversal_of
        Fingerprints.
    posting_date, document_date
        Days.
    created_at, approved_at
        Moments.
    company_code, document_type, currency, exchange_rate, header_text, created_by, approved_by, source,
    business_process, pattern
        Codes of companies, document_types, currencies, rates, texts, users (both), sources, processes,
        patterns.  A rate stays the text that is printed: there are few, and no number holds each of them.
    """

    sequence: Ints
    document_id: Prints
    document_number: Ints
    company_code: Codes
    fiscal_year: Ints
    fiscal_period: Ints
    posting_date: Ints
    document_date: Ints
    created_at: Ints
    document_type: Codes
    currency: Codes
    exchange_rate: Codes
    reference: Prints
    header_text: Codes
    created_by: Codes
    approved_by: Codes
    approved_at: Ints
    source: Codes
    business_process: Codes
    pattern: Codes
    reversal_of: Prints


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines of all entries in order, each attribute of shape ``(m,)``.

    Attributes
    ----------
    line_number
        As printed.
    account, partner_type, partner_id, trading_partner, tax_code
        Codes of accounts, partner_types, partners, companies, tax_codes.
    debit, credit, tax_amount
        [minor units of the document's currency]
    local_amount
        Debit positive. [minor units of the company's currency]
    assignment
        Fingerprints.
    """

    line_number: Ints
    account: Codes
    debit: Ints
    credit: Ints
    local_amount: Ints
    partner_type: Codes
    partner_id: Codes
    trading_partner: Codes
    tax_code: Codes
    tax_amount: Ints
    assignment: Prints
