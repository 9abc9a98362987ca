"""Writes what each column is in ``docs/how-to/excel.md`` and ``power-bi.md`` from the published schema.

One is the table of a workbook's cells; the other is the step of Power Query that gives columns their types.
"""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa

from datasynth.encoding import EntriesFormat, FileFormat
from datasynth.encoding.arrow_schema import entries_schema
from scripts.data_frame_tables import AMOUNT, DATE, INTEGER, MOMENT, RATE, TEXT, types_of

PAGES = Path(__file__).parent.parent / "docs" / "how-to"
EXCEL, POWER_BI = PAGES / "excel.md", PAGES / "power-bi.md"

BEGIN, END = "<!-- cells -->", "<!-- end of cells -->"

POWER_QUERY = {
    INTEGER: "Int64.Type",
    AMOUNT: "Currency.Type",
    RATE: "type number",
    DATE: "type date",
    MOMENT: "type datetimezone",
    TEXT: "type text",
}
"""How Power Query calls a type; its currency has four decimals, as amounts have."""

_STEP = re.compile(r"(Table\.TransformColumnTypes\(\w+, \{\n).*?(\n    \}, \"en-US\"\))", re.DOTALL)
FORMAT = EntriesFormat(FileFormat.PARQUET)


def cells() -> dict[str, str]:
    """Return what the cells of each column of a workbook are."""
    return {field.name: _cell(field.type) for field in entries_schema(FORMAT)}


def power_query_types() -> dict[str, str]:
    """Return what Power Query is to make of each column."""
    return {field.name: POWER_QUERY[types_of(field)] for field in FORMAT.row_fields}


def with_cells(text: str) -> str:
    """Return the text of the page on Excel with its table made anew."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = [f"| `{name}` | {cell} |" for name, cell in cells().items()]
    return "\n".join([f"{before}{BEGIN}", "", "| column | cells |", "|---|---|", *rows, "", f"{END}{after}"])


def with_types(text: str) -> str:
    """Return the text of the page on Power BI with the types of its programs made anew."""
    types = ",\n".join(f'        {{"{name}", {kind}}}' for name, kind in power_query_types().items())
    return _STEP.sub(lambda step: f"{step[1]}{types}{step[2]}", text)


def _cell(kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return "date and time (UTC)"
    if pa.types.is_date(kind):
        return "date"
    text = pa.types.is_dictionary(kind) or pa.types.is_string(kind)
    return "text" if text else "number"


if __name__ == "__main__":
    EXCEL.write_text(with_cells(EXCEL.read_text()))
    POWER_BI.write_text(with_types(POWER_BI.read_text()))
