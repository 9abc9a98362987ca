"""How references and assignments are printed: some text, then a number with a least number of digits.

A company prints its own numbers in one way.  Each of its vendors has one of some styles.
"""

from __future__ import annotations

from typing import NamedTuple

NUMBER_DIGITS = 10
"""Least digits of the numbers that a company gives: of documents, papers and batches."""


class ReferenceKind(NamedTuple):
    """How references of one kind are printed: ``ReferenceKind("INV-", 10)`` makes ``INV-0000001234``.

    Attributes
    ----------
    text
        What stands before the digits, its separator included; may be empty.
    digits
        Least number of digits, 1 … 16; shorter numbers begin with noughts.
    """

    text: str
    digits: int


def own_kind(prefix: str) -> ReferenceKind:
    """Return how a company prints its numbers with a prefix."""
    return ReferenceKind(f"{prefix}-", NUMBER_DIGITS)


VENDOR_STYLES = (
    ReferenceKind("", 4),
    ReferenceKind("", 6),
    ReferenceKind("", 8),
    ReferenceKind("R", 6),
    ReferenceKind("R-", 5),
    ReferenceKind("RE", 7),
    ReferenceKind("RE-", 5),
    ReferenceKind("RE ", 6),
    ReferenceKind("RG-", 4),
    ReferenceKind("INV", 6),
    ReferenceKind("INV/", 5),
    ReferenceKind("INV ", 4),
    ReferenceKind("I-", 7),
    ReferenceKind("F", 8),
    ReferenceKind("F-", 4),
    ReferenceKind("FA ", 5),
    ReferenceKind("FT/", 6),
    ReferenceKind("NR ", 4),
    ReferenceKind("A-", 6),
    ReferenceKind("B", 7),
    ReferenceKind("BILL-", 5),
    ReferenceKind("S/", 5),
    ReferenceKind("2/", 6),
    ReferenceKind("10-", 6),
)
"""How vendors print the numbers of their invoices and credit memos; our judgement.

No own kind is among them."""
