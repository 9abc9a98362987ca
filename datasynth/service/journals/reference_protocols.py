"""What reference data is made of: accounts, balances, open items, parties, users."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.config.model import Config


class AccountLike(Protocol):
    """An account, or a heading over a group of accounts."""

    @property
    def code(self) -> str:
        """Its digits; fewer for a heading."""

    @property
    def name(self) -> str:
        """As shown beside the code."""

    @property
    def account_class(self) -> str:
        """First digit of the code."""

    @property
    def type(self) -> str:
        """``asset``, ``liability``, ``equity``, ``revenue`` or ``expense``."""

    @property
    def normal_side(self) -> str:
        """``debit`` or ``credit``."""

    @property
    def postable(self) -> bool:
        """Whether lines may stand on it."""

    @property
    def control(self) -> str:
        """Whose items it sums up; empty if it has no subledger."""


class ChartLike(Protocol):
    """A chart of accounts."""

    @property
    def accounts(self) -> Sequence[AccountLike]:
        """Accounts that are posted to, in the order of a block's codes."""

    @property
    def headings(self) -> Sequence[AccountLike]:
        """Groups of accounts, which nothing is posted to."""


class BalancesLike(Protocol):
    """Every account of every company at a position; its balance is opening + debit - credit.

    All are of shape (companies, accounts), in minor units of the company's currency.
    """

    @property
    def opening(self) -> NDArray[np.int64]:
        """Balances at the start, debit positive."""

    @property
    def debit(self) -> NDArray[np.int64]:
        """Sums of the debits since."""

    @property
    def credit(self) -> NDArray[np.int64]:
        """Sums of the credits since."""


class OpenItemLike(Protocol):
    """What is left of an invoice or of another item that has not been cleared."""

    @property
    def company(self) -> int:
        """Index of the company."""

    @property
    def account(self) -> int:
        """Index of the control account."""

    @property
    def partner(self) -> int:
        """Index of the partner, or -1."""

    @property
    def document_id(self) -> str:
        """UUID of the entry that opened it."""

    @property
    def reference(self) -> str:
        """What lines that open or clear it carry as their assignment."""

    @property
    def posting_day(self) -> int:
        """When it was opened. [days since 1970-01-01]"""

    @property
    def due_day(self) -> int:
        """When it is due. [days since 1970-01-01]"""

    @property
    def currency(self) -> str:
        """Of the document that opened it."""

    @property
    def amount(self) -> int:
        """What is open, debit positive. [minor units of its currency]"""

    @property
    def local_amount(self) -> int:
        """What is open, debit positive. [minor units of the company's currency]"""


class PartyLike(Protocol):
    """A customer, a vendor or an employee of a company."""

    @property
    def partner_id(self) -> str:
        """As lines show it."""

    @property
    def partner_type(self) -> str:
        """``customer``, ``vendor`` or ``employee``."""

    @property
    def company_code(self) -> str:
        """Whose party it is."""

    @property
    def name(self) -> str:
        """Of a firm or a person."""

    @property
    def country(self) -> str:
        """ISO 3166 alpha-2 code."""

    @property
    def city(self) -> str:
        """Where it lives."""

    @property
    def currency(self) -> str:
        """ISO 4217 code."""

    @property
    def payment_terms_days(self) -> int | None:
        """Days from an invoice to its due date, if it has invoices. [days]"""

    @property
    def tax_id(self) -> str | None:
        """Registration for tax, if it has one."""


class UserLike(Protocol):
    """A person or a program that enters or approves documents."""

    @property
    def user_id(self) -> str:
        """As entries show it."""

    @property
    def company_code(self) -> str:
        """Whose user it is."""

    @property
    def name(self) -> str:
        """Of the person; of a program what it does."""

    @property
    def role(self) -> str:
        """What they do."""

    @property
    def persona(self) -> str:
        """How they work."""

    @property
    def approval_limit(self) -> int | None:
        """Up to what they may post alone; None for any amount. [minor units of the company's currency]"""

    @property
    def kind(self) -> str:
        """Whether a person or a program."""


ListParties = Callable[["Config", str | None], Iterable[PartyLike]]
"""Lists the parties of one company, by its code, or of all; lazily, since there may be many."""

ListUsers = Callable[["Config"], Iterable[UserLike]]
"""Lists the users of all companies."""
