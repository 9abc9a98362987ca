"""Tables of reference data as JSON or CSV.

There are thousands of rows where there are millions of lines of entries, and
each is asked for once; so plain Python writes them, a few hundred at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from datasynth.encoding.words import csv_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

CHUNK_ROWS = 500
"""Rows that are encoded at a time; some 100 kB."""

Value = str | int | bool | None
Row = tuple[Value, ...]


class TableFormat(StrEnum):
    """What bytes a table becomes."""

    JSON = "json"
    CSV = "csv"


CONTENT_TYPES = {
    TableFormat.JSON: "application/json",
    TableFormat.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Table:
    """What a table is called, and its columns in order.

    Attributes
    ----------
    name
        Key of the list of rows in JSON.
    columns
        Keys of a row, and the header of the CSV.
    """

    name: str
    columns: tuple[str, ...]


def encode_table(
    table: Table, format: TableFormat, rows: Iterable[Row], facts: Mapping[str, object] | None = None
) -> Iterator[bytes]:
    """Yield a table in chunks of `CHUNK_ROWS` rows, at least one chunk.

    Parameters
    ----------
    table
        Its columns.
    format
        JSON: one object whose last key is the table's name, a list of objects.
        CSV: a header row, LF, empty where a value is absent.
    rows
        As many values each as there are columns.
    facts
        What else is in the JSON object, before the rows; CSV has no room for it.
    """
    if format is TableFormat.CSV:
        return _csv_chunks(table, iter(rows))
    return _json_chunks(table, iter(rows), facts or {})


def amount_text(amount: int, decimals: int) -> str:
    """Print an amount with all decimals of its currency.

    Parameters
    ----------
    amount
        [minor units]
    decimals
        Of the currency: 0, 2 or 3.
    """
    if not decimals:
        return str(amount)
    whole, part = divmod(abs(amount), 10**decimals)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}.{part:0{decimals}d}"


def encode_objects(
    name: str, batches: Iterable[Sequence[Mapping[str, object]]], facts: Mapping[str, object]
) -> Iterator[bytes]:
    """Yield a JSON object whose last key is a list of objects, a chunk for each batch of them.

    Parameters
    ----------
    name
        Key of the list.
    batches
        None of them is empty; objects may hold others.
    facts
        What else is in the object, before the list.
    """
    before = orjson.dumps({**facts, name: []}).removesuffix(b"]}")
    for batch in batches:
        yield before + orjson.dumps(batch)[1:-1]
        before = b","
    yield before.removesuffix(b",") + b"]}\n"


def encode_object(content: Mapping[str, object]) -> bytes:
    """Return one JSON object, which may hold others, and a line feed."""
    return orjson.dumps(content) + b"\n"


def _json_chunks(table: Table, rows: Iterator[Row], facts: Mapping[str, object]) -> Iterator[bytes]:
    batches = iter(lambda: list(islice(rows, CHUNK_ROWS)), [])
    objects = ([dict(zip(table.columns, row, strict=True)) for row in batch] for batch in batches)
    return encode_objects(table.name, objects, facts)


def _csv_chunks(table: Table, rows: Iterator[Row]) -> Iterator[bytes]:
    before = _csv_row(table.columns)
    while taken := list(islice(rows, CHUNK_ROWS)):
        yield before + b"".join(map(_csv_row, taken))
        before = b""
    if before:
        yield before


def _csv_row(row: Row) -> bytes:
    return b",".join(map(_csv_value, row)) + b"\n"


def _csv_value(value: Value) -> bytes:
    match value:
        case None:
            return b""
        case bool():
            return b"true" if value else b"false"
        case _:
            return csv_word(str(value))
