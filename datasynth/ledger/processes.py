"""Business processes as tables: which documents they post, and to what.

A *chain* is one transaction of a process; each of its *steps* posts one
document.  A single-step process entry (cash sale, bank charge) is a chain of
one.  Amounts are named; every step that uses a name posts the same amount, so
that a payment clears its invoice to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Band(IntEnum):
    """Part of a day in which a document is posted; bands follow one another."""

    NIGHT = 0
    DAY = 1
    EVENING = 2
    CLOSE = 3


PROCESSES = ("O2C", "P2P", "R2R", "H2R", "A2R")
"""Order to cash, procure to pay, record to report, hire to retire, acquire to retire."""

SOURCES = ("manual", "automated", "recurring", "adjustment", "reversal")

PARTNER_TYPES = ("customer", "vendor", "employee")


@dataclass(frozen=True, slots=True)
class Posting:
    """One side's share of a document.

    Attributes
    ----------
    pool
        Accounts to choose from; several lines may come of it.
    amount
        Name of the chain's amount that is posted.
    text
        Line text.
    partner
        Whether the chain's partner stands on the line (control accounts).
    """

    pool: str
    amount: str
    text: str
    partner: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One document of a chain.

    Attributes
    ----------
    process
        One of `PROCESSES`.
    document_type, source, role, text
        What the header says; `role` posts it.
    band
        When in the day.
    debit, credit
        What is posted; the first of each side takes several lines if `rich`.
    lag
        Fewest, likeliest and most days from the chain's start. [days]
    reference
        Prefix of the reference, which carries the chain's number.
    rich
        Whether the document has as many lines as documents have, or few.
    varies
        Whether the amounts of its first postings vary from cycle to cycle.
    """

    process: str
    document_type: str
    source: str
    role: str
    text: str
    band: Band
    debit: tuple[Posting, ...]
    credit: tuple[Posting, ...]
    lag: tuple[int, int, int] = (0, 0, 0)
    reference: str = ""
    rich: bool = False
    varies: bool = True


@dataclass(frozen=True, slots=True)
class ChainKind:
    """A kind of transaction.

    Attributes
    ----------
    name
        Key of its deck.
    process
        One of `PROCESSES`.
    partner
        One of `PARTNER_TYPES`, or empty.
    steps
        In the order in which they are posted, at least a day apart.
    share
        For chains of one step: part of the process's single documents.
    """

    name: str
    process: str
    partner: str
    steps: tuple[Step, ...]
    share: float = 1.0


def _chain(name: str, process: str, partner: str, *steps: Step) -> ChainKind:
    return ChainKind(name, process, partner, steps)


def _single(name: str, partner: str, share: float, step: Step) -> ChainKind:
    return ChainKind(name, step.process, partner, (step,), share)


_ORDER_TO_CASH = _chain(
    "order",
    "O2C",
    "customer",
    Step(
        "O2C",
        "WA",
        "automated",
        "batch.sales",
        "Goods issue for delivery",
        Band.DAY,
        (Posting("cost_of_sales", "cost", "Cost of goods delivered"),),
        (Posting("inventory", "cost", "Goods delivered"),),
        reference="DN",
    ),
    Step(
        "O2C",
        "RV",
        "automated",
        "batch.billing",
        "Customer invoice",
        Band.DAY,
        (Posting("receivables", "gross", "Trade receivable", partner=True),),
        (Posting("revenue", "gross", "Sales"),),
        lag=(1, 2, 7),
        reference="INV",
        rich=True,
    ),
    Step(
        "O2C",
        "DZ",
        "automated",
        "ar.clerk",
        "Incoming payment",
        Band.DAY,
        (Posting("bank", "gross", "Customer payment"),),
        (Posting("receivables", "gross", "Invoice cleared", partner=True),),
        lag=(15, 33, 75),
        reference="INV",
    ),
)

_PROCURE_TO_PAY = _chain(
    "purchase",
    "P2P",
    "vendor",
    Step(
        "P2P",
        "WE",
        "automated",
        "warehouse",
        "Goods receipt for purchase order",
        Band.DAY,
        (Posting("purchases", "gross", "Goods received"),),
        (Posting("grir", "gross", "Goods received, not invoiced"),),
        reference="GRN",
        rich=True,
    ),
    Step(
        "P2P",
        "RE",
        "automated",
        "ap.clerk",
        "Vendor invoice for purchase order",
        Band.DAY,
        (Posting("grir", "gross", "Invoice for goods received"),),
        (Posting("payables", "gross", "Trade payable", partner=True),),
        lag=(1, 4, 13),
        reference="VIN",
    ),
    Step(
        "P2P",
        "KZ",
        "automated",
        "batch.payments",
        "Vendor payment run",
        Band.NIGHT,
        (Posting("payables", "gross", "Invoice cleared", partner=True),),
        (Posting("bank", "gross", "Vendor payment"),),
        lag=(16, 32, 70),
        reference="VIN",
    ),
)

