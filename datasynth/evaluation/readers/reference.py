"""The tables beside the entries: from CSV or JSON to tables of text, and from those to columns."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from datasynth.evaluation.dataset import NO_LIMIT, Accounts, BalanceTable, OpenItems, Parties, Users
from datasynth.evaluation.money import decimals_of
from datasynth.evaluation.readers.fingerprints import fingerprints
from datasynth.evaluation.readers.source import AMOUNT_DECIMALS, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.evaluation.arrays import Codes, Ints, Truths
    from datasynth.evaluation.vocabulary import Interner

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "accounts": ("account", "type", "postable", "control"),
    "parties": ("partner_id", "partner_type"),
    "users": ("user_id", "approval_limit", "company_code"),
    "balances": ("company_code", "account", "opening", "debit", "credit", "balance"),
    "open-items": ("company_code", "account", "partner_id", "reference", "local_amount"),
}
"""What is read of each table, by the name of its call."""

FINE = pa.decimal128(38, AMOUNT_DECIMALS)


def read_csv(name: str, text: bytes) -> pa.Table:
    """Read one of the tables in `COLUMNS` from CSV with a header row; empty is absent, all else stays text.

    Raises
    ------
    Unreadable
        If it is no CSV or a column is not there.
    """
    columns = COLUMNS[name]
    options = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(columns, pa.string()),
        include_columns=list(columns),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    parsing = pyarrow.csv.ParseOptions(newlines_in_values=True)
    try:
        return pyarrow.csv.read_csv(io.BytesIO(text), convert_options=options, parse_options=parsing)
    except (pa.ArrowException, KeyError) as error:
        raise Unreadable(f"{name}: {' '.join(str(error).split())}") from error


def from_rows(name: str, rows: Sequence[Mapping[str, object]]) -> pa.Table:
    """Make a table of JSON objects.

    Raises
    ------
    Unreadable
        If a key is not there.
    """
    try:
        columns = {column: [_text(row[column]) for row in rows] for column in COLUMNS[name]}
    except (KeyError, TypeError) as error:
        raise Unreadable(f"{name}: key {error} is missing") from error
    return pa.table({column: pa.array(texts, pa.string()) for column, texts in columns.items()})


def _text(value: object) -> str | None:
    if value is None:
        return None
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def texts(table: pa.Table, column: str) -> list[str | None]:
    """Return a column as text."""
    found: list[str | None] = table.column(column).to_pylist()
    return found


def fine_amounts(name: str, table: pa.Table, column: str) -> NDArray[np.object_]:
    """Return a column of decimal text in ten-thousandths, 0 where absent.

    Raises
    ------
    Unreadable
        If a text is no amount.
    """
    try:
        array = pc.cast(table.column(column).combine_chunks(), FINE)
    except pa.ArrowException as error:
        raise Unreadable(f"{name}: {column}: {' '.join(str(error).split())}") from error
    unit = 10**AMOUNT_DECIMALS
    return np.array([0 if one is None else int(one * unit) for one in array.to_pylist()], dtype=object)


def minor_units(fine: Ints | NDArray[np.object_], decimals: Ints) -> tuple[Ints, int]:
    """Turn ten-thousandths into minor units, and count the amounts that are no whole number of them.

    Parameters
    ----------
    fine : (n,) int64 or object
        Amounts, rounded down where need be; sums may need more bits than a word has.
    decimals : (n,) or (1,) int64
        Of their currencies.
    """
    unit = 10 ** (AMOUNT_DECIMALS - decimals)
    minor, rest = fine // unit, fine % unit
    return minor.astype(np.int64), int(np.count_nonzero(rest))


class TableReader:
    """Turns words of tables into codes, which interners learn, and text into minor units.

    Attributes
    ----------
    inexact
        Amounts so far that are no whole number of minor units.
    """

    def __init__(self, interners: Mapping[str, Interner], currency: Callable[[str], str]) -> None:
        self.inexact = 0
        self._interners = interners
        self._currency = currency

    def balances(self, table: pa.Table) -> BalanceTable:
        """Read balances."""
        amounts = {name: self._amounts("balances", table, name) for name in COLUMNS["balances"][2:]}
        return BalanceTable(
            company=self._codes("companies", table, "company_code"),
            account=self._codes("accounts", table, "account"),
            **amounts,
        )

    def open_items(self, table: pa.Table) -> OpenItems:
        """Read open items."""
        return OpenItems(
            company=self._codes("companies", table, "company_code"),
            account=self._codes("accounts", table, "account"),
            partner=self._codes("partners", table, "partner_id"),
            reference=fingerprints(table.column("reference").combine_chunks()),
            local_amount=self._amounts("open-items", table, "local_amount"),
        )

    def accounts(self, table: pa.Table) -> Accounts:
        """Read the chart of accounts, after all tables that name accounts."""
        codes = self._codes("accounts", table, "account")
        types = [""] * (len(self._interners["accounts"].words) + 1)
        for code, found in zip(codes.tolist(), texts(table, "type"), strict=True):
            types[code] = found or ""
        postable = [text == "true" for text in texts(table, "postable")]
        control = [text not in {None, "false"} for text in texts(table, "control")]
        return Accounts(
            known=self._marked("accounts", codes),
            postable=self._marked("accounts", codes, postable),
            control=self._marked("accounts", codes, control),
            type=tuple(types),
        )

    def parties(self, table: pa.Table) -> Parties:
        """Read parties, after all tables that name partners."""
        codes = self._codes("partners", table, "partner_id")
        known = self._marked("partners", codes)
        kinds = np.full(known.size, -1, dtype=np.int32)
        kinds[codes] = self._codes("partner_types", table, "partner_type")
        return Parties(known, kinds)

    def users(self, table: pa.Table) -> Users:
        """Read users."""
        codes = self._codes("users", table, "user_id")
        known = self._marked("users", codes)
        limits = np.zeros(known.size, dtype=np.int64)
        unlimited = [text is None for text in texts(table, "approval_limit")]
        limits[codes] = np.where(unlimited, NO_LIMIT, self._amounts("users", table, "approval_limit"))
        return Users(known, limits)

    def _codes(self, kind: str, table: pa.Table, column: str) -> Codes:
        return self._interners[kind].codes(texts(table, column))

    def _marked(self, kind: str, codes: Codes, truths: list[bool] | None = None) -> Truths:
        marked = np.zeros(len(self._interners[kind].words) + 1, dtype=np.bool_)
        marked[codes] = True if truths is None else truths
        return marked

    def _amounts(self, name: str, table: pa.Table, column: str) -> Ints:
        """Read amounts in the currency of each row's company."""
        currencies = [self._currency(company or "") for company in texts(table, "company_code")]
        found, inexact = minor_units(fine_amounts(name, table, column), decimals_of(currencies)[:-1])
        self.inexact += inexact
        return found
