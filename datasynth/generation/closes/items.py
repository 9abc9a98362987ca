"""The close as a table: which entries a month, quarter and year end consist of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from datasynth.ledger.processes import Band

PATTERNS = ("month_end", "quarter_end", "year_end")
"""From the smallest close to the largest; each includes the ones before it."""


class Basis(Enum):
    """What the amount of a closing entry is taken from."""

    TURNOVER = "a share of the company's monthly turnover"
    DEPRECIATION = "cost of an asset class over its life, never more than is left"
    OPEN_RECEIPTS = "goods received and not yet invoiced"
    PROFIT = "the result of the fiscal year so far, not yet provided for"
    ALLOCATION = "a share of turnover, from one cost centre to many"
    INTERCOMPANY = "a share of the turnover of the smaller of two companies"
    RESULT = "the balance of every income and expense account"
    SUMMARY = "the balance of the income summary"
    RETAINED = "the year's retained earnings"


@dataclass(frozen=True, slots=True)
class ClosingItem:
    """One entry of a close.

    Attributes
    ----------
    name
        Key of its draws.
    pattern
        The smallest close that has it.
    process
        Business process; an item of a process without weight does not occur.
    document_type, source, role, text
        As in the header.
    debit, credit
        Pools of the accounts.
    basis, permille
        The amount, and which share of the basis is usual. [permille]
    reverses
        Whether the first day of the next period takes it back.
    last_day
        Whether it waits for the last calendar day, in period 13.
    band
        When in the day.
    """

    name: str
    pattern: str
    process: str
    document_type: str
    source: str
    role: str
    text: str
    debit: str
    credit: str
    basis: Basis = Basis.TURNOVER
    permille: int = 0
    reverses: bool = False
    last_day: bool = False
    band: Band = Band.EVENING


REVERSAL_TYPE = "SU"
CARRY_FORWARD_TYPE = "CF"

ON_DEMAND_TYPES = ("XC", "XR", "XS", "XF")
"""Types of called-for entries: the close, what the next period takes back, what
squares the year's close with it, and what that carries forward.  Types of their
own, so that no other document's number moves."""

ASSET_CLASSES = ("equipment", "machinery", "vehicles", "buildings")


def _adjustment(
    name: str, text: str, debit: str, credit: str, permille: int, *, reverses: bool = False
) -> ClosingItem:
    return ClosingItem(
        name,
        "month_end",
        "R2R",
        "SB",
        "adjustment",
        "gl.accountant",
        text,
        debit,
        credit,
        permille=permille,
        reverses=reverses,
    )


def _depreciation(asset_class: str) -> ClosingItem:
    return ClosingItem(
        f"depreciation.{asset_class}",
        "month_end",
        "A2R",
        "AF",
        "recurring",
        "batch.assets",
        f"Monthly depreciation, {asset_class}",
        f"depreciation.{asset_class}",
        f"{asset_class}_depreciation",
        Basis.DEPRECIATION,
    )


def _quarterly(
    name: str,
    text: str,
    debit: str,
    credit: str,
    permille: int,
    basis: Basis = Basis.TURNOVER,
    document_type: str = "SB",
) -> ClosingItem:
    return ClosingItem(
        name,
        "quarter_end",
        "R2R",
        document_type,
        "adjustment",
        "controller",
        text,
        debit,
        credit,
        basis,
        permille,
    )


def _audit(name: str, text: str, debit: str, credit: str, permille: int) -> ClosingItem:
    return ClosingItem(
        name,
        "year_end",
        "R2R",
        "AJ",
        "adjustment",
        "controller",
        text,
        debit,
        credit,
        permille=permille,
        last_day=True,
    )


def _closing(
    name: str, text: str, debit: str, credit: str, basis: Basis, document_type: str = "CL"
) -> ClosingItem:
    return ClosingItem(
        name,
        "year_end",
        "R2R",
        document_type,
        "automated",
        "batch.ledger",
        text,
        debit,
        credit,
        basis,
        last_day=True,
        band=Band.CLOSE,
    )


