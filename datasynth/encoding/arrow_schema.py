"""The published schema of entries in Arrow and Parquet: the same whatever the data are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from datasynth.encoding.entries_format import Amounts, EntriesFormat, View
from datasynth.encoding.fields import Notation
from datasynth.generation.block import COLUMN_TYPES

if TYPE_CHECKING:
    from datasynth.encoding.fields import RecordField

AMOUNT = pa.decimal128(23, 4)
"""Holds every amount of 64 bits, in every currency: none has more than four decimals."""

RATE = pa.decimal128(27, 14)
"""Holds every exchange rate: six decimals or more, and 13 for the two currencies that are furthest apart."""

MANY_WORDS = frozenset({"partner_id"})
"""Fields whose words, up to millions, are too many for a list in each row group of Parquet."""

_OF_NOTATION = {
    Notation.PADDED: pa.string(),
    Notation.NUMBERED: pa.string(),
    Notation.UUID: pa.string(),
    Notation.DATE: pa.date32(),
    Notation.MOMENT: pa.timestamp("s", tz="UTC"),
}

_TYPES = {
    **COLUMN_TYPES,
    "sequence": np.dtype(np.int64),
    "line_number": np.dtype(np.int64),
    "pattern": np.dtype(np.int8),
}


def entries_schema(format: EntriesFormat) -> pa.Schema:
    """Return the schema of a file of entries.

    Parameters
    ----------
    format
        Its view, fields and amounts count; whether it is Arrow or Parquet does not.
    """
    return _schema(format, frozenset())


def parquet_schema(format: EntriesFormat) -> pa.Schema:
    """Return the schema that a Parquet file tells its readers.

    It is that of `entries_schema`, but that `MANY_WORDS` are plain strings.  pyarrow makes numbers of all
    other words, by the list of each row group, and groups by them only if these lists are alike.
    """
    return _schema(format, MANY_WORDS)


def arrow_type(field: RecordField, amounts: Amounts) -> pa.DataType:
    """Return the type of a field's column; words are strings that stand once in a dictionary."""
    match field.notation:
        case Notation.WORD:
            return pa.dictionary(_number_type(field.column), pa.string())
        case Notation.INTEGER:
            return _number_type(field.column)
        case Notation.AMOUNT:
            return _amount_type(field, amounts)
        case _:
            return _OF_NOTATION[field.notation]


def is_rate(field: RecordField) -> bool:
    """Tell whether an amount is an exchange rate, which has no minor units."""
    return field.other == "rate_places"


def _amount_type(field: RecordField, amounts: Amounts) -> pa.DataType:
    if amounts is Amounts.TEXT:
        return pa.string()
    if is_rate(field):
        return RATE
    return AMOUNT if amounts is Amounts.DECIMAL else pa.int64()


def _number_type(column: str) -> pa.DataType:
    return pa.from_numpy_dtype(_TYPES[column])


def _schema(format: EntriesFormat, strings: frozenset[str]) -> pa.Schema:
    """Return a schema in which the named words are strings without a dictionary."""

    def columns(fields: tuple[RecordField, ...]) -> list[pa.Field]:
        kinds = [
            pa.string() if field.name in strings else arrow_type(field, format.amounts) for field in fields
        ]
        return [
            pa.field(field.name, kind, nullable=field.nullable)
            for field, kind in zip(fields, kinds, strict=True)
        ]

    if format.view is View.LINE:
        return pa.schema(columns(format.row_fields))
    found = columns(format.entry_fields)
    if format.line_fields:
        found.append(pa.field("lines", pa.list_(pa.struct(columns(format.line_fields))), nullable=False))
    return pa.schema(found)
