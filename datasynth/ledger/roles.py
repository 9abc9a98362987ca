"""Who works in the accounting department of a company, and who approves what."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PERSONAS = ("junior_accountant", "senior_accountant", "controller", "manager", "automated_system")
"""Kinds of users, as configurations count them."""

_PROGRAM = "batch."


@dataclass(frozen=True, slots=True)
class Role:
    """What a user does, with its title in the directory of users.

    `weight` is the number of users relative to the other roles of the persona; 0 for a role
    that always has one user.
    """

    persona: str
    weight: int
    title: str


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "batch.sales": Role("automated_system", 1, "Sales interface"),
        "batch.billing": Role("automated_system", 1, "Billing run"),
        "batch.purchasing": Role("automated_system", 1, "Purchasing interface"),
        "batch.payments": Role("automated_system", 1, "Payment run"),
        "batch.payroll": Role("automated_system", 1, "Payroll run"),
        "batch.assets": Role("automated_system", 1, "Depreciation run"),
        "batch.ledger": Role("automated_system", 1, "General ledger jobs"),
        "batch.bank": Role("automated_system", 1, "Bank statement interface"),
        "batch.treasury": Role("automated_system", 1, "Treasury interface"),
        "batch.intercompany": Role("automated_system", 1, "Intercompany interface"),
        "ar.clerk": Role("junior_accountant", 6, "Clerk, accounts receivable"),
        "ap.clerk": Role("junior_accountant", 6, "Clerk, accounts payable"),
        "warehouse": Role("junior_accountant", 4, "Clerk, warehouse"),
        "hr.clerk": Role("junior_accountant", 1, "Clerk, personnel"),
        "payroll.clerk": Role("senior_accountant", 1, "Payroll accountant"),
        "asset.accountant": Role("senior_accountant", 1, "Asset accountant"),
        "gl.accountant": Role("senior_accountant", 4, "General ledger accountant"),
        "treasury.accountant": Role("senior_accountant", 1, "Treasury accountant"),
        "tax.accountant": Role("senior_accountant", 1, "Tax accountant"),
        "intercompany.accountant": Role("senior_accountant", 1, "Intercompany accountant"),
        "controller": Role("controller", 1, "Controller"),
        "finance.director": Role("manager", 1, "Finance director"),
        "chief.financial.officer": Role("manager", 0, "Chief financial officer"),
    }
)
"""Roles in the order in which a company's users are listed; ``batch`` roles are programs."""

APPROVERS = ("controller", "finance.director", "chief.financial.officer")
"""Roles that approve, from the lowest level to the highest."""


def is_program(role: str) -> bool:
    """Tell whether a role is held by programs."""
    return role.startswith(_PROGRAM)


def role_sizes(personas: Mapping[str, int]) -> dict[str, int]:
    """Return the number of users of each role, from that of each persona.

    Every role has at least one user, even if that exceeds the configured number.
    """
    sizes = dict.fromkeys(ROLES, 1)
    for persona, asked in personas.items():
        weights = {
            name: role.weight for name, role in ROLES.items() if role.persona == persona and role.weight
        }
        # Each further user goes to the role that is furthest below its weight, the first of equal ones.
        for _ in range(asked - len(weights)):
            neediest = min(weights, key=lambda name: sizes[name] / weights[name])
            sizes[neediest] += 1
    return sizes


def role_users(role: str, holders: int, company: str) -> tuple[str, ...]:
    """Return the ids of the users of a company that hold a role."""
    if is_program(role) and holders == 1:
        return (f"{role}.{company}",)
    return tuple(f"{role}.{number:02}.{company}" for number in range(1, holders + 1))


def users_of(company: str, sizes: Mapping[str, int]) -> tuple[str, ...]:
    """Return the ids of a company's users, role by role; `sizes` are from `role_sizes`."""

    def ids() -> Iterator[str]:
        for role in ROLES:
            yield from role_users(role, sizes[role], company)

    return tuple(ids())


def approvers(thresholds: Sequence[int]) -> tuple[str, ...]:
    """Return the role that approves above each threshold."""
    return APPROVERS[: len(thresholds)]


def approval_limit(role: str, thresholds: Sequence[int]) -> int | None:
    """Return the largest amount that a role may enter or approve alone; None without a limit.

    An approver's limit is the next threshold.  The highest approver in use, those above it
    and programs, whose postings somebody has set up, have no limit.

    Parameters
    ----------
    thresholds
        Amounts above which the first, second and third of `APPROVERS` are needed,
        ascending; one to three. [the unit of the result]
    """
    if is_program(role):
        return None
    level = APPROVERS.index(role) + 1 if role in APPROVERS else 0
    return thresholds[level] if level < len(thresholds) else None
