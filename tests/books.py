"""Stand-ins for what reference data is made of: two accounts, one party and two users a company, plain sums.

Entry ``n`` moves ``100 × (n + 1)`` from sales to receivables in the first company.  Of every ten
entries the first leaves an item open, in a company that follows from its number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.journal import Balances
from datasynth.generation.open_items import OpenItem
from datasynth.generation.parties.directory import Party, User
from datasynth.ledger.chart import Account, Chart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.config.model import Config

OPENING = 50_000
OPEN_EVERY = 10
PARTNERS = ("C-1",)


CHART = Chart(
    accounts=(
        Account("1100", "Receivables", "receivables", "customer"),
        Account("4000", "Sales", "sales"),
    ),
    headings=(
        Account("1", "Assets", ""),
        Account("11", "Receivables and tax claims", ""),
        Account("4", "Revenue", ""),
        Account("40", "Sales of goods", ""),
    ),
    pools={},
)


def balances(config: Config, position: int) -> Balances:
    """Sum the entries before a position."""
    opening, debit, credit = (
        np.zeros((len(config.companies), len(CHART.accounts)), dtype=np.int64) for _ in range(3)
    )
    opening[:, 0], opening[:, 1] = OPENING, -OPENING
    debit[0, 0] = credit[0, 1] = 50 * position * (position + 1)
    return Balances(opening, debit, credit)


def closed_results(config: Config, position: int) -> NDArray[np.int64]:
    """Nothing is closed before the end of the first year."""
    assert position >= 0
    return np.zeros((len(config.companies), len(CHART.accounts)), dtype=np.int64)


def open_items(
    config: Config, position: int, company: int | None, after: int, limit: int
) -> tuple[list[OpenItem], int | None]:
    """List what the entries before a position leave open; a place is the number of the next candidate."""
    numbers = [
        number
        for number in range(after * OPEN_EVERY, position, OPEN_EVERY)
        if company in {None, _company(config, number)}
    ]
    items = [_item(config, number) for number in numbers[:limit]]
    return items, (numbers[limit] // OPEN_EVERY if len(numbers) > limit else None)


def list_parties(config: Config, company: str | None) -> Iterator[Party]:
    """One party of each company, or of one."""
    for one in config.companies:
        if company in {None, one.code}:
            yield Party(
                partner_id=f"C-{one.code}",
                partner_type="customer",
                company_code=one.code,
                name="Ash, Oak & Co.",
                country="US",
                city="Salem",
                currency="USD",
                payment_terms_days=30,
                tax_id=None,
            )


def list_users(config: Config) -> tuple[User, ...]:
    """A person with a limit and a program without one, for each company."""
    return tuple(
        user
        for one in config.companies
        for user in (
            User(f"U-{one.code}", one.code, "Ada", "controller", "controller", 500_000, "person"),
            User(f"S-{one.code}", one.code, "Batch", "system", "automated_system", None, "program"),
        )
    )


def _company(config: Config, number: int) -> int:
    return number // OPEN_EVERY % len(config.companies)


def _item(config: Config, number: int) -> OpenItem:
    company = _company(config, number)
    return OpenItem(
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
