"""The chart of accounts: codes, names and purposes of all accounts.

There are three charts, each contained in the next.  The tables in ``charts/`` list the
accounts that each adds, by account pool, and *splits*.  A split gives an account nine more
below it, one for each value of a dimension: 6500 "Office supplies" has 6502 "Office
supplies, sales department".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from datasynth.ledger.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from datasynth.ledger.tables import Table

_SIZES = ("small", "medium", "large")

_TYPES = {
    "1": "asset",
    "2": "liability",
    "3": "equity",
    "4": "revenue",
    "5": "expense",
    "6": "expense",
    "7": "expense",
    "8": "expense",
}
_FINANCIAL_INCOME = "75"
_DEBIT_TYPES = frozenset({"asset", "expense"})

_Row = tuple[str, str, str]
"""Pool, code and name of an account."""

_DEPRECIATED = ("buildings", "machinery", "vehicles", "equipment")
"""Asset classes in the order of their depreciation accounts."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account, or the heading over a group of accounts.

    Attributes
    ----------
    code
        Four digits, of a heading one or two; the first is the class.
    pool
        Account pool: postings choose among its accounts, of which the first are the
        busiest.  Empty for headings, which have no postings.
    control
        Type of the items that the account sums up: ``customer``, ``vendor``, ``employee``,
        ``company`` or ``goods``; empty if it has no subledger.
    contra
        Whether it reduces its class, as accumulated depreciation does assets.
    """

    code: str
    name: str
    pool: str
    control: str = ""
    contra: bool = False

    @property
    def account_class(self) -> str:
        """First digit of the code."""
        return self.code[0]

    @property
    def type(self) -> str:
        """``asset``, ``liability``, ``equity``, ``revenue`` or ``expense``, by the code.

        The financial result has expenses below 7500 and income from there on.
        """
        if self.account_class == "7" and self.code >= _FINANCIAL_INCOME:
            return "revenue"
        return _TYPES[self.account_class]

    @property
    def normal_side(self) -> str:
        """Side on which the account's balance usually stands, ``debit`` or ``credit``."""
        return "debit" if (self.type in _DEBIT_TYPES) != self.contra else "credit"

    @property
    def of_result(self) -> bool:
        """Whether a year-end close brings the account to zero."""
        return self.type in {"revenue", "expense"}

    @property
    def postable(self) -> bool:
        """Whether lines may be posted to it."""
        return bool(self.pool)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of accounts; an account's index is its code in a block.

    Attributes
    ----------
    accounts, headings
        Accounts that lines can be posted to; classes and groups.  Both by code.
    pools
        Indexes of each account pool's accounts, busiest first.
    """

    accounts: tuple[Account, ...]
    headings: tuple[Account, ...]
    pools: Mapping[str, tuple[int, ...]]

    def only(self, pool: str) -> int:
        """Return the index of the single account of a pool, or raise `ValueError`."""
        (account,) = self.pools.get(pool, ())
        return account


def _split(rules: list[Table], rows: list[_Row]) -> Iterator[_Row]:
    """Yield the accounts that splits add; the first value of every dimension comes first."""
    known = {code: (pool, name) for pool, code, name in rows}
    dimensions = read_table("charts/dimensions")
    for digit in range(1, 10):
        for rule in rules:
            phrase = dimensions[rule["by"]][digit - 1]
            for code in rule["accounts"]:
                pool, name = known[str(code)]
                yield pool, str(code + digit), f"{name}{phrase}"


def _listed(complexity: str) -> list[_Row]:
    """Return every account, busiest first within a pool."""
    rows: list[_Row] = []
    for size in _SIZES[: _SIZES.index(complexity) + 1]:
        table = read_table(f"charts/{size}")
        rows += [
            (pool, code, name)
            for pool, members in table.items()
            if pool != "split"
            for code, name in members.items()
        ]
        rows += _split(table.get("split", []), rows)
    return rows


def _pools(accounts: list[Account], groups: Table) -> dict[str, tuple[int, ...]]:
    place = {
        account.code: index for index, account in enumerate(sorted(accounts, key=lambda each: each.code))
    }
    listed: dict[str, list[int]] = {}
    for account in accounts:
        listed.setdefault(account.pool, []).append(place[account.code])
    pools = {pool: tuple(members) for pool, members in listed.items()}
    for name, parts in groups["composed"].items():
        pools[name] = tuple(index for part in parts for index in pools[part])
    for name, index in zip(_DEPRECIATED, pools["depreciation"], strict=True):
        pools[f"depreciation.{name}"] = (index,)
    pools["rent"] = pools["expense"][:1]
    # Reclassifications move amounts from seldom-used accounts to busy ones.
    pools["expense_relieved"] = pools["expense"][::-1]
    invoiced = {str(code)[:3] for code in groups["marks"]["services_bought"]}
    pools["services_bought"] = tuple(
        place[account.code]
        for account in accounts
        if account.pool == "expense" and account.code[:3] in invoiced
    )
    return pools


@cache
def chart_of(complexity: str) -> Chart:
    """Return the ``small``, ``medium`` or ``large`` chart: about 100, 400 and 2,500 postable accounts.

    Raises
    ------
    ValueError
        There is no such chart.
    """
    groups = read_table("charts/groups")
    contra = frozenset(groups["marks"]["contra"])
    accounts = [
        Account(code, name, pool, groups["control"].get(pool, ""), pool in contra)
        for pool, code, name in _listed(complexity)
    ]
    ordered = tuple(sorted(accounts, key=lambda account: account.code))
    begun = {account.code[:length] for account in ordered for length in (1, 2)}
    headings = tuple(
        Account(code, name, "") for code, name in sorted(groups["headings"].items()) if code in begun
    )
    return Chart(ordered, headings, MappingProxyType(_pools(accounts, groups)))
