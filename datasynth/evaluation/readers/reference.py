"""The tables beside the entries, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.columns import NO_LIMIT
from datasynth.evaluation.dataset import Accounts, Balances, OpenItems, Parties, Users
from datasynth.evaluation.readers.fields import AMOUNT_DECIMALS
from datasynth.evaluation.readers.fingerprints import fingerprints
from datasynth.evaluation.readers.tables import fine_amounts, texts
from datasynth.ledger.currencies import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from datasynth.evaluation.vocabulary import Interner

USUAL_DECIMALS = 2


def minor_units(
    fine: NDArray[np.int64] | NDArray[np.object_], decimals: NDArray[np.int64]
) -> tuple[NDArray[np.int64], int]:
    """Turn ten-thousandths of a unit into minor units.

    Parameters
    ----------
    fine : (n,) int64 or object
        Amounts; sums may need more bits than a word has.
    decimals : (n,) or (1,) int64
        Of their currencies.

    Returns
    -------
    minor : (n,) int64
        Rounded down where an amount is no whole number of them.
    inexact
        How many that are.
    """
    unit = 10 ** (AMOUNT_DECIMALS - decimals)
    minor, rest = fine // unit, fine % unit
    return minor.astype(np.int64), int(np.count_nonzero(rest))


@dataclass(frozen=True, slots=True)
class Coded:
    """The tables as columns; `inexact` counts amounts that are no whole number of minor units."""

    accounts: Accounts
    parties: Parties
    users: Users
    balances: Balances
    open_at_start: OpenItems
    open_at_end: OpenItems
    inexact: int


class _Amounts:
    """Reads columns of amounts and counts those that are inexact."""

    def __init__(self) -> None:
        self.inexact = 0

    def read(self, name: str, table: pa.Table, column: str, decimals: NDArray[np.int64]) -> NDArray[np.int64]:
        found, inexact = minor_units(fine_amounts(name, table, column), decimals)
        self.inexact += inexact
        return found


@dataclass(frozen=True, slots=True)
class Reference:
    """The tables as they were read; see `tables.COLUMNS`."""

    accounts: pa.Table
    parties: pa.Table
    users: pa.Table
    balances: pa.Table
    open_at_start: pa.Table
    open_at_end: pa.Table

    def coded(self, interners: Mapping[str, Interner], currency: Callable[[str], str]) -> Coded:
        """Turn words into codes and text into minor units.

        Parameters
        ----------
        interners
            Give codes; they learn the words of the tables.
        currency
            Tells a company's currency.
        """
        amounts = _Amounts()
        balances = self._balances(interners, currency, amounts)
        start, end = (
            _items(table, interners, currency, amounts) for table in (self.open_at_start, self.open_at_end)
        )
        return Coded(
            accounts=self._accounts(interners["accounts"]),
            parties=self._parties(interners),
            users=self._users(interners["users"], currency, amounts),
            balances=balances,
            open_at_start=start,
            open_at_end=end,
            inexact=amounts.inexact,
        )

    def _accounts(self, interner: Interner) -> Accounts:
        codes = interner.codes(texts(self.accounts, "account"))
        size = len(interner.words) + 1
        types = [""] * size
        for code, found in zip(codes.tolist(), texts(self.accounts, "type"), strict=True):
            types[code] = found or ""
        postable = [text == "true" for text in texts(self.accounts, "postable")]
        control = [text not in {None, "false"} for text in texts(self.accounts, "control")]
        return Accounts(
            known=_marked(size, codes, [True] * codes.size),
            postable=_marked(size, codes, postable),
            control=_marked(size, codes, control),
            type=tuple(types),
        )

    def _parties(self, interners: Mapping[str, Interner]) -> Parties:
        codes = interners["partners"].codes(texts(self.parties, "partner_id"))
        size = len(interners["partners"].words) + 1
        kinds = np.full(size, -1, dtype=np.int32)
        kinds[codes] = interners["partner_types"].codes(texts(self.parties, "partner_type"))
        return Parties(_marked(size, codes, [True] * codes.size), kinds)

    def _users(self, interner: Interner, currency: Callable[[str], str], amounts: _Amounts) -> Users:
        codes = interner.codes(texts(self.users, "user_id"))
        size = len(interner.words) + 1
        decimals = _decimals(texts(self.users, "company_code"), currency)
        limits = np.zeros(size, dtype=np.int64)
        unlimited = [text is None for text in texts(self.users, "approval_limit")]
        listed = amounts.read("users", self.users, "approval_limit", decimals)
        limits[codes] = np.where(unlimited, NO_LIMIT, listed)
        return Users(_marked(size, codes, [True] * codes.size), limits)

    def _balances(
        self, interners: Mapping[str, Interner], currency: Callable[[str], str], amounts: _Amounts
    ) -> Balances:
        companies = texts(self.balances, "company_code")
        decimals = _decimals(companies, currency)
        columns = {
            name: amounts.read("balances", self.balances, name, decimals)
            for name in ("opening", "debit", "credit", "balance")
        }
        return Balances(
            company=interners["companies"].codes(companies),
            account=interners["accounts"].codes(texts(self.balances, "account")),
            **columns,
        )


def _items(
    table: pa.Table,
    interners: Mapping[str, Interner],
    currency: Callable[[str], str],
    amounts: _Amounts,
) -> OpenItems:
    companies = texts(table, "company_code")
    references = table.column("reference").combine_chunks()
    return OpenItems(
        company=interners["companies"].codes(companies),
        account=interners["accounts"].codes(texts(table, "account")),
        partner=interners["partners"].codes(texts(table, "partner_id")),
        reference=fingerprints(references),
        local_amount=amounts.read("open-items", table, "local_amount", _decimals(companies, currency)),
    )


def _decimals(companies: list[str | None], currency: Callable[[str], str]) -> NDArray[np.int64]:
    known = {company: CURRENCIES.get(currency(company or ""), USUAL_DECIMALS) for company in set(companies)}
    return np.array([known[company] for company in companies], dtype=np.int64)


def _marked(size: int, codes: NDArray[np.int32], truths: list[bool]) -> NDArray[np.bool_]:
    marked = np.zeros(size, dtype=np.bool_)
    marked[codes] = truths
    return marked
