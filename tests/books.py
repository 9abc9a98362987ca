"""Stand-ins for what reference data is made of: two accounts, one party and two users a company, plain sums.

Entry ``n`` moves ``100 × (n + 1)`` from sales to receivables in the first company.  Of every ten
entries the first leaves an item open, in a company that follows from its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.config.model import Config

OPENING = 50_000
OPEN_EVERY = 10
PARTNERS = ("C-1",)


@dataclass(frozen=True, slots=True)
class FakeAccount:
    """An account or a heading."""

    code: str
    name: str
    account_class: str
    type: str
    normal_side: str
    control: str = ""
    postable: bool = True


@dataclass(frozen=True, slots=True)
class FakeChart:
    """A chart of accounts."""

    accounts: tuple[FakeAccount, ...]
    headings: tuple[FakeAccount, ...]


CHART = FakeChart(
    accounts=(
        FakeAccount("1100", "Receivables", "1", "asset", "debit", "customer"),
        FakeAccount("4000", "Sales", "4", "revenue", "credit"),
    ),
    headings=(
        FakeAccount("1", "Assets", "1", "asset", "debit", postable=False),
        FakeAccount("4", "Revenue", "4", "revenue", "credit", postable=False),
    ),
)


@dataclass(frozen=True, slots=True)
class FakeBalances:
    """Sums of (companies, accounts). [minor units]"""

    opening: NDArray[np.int64]
    debit: NDArray[np.int64]
    credit: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class FakeOpenItem:
    """What is open."""

    company: int
    account: int
    partner: int
    document_id: str
    reference: str
    posting_day: int
    due_day: int
    currency: str
    amount: int
    local_amount: int


@dataclass(frozen=True, slots=True)
class FakeParty:
    """Somebody to deal with."""

    partner_id: str
    company_code: str
    partner_type: str = "customer"
    name: str = "Ash, Oak & Co."
    country: str = "US"
    city: str = "Salem"
    currency: str = "USD"
    payment_terms_days: int | None = 30
    tax_id: str | None = None


@dataclass(frozen=True, slots=True)
class FakeUser:
    """Somebody, or something, that posts."""

    user_id: str
    company_code: str
    name: str = "Ada"
    role: str = "controller"
    persona: str = "controller"
    approval_limit: int | None = None
    kind: str = "person"


def balances(config: Config, position: int) -> FakeBalances:
    """Sum the entries before a position."""
    opening, debit, credit = (
        np.zeros((len(config.companies), len(CHART.accounts)), dtype=np.int64) for _ in range(3)
    )
    opening[:, 0], opening[:, 1] = OPENING, -OPENING
    debit[0, 0] = credit[0, 1] = 50 * position * (position + 1)
    return FakeBalances(opening, debit, credit)


def open_items(
    config: Config, position: int, company: int | None, after: int, limit: int
) -> tuple[list[FakeOpenItem], int | None]:
    """List what the entries before a position leave open; a place is the number of the next candidate."""
    numbers = [
        number
        for number in range(after * OPEN_EVERY, position, OPEN_EVERY)
        if company in {None, _company(config, number)}
    ]
    items = [_item(config, number) for number in numbers[:limit]]
    return items, (numbers[limit] // OPEN_EVERY if len(numbers) > limit else None)


def list_parties(config: Config, company: str | None) -> Iterator[FakeParty]:
    """One party of each company, or of one."""
    for one in config.companies:
        if company in {None, one.code}:
            yield FakeParty(f"C-{one.code}", one.code)


def list_users(config: Config) -> tuple[FakeUser, ...]:
    """A person with a limit and a program without one, for each company."""
    return tuple(
        user
        for one in config.companies
        for user in (
            FakeUser(f"U-{one.code}", one.code, approval_limit=500_000),
            FakeUser(f"S-{one.code}", one.code, "Batch", "system", "automated_system", kind="program"),
        )
    )


def _company(config: Config, number: int) -> int:
    return number // OPEN_EVERY % len(config.companies)


def _item(config: Config, number: int) -> FakeOpenItem:
    company = _company(config, number)
    return FakeOpenItem(
        company=company,
        account=0,
        partner=-1 if number % (2 * OPEN_EVERY) else 0,
        document_id=f"00000000-0000-8000-8000-{number:012x}",
        reference=f"INV-{number:010d}",
        posting_day=19_723,
        due_day=19_753,
        currency=config.companies[company].currency,
        amount=number + 1,
        local_amount=number + 1,
    )
