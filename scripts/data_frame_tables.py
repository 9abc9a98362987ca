"""Writes the types in ``docs/how-to/data-frames.md`` from the fields' definition and the published schema.

These are the two tables at its end, and in its programs the maps from columns to types.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import duckdb
import pandas as pd
import polars as pl
from pyarrow import parquet

from datasynth.encoding import EntriesFormat, FileFormat
from datasynth.encoding.arrow_schema import is_rate, parquet_schema
from datasynth.encoding.fields import ROW_FIELDS, Notation, RecordField

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "data-frames.md"

BEGIN, END = "<!-- types -->", "<!-- end of types -->"
BEGIN_FILES, END_FILES = "<!-- types of files -->", "<!-- end of types of files -->"
WIDTH = 110


class Types(NamedTuple):
    """What a column of text is in the bytes, and what it is to be in each tool."""

    json: str
    csv: str
    polars: str
    pandas: str
    duckdb: str
    pyarrow: str


class Spellings(NamedTuple):
    """How a program of each tool spells a type; "" where the tool needs no word for it."""

    polars: str
    pandas: str
    duckdb: str
    pyarrow: str


TEXT = Types("text", "text", "String", "str", "VARCHAR", "string")
INTEGER = Types("number", "digits", "Int64", "int64", "BIGINT", "int64")
AMOUNT = Types(
    "text, `1762.23`",
    "`1762.23`",
    "Decimal(precision=23, scale=4)",
    "decimal128(23, 4)[pyarrow]",
    "DECIMAL(23,4)",
    "decimal128(23, 4)",
)
RATE = Types("text, `1.084200`", "`1.084200`", "Float64", "float64", "DOUBLE", "double")
DATE = Types("text, `2024-07-02`", "`2024-07-02`", "Date", "datetime64[us]", "DATE", "date32[day]")
MOMENT = Types(
    "text, `2024-07-02T09:14:05Z`",
    "`2024-07-02T09:14:05Z`",
    "Datetime(time_unit='us', time_zone='UTC')",
    "datetime64[us, UTC]",
    "TIMESTAMP WITH TIME ZONE",
    "timestamp[s, tz=UTC]",
)

_OF_NOTATION = {
    Notation.INTEGER: INTEGER,
    Notation.AMOUNT: AMOUNT,
    Notation.DATE: DATE,
    Notation.MOMENT: MOMENT,
}

SPELT = {
    INTEGER: Spellings("pl.Int64", '"int64"', '"BIGINT"', "pa.int64()"),
    AMOUNT: Spellings(
        "pl.Decimal(23, 4)",
        "pd.ArrowDtype(pa.decimal128(23, 4))",
        '"DECIMAL(23,4)"',
        "pa.decimal128(23, 4)",
    ),
    RATE: Spellings("pl.Float64", '"float64"', '"DOUBLE"', "pa.float64()"),
    DATE: Spellings("pl.Date", "", '"DATE"', "pa.date32()"),
    MOMENT: Spellings('pl.Datetime("us", "UTC")', "", '"TIMESTAMPTZ"', 'pa.timestamp("s", "UTC")'),
    TEXT: Spellings("", "", '"VARCHAR"', "pa.string()"),
}


def types_of(field: RecordField) -> Types:
    """Return what a column is; numbers that are names, such as accounts, are text."""
    return RATE if is_rate(field) else _OF_NOTATION.get(field.notation, TEXT)


def types_of_files() -> dict[str, dict[str, str]]:
    """Return the type of each column of a Parquet file, as each tool reads and prints it."""
    with TemporaryDirectory() as folder:
        place = f"{folder}/entries.parquet"
        parquet.write_table(parquet_schema(EntriesFormat(FileFormat.PARQUET)).empty_table(), place)
        frame = pd.read_parquet(place, dtype_backend="pyarrow")
        relation = duckdb.read_parquet(place)
        return {
            "polars": {name: str(kind) for name, kind in pl.read_parquet(place).schema.items()},
            "pandas": {str(name): str(kind) for name, kind in frame.dtypes.items()},
            "duckdb": {name: str(kind) for name, kind in zip(relation.columns, relation.types, strict=True)},
            "pyarrow": {field.name: str(field.type) for field in parquet.read_table(place).schema},
        }


def with_tables(text: str) -> str:
    """Return the page's text with its tables and maps made anew."""
    for tool in Spellings._fields:
        text = _with_map(text, tool)
    text = _between(text, BEGIN, END, _rows())
    return _between(text, BEGIN_FILES, END_FILES, _rows_of_files())


def _with_map(text: str, tool: str) -> str:
    """The text with the maps of a tool's section; dates of pandas are a list of their own."""
    sections = re.split(r"(?=^## )", text, flags=re.MULTILINE)
    for place, section in enumerate(sections):
        if section.lower().startswith(f"## {tool}"):
            made = re.sub(r"^types = \(\n.*?^\)\n", _map(tool), section, flags=re.DOTALL | re.MULTILINE)
            dates = f"dates = {_listed(_names(DATE, MOMENT))}\n"
            sections[place] = re.sub(r"^dates = .*\n", dates, made, flags=re.MULTILINE)
    return "".join(sections)


def _map(tool: str) -> str:
    """The statement that maps columns to types, as many of a type in a line as fit."""
    lines: list[str] = []
    for kind, spelt in SPELT.items():
        if spelling := getattr(spelt, tool):
            waiting = _names(kind)
            while waiting:
                count = next(n for n in range(len(waiting), 0, -1) if _fits(waiting[:n], spelling))
                lines.append(_part(waiting[:count], spelling))
                waiting = waiting[count:]
    return "\n".join(["types = (", *lines, ")", ""]).replace("    | ", "    ", 1)


def _part(names: list[str], spelling: str) -> str:
    return f"    | dict.fromkeys({_listed(names)}, {spelling})"


def _fits(names: list[str], spelling: str) -> bool:
    return len(_part(names, spelling)) <= WIDTH


def _names(*kinds: Types) -> list[str]:
    return [field.name for field in ROW_FIELDS if types_of(field) in kinds]


def _listed(names: Iterable[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"[{quoted}]"


def _between(text: str, begin: str, end: str, lines: Iterator[str]) -> str:
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return "\n".join([f"{before}{begin}", "", *lines, "", f"{end}{after}"])


def _rows() -> Iterator[str]:
    yield "| column | JSON | CSV | Polars | pandas | DuckDB | pyarrow |"
    yield "|---|---|---|---|---|---|---|"
    for field in ROW_FIELDS:
        kinds = types_of(field)
        tools = [f"`{kind}`" for kind in kinds[2:]]
        yield f"| {' | '.join([f'`{field.name}`', kinds.json, kinds.csv, *tools])} |"


def _rows_of_files() -> Iterator[str]:
    found = types_of_files()
    yield "| column | Polars | pandas | DuckDB | pyarrow |"
    yield "|---|---|---|---|---|"
    for field in ROW_FIELDS:
        tools = [f"`{found[tool][field.name]}`" for tool in Spellings._fields]
        yield f"| {' | '.join([f'`{field.name}`', *tools])} |"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
