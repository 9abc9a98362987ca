"""Writes the table of types in ``docs/how-to/data-frames.md`` from the definition of the fields."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from datasynth.encoding.fields import ROW_FIELDS, Notation, RecordField

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "data-frames.md"

BEGIN, END = "<!-- types -->", "<!-- end of types -->"


class Types(NamedTuple):
    """What a column is in the bytes, and what it is to be in each tool."""

    json: str
    csv: str
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


def types_of(field: RecordField) -> Types:
    """Return what a column is; numbers that are names, such as accounts, are text."""
    return RATE if field.other == "rate_places" else _OF_NOTATION.get(field.notation, TEXT)


def with_tables(text: str) -> str:
    """Return the page's text with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join([f"{before}{BEGIN}", "", *_rows(), "", f"{END}{after}"])


def _rows() -> Iterator[str]:
    yield "| column | JSON | CSV | Polars | pandas | DuckDB | pyarrow |"
    yield "|---|---|---|---|---|---|---|"
    for field in ROW_FIELDS:
        kinds = types_of(field)
        tools = [f"`{kind}`" for kind in kinds[2:]]
        yield f"| {' | '.join([f'`{field.name}`', kinds.json, kinds.csv, *tools])} |"


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text()))