CLOSING_ITEMS = (
    # The close itself comes first: what is left of a small budget goes by this order.
    _closing(
        "close_result",
        "Closing of income and expense accounts",
        "income_summary",
        "income_summary",
        Basis.RESULT,
    ),
    _closing(
        "close_summary",
        "Transfer of the result to retained earnings",
        "income_summary",
        "retained_earnings",
        Basis.SUMMARY,
    ),
    *(_depreciation(asset_class) for asset_class in ASSET_CLASSES),
    ClosingItem(
        "payroll_accrual",
        "month_end",
        "H2R",
        "SB",
        "adjustment",
        "gl.accountant",
        "Accrual of salaries",
        "salaries",
        "accrued_payroll",
        permille=18,
        reverses=True,
    ),
    _adjustment(
        "accrual.services",
        "Accrual of services received",
        "expense",
        "accrued_expenses",
        9,
        reverses=True,
    ),
    _adjustment(
        "accrual.revenue",
        "Accrual of revenue earned",
        "unbilled_receivables",
        "accrued_revenue",
        12,
        reverses=True,
    ),
    _adjustment("prepaid", "Amortisation of prepaid expenses", "insurance", "prepaid", 4),
    _adjustment("deferred", "Release of deferred revenue", "deferred_revenue", "revenue", 5),
    _adjustment("rent", "Rent of the month", "rent", "rent_payable", 8),
    _adjustment("interest", "Interest of the month", "interest_expense", "accrued_interest", 3),
    ClosingItem(
        "grir_clearing",
        "month_end",
        "P2P",
        "SB",
        "adjustment",
        "gl.accountant",
        "Goods received, invoice outstanding",
        "grir",
        "goods_not_invoiced",
        Basis.OPEN_RECEIPTS,
        reverses=True,
    ),
    ClosingItem(
        "allocation",
        "month_end",
        "R2R",
        "CO",
        "recurring",
        "batch.ledger",
        "Allocation of overhead to cost centres",
        "expense",
        "expense",
        Basis.ALLOCATION,
        permille=20,
    ),
    _adjustment("bank_difference", "Bank reconciliation difference", "bank", "other_income", 1),
    _adjustment(
        "accrual.utilities",
        "Accrual of utilities",
        "expense",
        "accrued_expenses",
        4,
        reverses=True,
    ),
    _adjustment(
        "accrual.freight", "Accrual of freight", "expense", "accrued_expenses", 3, reverses=True
    ),
    _quarterly(
        "tax_provision",
        "Provision for income tax",
        "income_tax",
        "income_tax_payable",
        250,
        Basis.PROFIT,
    ),
    _quarterly("bad_debt", "Reserve for doubtful receivables", "bad_debt", "receivables_allowance", 6),
    _quarterly("inventory_reserve", "Inventory reserve", "inventory_expense", "inventory_reserve", 5),
    _quarterly("bonus", "Accrual of bonuses", "bonus", "accrued_bonus", 10),
    _quarterly(
        "intercompany.charge",
        "Intercompany services",
        "intercompany_receivable",
        "intercompany_revenue",
        15,
        Basis.INTERCOMPANY,
        "IC",
    ),
    _quarterly(
        "intercompany.settlement",
        "Intercompany settlement",
        "intercompany_clearing",
        "intercompany_receivable",
        15,
        Basis.INTERCOMPANY,
        "IC",
    ),
    _quarterly(
        "intercompany.received",
        "Intercompany services received",
        "intercompany_expense",
        "intercompany_payable",
        15,
        Basis.INTERCOMPANY,
        "IC",
    ),
    _quarterly(
        "intercompany.paid",
        "Intercompany settlement",
        "intercompany_payable",
        "intercompany_clearing",
        15,
        Basis.INTERCOMPANY,
        "IC",
    ),
    _audit("audit.fees", "Audit adjustment: audit fees", "audit_fees", "accrued_audit", 4),
    _audit("audit.cutoff", "Audit adjustment: cut-off", "revenue", "accrued_audit", 3),
    _audit("count", "Inventory count difference", "inventory_difference", "inventory", 2),
    _audit("impairment", "Impairment of fixed assets", "impairment", "impairment_allowance", 7),
)
"""Every entry of the largest close, the most needed first."""

CARRY_FORWARD = _closing(
    "carry_forward",
    "Carry-forward of retained earnings",
    "retained_earnings",
    "retained_earnings_brought_forward",
    Basis.RETAINED,
    CARRY_FORWARD_TYPE,
)
"""Follows a close of the year, on the first day of the next one."""

SQUARE_RESULT = _closing(
    "square_result",
    "Closing of income and expense accounts, called-for closes",
    "income_summary",
    "income_summary",
    Basis.RESULT,
    "XS",
)
SQUARE_SUMMARY = _closing(
    "square_summary",
    "Transfer of the result to retained earnings, called-for closes",
    "income_summary",
    "retained_earnings",
    Basis.SUMMARY,
    "XS",
)
SQUARE_CARRY = _closing(
    "square_carry",
    "Carry-forward of retained earnings, called-for closes",
    "retained_earnings",
    "retained_earnings_brought_forward",
    Basis.RETAINED,
    "XF",
)
SQUARES = (SQUARE_RESULT, SQUARE_SUMMARY, SQUARE_CARRY)
"""What the end of a fiscal year adds for closes that were called for in it."""


def items_of(pattern: str) -> tuple[ClosingItem, ...]:
    """Return the entries of a close, the most needed first."""
    rank = PATTERNS.index(pattern)
    return tuple(item for item in CLOSING_ITEMS if PATTERNS.index(item.pattern) <= rank)
