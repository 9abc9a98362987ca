"""Reference data: small tables of text, from CSV or from JSON."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from datasynth.evaluation.readers.fields import AMOUNT_DECIMALS
from datasynth.evaluation.readers.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

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
    """Read a table from CSV; empty is absent, everything else stays text.

    Parameters
    ----------
    name
        One of `COLUMNS`.
    text
        With a header row.

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
        raise Unreadable(f"{name}: there is no key {error}") from error
    return pa.table({column: pa.array(texts, pa.string()) for column, texts in columns.items()})


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


def _text(value: object) -> str | None:
    if value is None:
        return None
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
