"""Who works in the accounting department of a company."""

from __future__ import annotations

ROLES = {
    "batch.sales": 1,
    "batch.billing": 1,
    "batch.payments": 1,
    "batch.payroll": 1,
    "batch.assets": 1,
    "batch.ledger": 1,
    "batch.bank": 1,
    "ar.clerk": 6,
    "ap.clerk": 6,
    "warehouse": 5,
    "payroll.clerk": 2,
    "asset.accountant": 2,
    "gl.accountant": 5,
    "controller": 3,
    "finance.director": 1,
    "chief.financial.officer": 1,
}
"""Roles and how many users hold each in a company; ``batch`` roles are programs."""

APPROVERS = ("controller", "finance.director", "chief.financial.officer")
"""Who approves, from the lowest level to the highest."""

APPROVAL_LIMITS = (10_000, 100_000, 1_000_000)
"""Amounts above which each approver is needed. [currency units]"""


def users_of(company: str) -> tuple[str, ...]:
    """Return the ids of a company's users, role by role."""
    return tuple(
        f"{role}.{company}" if role.startswith("batch.") else f"{role}.{number:02}.{company}"
        for role, holders in ROLES.items()
        for number in range(1, holders + 1)
    )