_PAYROLL = _chain(
    "payroll",
    "H2R",
    "",
    Step(
        "H2R",
        "PY",
        "automated",
        "batch.payroll",
        "Payroll posting",
        Band.NIGHT,
        (
            Posting("salaries", "salary", "Salaries and wages"),
            Posting("social_cost", "social", "Employer's contributions"),
        ),
        (
            Posting("net_pay_payable", "net_pay", "Net pay"),
            Posting("wage_tax_payable", "wage_tax", "Wage tax withheld"),
            Posting("contributions_payable", "contributions", "Contributions withheld"),
        ),
        reference="PAY",
        rich=True,
    ),
    Step(
        "H2R",
        "ZP",
        "automated",
        "batch.payroll",
        "Payment of net pay",
        Band.NIGHT,
        (Posting("net_pay_payable", "net_pay", "Net pay paid"),),
        (Posting("bank", "net_pay", "Salary transfer"),),
        lag=(1, 3, 7),
        reference="PAY",
    ),
    Step(
        "H2R",
        "ZV",
        "automated",
        "payroll.clerk",
        "Remittance of wage tax and contributions",
        Band.DAY,
        (
            Posting("wage_tax_payable", "wage_tax", "Wage tax remitted"),
            Posting("contributions_payable", "contributions", "Contributions remitted"),
        ),
        (Posting("bank", "remitted", "Remittance"),),
        lag=(9, 14, 25),
        reference="PAY",
        varies=False,
    ),
)

_ASSET_PURCHASE = _chain(
    "asset",
    "A2R",
    "vendor",
    Step(
        "A2R",
        "AA",
        "manual",
        "asset.accountant",
        "Acquisition of a fixed asset",
        Band.DAY,
        (Posting("fixed_assets", "gross", "Asset acquired"),),
        (Posting("asset_payables", "gross", "Payable for a fixed asset", partner=True),),
        reference="AIN",
    ),
    Step(
        "A2R",
        "ZA",
        "automated",
        "batch.payments",
        "Payment for a fixed asset",
        Band.NIGHT,
        (Posting("asset_payables", "gross", "Invoice cleared", partner=True),),
        (Posting("bank", "gross", "Vendor payment"),),
        lag=(15, 30, 60),
        reference="AIN",
    ),
)


def _paid(
    process: str,
    document_type: str,
    source: str,
    role: str,
    text: str,
    pool: str,
    line: str,
    reference: str,
    band: Band = Band.DAY,
) -> Step:
    """Return a document that is paid from the bank at once."""
    return Step(
        process,
        document_type,
        source,
        role,
        text,
        band,
        (Posting(pool, "gross", line),),
        (Posting("bank", "gross", "Paid by bank"),),
        reference=reference,
        rich=pool == "expense",
    )


_CASH_SALE = Step(
    "O2C",
    "BV",
    "automated",
    "batch.sales",
    "Cash sale",
    Band.DAY,
    (Posting("bank", "gross", "Card and cash takings"),),
    (Posting("revenue", "gross", "Sales"),),
    reference="CS",
    rich=True,
)

_JOURNAL = Step(
    "R2R",
    "SA",
    "manual",
    "gl.accountant",
    "Reclassification",
    Band.DAY,
    (Posting("expense", "gross", "Reclassified to"),),
    (Posting("expense_relieved", "gross", "Reclassified from"),),
    reference="JV",
    rich=True,
)

CHAIN_KINDS = (_ORDER_TO_CASH, _PROCURE_TO_PAY, _PAYROLL, _ASSET_PURCHASE)
"""Transactions of several documents."""

SINGLE_KINDS = (
    _single("cash_sale", "", 1.0, _CASH_SALE),
    _single(
        "card_purchase",
        "vendor",
        1.0,
        _paid(
            "P2P", "KR", "manual", "ap.clerk", "Direct expense", "expense", "Expense", "CRD"
        ),
    ),
    _single("journal", "", 0.45, _JOURNAL),
    _single(
        "recurring",
        "vendor",
        0.25,
        _paid(
            "R2R",
            "SR",
            "recurring",
            "batch.ledger",
            "Standing order",
            "expense",
            "Recurring expense",
            "SO",
            Band.NIGHT,
        ),
    ),
    _single(
        "bank_charge",
        "",
        0.30,
        _paid(
            "R2R",
            "ZB",
            "automated",
            "batch.bank",
            "Bank statement",
            "bank_charges",
            "Bank charges",
            "BST",
            Band.NIGHT,
        ),
    ),
    _single(
        "travel",
        "employee",
        1.0,
        _paid("H2R", "RS", "manual", "ap.clerk", "Travel expenses", "travel", "Travel", "TRV"),
    ),
    _single(
        "low_value_asset",
        "vendor",
        1.0,
        _paid(
            "A2R",
            "AK",
            "manual",
            "asset.accountant",
            "Low-value asset",
            "low_value_assets",
            "Low-value asset",
            "LVA",
        ),
    ),
)
"""Transactions of one document; they fill each day up to its number of entries."""
