"""The chart of accounts: what can be posted to, and what each account is for."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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

_COMPOSED = {
    "purchases": ("inventory", "expense"),
    "fixed_assets": ("equipment", "machinery", "vehicles", "buildings"),
}
"""Pools made of other pools, the busiest first."""

_DEPRECIATED = ("buildings", "machinery", "vehicles", "equipment")
"""Asset classes in the order of their depreciation accounts."""


@dataclass(frozen=True, slots=True)
class Account:
    """One postable account.

    Attributes
    ----------
    code
        Four digits; the first is the class.
    name
        As shown beside the code.
    pool
        What kinds of posting choose it; accounts of one pool are
        interchangeable and listed from the busiest to the quietest.
    """

    code: str
    name: str
    pool: str

    @property
    def type(self) -> str:
        """``asset``, ``liability``, ``equity``, ``revenue`` or ``expense``, by the class."""
        return _TYPES[self.code[0]]

    @property
    def of_result(self) -> bool:
        """Whether a year-end close brings the account to zero."""
        return self.type in {"revenue", "expense"}


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of accounts; an account's index is its code in a block.

    Attributes
    ----------
    accounts
        In ascending order of their codes.
    pools
        Indexes of each pool's accounts, busiest first.
    """

    accounts: tuple[Account, ...]
    pools: Mapping[str, tuple[int, ...]]

    def only(self, pool: str) -> int:
        """Return the index of the single account of a pool.

        Raises
        ------
        ValueError
            The pool has more than one account, or none.
        """
        (account,) = self.pools.get(pool, ())
        return account


@cache
def standard_chart() -> Chart:
    """Load the chart of about a hundred postable accounts."""
    text = resources.files(__package__).joinpath("charts/standard.toml").read_text("utf-8")
    listed = [
        Account(code, name, pool)
        for pool, members in tomllib.loads(text).items()
        for code, name in members.items()
    ]
    accounts = tuple(sorted(listed, key=lambda account: account.code))
    place = {account.code: index for index, account in enumerate(accounts)}
    pools: dict[str, tuple[int, ...]] = {}
    for account in listed:
        pools[account.pool] = (*pools.get(account.pool, ()), place[account.code])
    for name, parts in _COMPOSED.items():
        pools[name] = tuple(index for part in parts for index in pools[part])
    for name, index in zip(_DEPRECIATED, pools["depreciation"], strict=True):
        pools[f"depreciation.{name}"] = (index,)
    pools["rent"] = pools["expense"][:1]
    # What is reclassified comes from seldom-used accounts and goes to busy ones.
    pools["expense_relieved"] = pools["expense"][::-1]
    return Chart(accounts, pools)
