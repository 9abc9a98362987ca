"""Writes the table of columns in ``docs/reference/files.md`` from the published schema."""

from __future__ import annotations

from pathlib import Path

from datasynth.encoding import EntriesFormat, FileFormat, View
from datasynth.encoding.arrow_schema import parquet_schema

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "files.md"

BEGIN, END = "<!-- columns -->", "<!-- end of columns -->"


def table() -> str:
    """Return the table: each column, its type, where it stands, and whether it may be null."""
    lines = parquet_schema(EntriesFormat(FileFormat.PARQUET))
    documents = parquet_schema(EntriesFormat(FileFormat.PARQUET, view=View.DOCUMENT))
    nested = documents.field("lines").type.value_type
    of_line = {field.name for field in nested} | {"line"}
    rows = ["| column | type | of | null |", "|---|---|---|---|"]
    for field in (*lines, nested.field("line_number")):
        of = "line" if field.name in of_line else "entry"
        view = {"line": " (view `line`)", "line_number": " (view `document`)"}.get(field.name, "")
        nulls = "yes" if field.nullable else "never"
        rows.append(f"| `{field.name}`{view} | {_type(str(field.type))} | {of} | {nulls} |")
    return "\n".join(rows)


def page(text: str) -> str:
    """Return the page with the present table."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _type(name: str) -> str:
    if name.startswith("dictionary"):
        return "`string`, in a dictionary"
    return f"`{name}`"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
