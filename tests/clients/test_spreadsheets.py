"""Workbooks, CSV for Excel and programs of Power Query, tried as far as they can be without Windows."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pytest
import requests
from pyarrow import parquet

from scripts.spreadsheet_tables import EXCEL, POWER_BI, cells, power_query_types
from tests import documents
from tests.clients.tools import PATIENCE, run, tool
from tests.contract.page import on
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

PARSER = Path(__file__).parent / "node"
ENTRIES = 1_000
OFFICE_WITHIN = 180.0
"""How long a program may take; the first start of LibreOffice writes a profile. [s]"""

GERMAN, AMERICAN = 1031, 1033
"""Languages of a computer, as LibreOffice numbers them."""

KINDS: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "date": (datetime,),
    "date and time (UTC)": (datetime,),
}
CURRENCY = Decimal(2**63) / 10_000
"""What Power BI's fixed decimal number is less than."""

Table = list[dict[str, Any]]

pytestmark = pytest.mark.timeout(OFFICE_WITHIN + 60)


def office(folder: Path, file: Path, to: str, reader: str = "") -> Path:
    """Have LibreOffice read a file and write it in another format; the new file."""
    done = run(
        tool("soffice", "the package libreoffice-calc-nogui"),
        f"-env:UserInstallation=file://{folder / 'profile'}",
        "--headless",
        *([f"--infilter={reader}"] if reader else []),
        "--convert-to",
        to,
        "--outdir",
        folder / "read",
        file,
        patience=OFFICE_WITHIN,
    )
    assert done.returncode == 0, done.stderr
    [written] = (folder / "read").iterdir()
    return written


def sheet(workbook: Path) -> Table:
    """Rows of the first sheet, by the names in its header."""
    names, *rows = openpyxl.load_workbook(workbook).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(map(str, names), row, strict=True)) for row in rows]


def sent(server: Server, **query: str) -> Table:
    """The server's CSV: every value as text, None for nothing."""
    answer = requests.get(f"{server.base_url}/api/entries", {"format": "csv", **query}, timeout=PATIENCE)
    return [
        {name: value or None for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(answer.text))
    ]


def as_text(value: object, like: str) -> str:
    """A cell as the CSV has it; floats have the decimals of the text beside them."""
    match value:
        case datetime() if len(like) > len("2024-01-01"):
            return value.strftime("%Y-%m-%dT%H:%M:%SZ")
        case datetime():
            return value.strftime("%Y-%m-%d")
        case float() | int():
            return f"{value:.{len(like.partition('.')[2])}f}"
        case _:
            return str(value)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of the default data set, made by the page's command, but for its number of entries."""
    folder = tmp_path_factory.mktemp("excel")
    [block] = [text for language, text in documents.blocks(EXCEL) if language == "text"]
    command, printed = block.replace("10000", str(ENTRIES)).replace("10,000", f"{ENTRIES:,}").splitlines()
    program = [str(Path(sys.executable).with_name("datasynth")), *command.split()[1:]]
    done = subprocess.run(
        program, cwd=folder, capture_output=True, text=True, check=True, timeout=OFFICE_WITHIN
    )

    assert printed in done.stderr + done.stdout
    return folder / "entries.xlsx"


def _same(server: Server, rows: Table) -> None:
    """Every cell is what the server's CSV says of the same data set."""
    count = {"transactions": {"target_count": ENTRIES}}
    requests.post(f"{server.base_url}/api/config", json=count, timeout=PATIENCE).raise_for_status()
    expected = sent(server)

    assert len(expected) == len(rows) > ENTRIES
    for one, row in zip(expected, rows, strict=True):
        for name, value in one.items():
            assert (value is None) is (row[name] is None), name
            assert value is None or value == as_text(row[name], value), name


def test_cells_of_a_workbook(workbook: Path, server: Server) -> None:
    """Cells have the types of the page's table, and every digit of the server's CSV."""
    rows = sheet(workbook)
    for name, kind in cells().items():
        values = [row[name] for row in rows if row[name] is not None]
        assert all(isinstance(value, KINDS[kind]) for value in values), name
    _same(server, rows)


def test_libreoffice_reads_the_workbook(workbook: Path, server: Server, tmp_path: Path) -> None:
    """Another spreadsheet keeps all of it when it writes it anew, codes with their zeros included."""
    _same(server, sheet(office(tmp_path, workbook, "xlsx")))


@pytest.mark.parametrize(("decimal", "language"), [("comma", GERMAN), ("point", AMERICAN)])
def test_csv_by_a_double_click(server: Server, tmp_path: Path, decimal: str, language: int) -> None:
    """Where types are guessed, amounts are numbers, dates dates, umlauts themselves, and codes lose zeros."""
    query = {"count": "300", "format": "csv", "dialect": "excel", "decimal": decimal}
    file = tmp_path / "entries.csv"
    file.write_bytes(requests.get(f"{server.base_url}/api/entries", query, timeout=PATIENCE).content)
    # Semicolons, double quotes, UTF-8, from line 1, no types, the language, values in quotes too, dates too.
    rows = sheet(office(tmp_path, file, "xlsx", f"CSV:59,34,76,1,,{language},false,true"))
    expected = sent(server, count="300")

    assert len(expected) == len(rows)
    for one, row in zip(expected, rows, strict=True):
        assert isinstance(row["debit"], int | float)
        assert Decimal(one["debit"]) == Decimal(str(row["debit"]))
        assert one["posting_date"] == row["posting_date"].strftime("%Y-%m-%d")
        assert one["account_name"] == row["account_name"]
        assert int(one["document_number"]) == row["document_number"]
        assert one["created_at"] == row["created_at"]


def programs(heading: str) -> str:
    """The program of a section of the page on Power BI."""
    section = re.split(rf"^## {heading}$", POWER_BI.read_text(), flags=re.MULTILINE)[1]
    found = re.search(r"^```m\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("heading", ["Parquet", "CSV", "With a key"])
def test_power_query_is_well_formed(heading: str) -> None:
    """Microsoft's parser accepts each program, and does not accept half of one."""
    if not (PARSER / "node_modules" / "@microsoft" / "powerquery-parser").is_dir():
        pytest.skip(
            "the package @microsoft/powerquery-parser is not installed (npm ci --prefix tests/clients/node)"
        )
    command = [tool("node", "the package nodejs"), str(PARSER / "parse_m.js")]
    whole, half = (
        subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=OFFICE_WITHIN, check=False
        )
        for text in (programs(heading), programs(heading).rpartition("in\n")[0])
    )

    assert (0, "") == (whole.returncode, whole.stderr)
    assert half.returncode == 1


def request(server: Server, program: str) -> requests.Response:
    """Send what a program asks for."""
    parts = re.search(
        r'Contents\("([^"]+)", \[\n\s+RelativePath = "([^"]+)",\n\s+Query = \[([^\]]+)\]', program
    )
    assert parts is not None
    query = dict(re.findall(r'(\w+) = "([^"]*)"', parts[3]))
    answer = requests.get(f"{on(server, parts[1])}/{parts[2]}", query, timeout=PATIENCE)
    answer.raise_for_status()
    return answer


def _currency(text: str) -> Decimal:
    amount = Decimal(text)
    assert abs(amount) < CURRENCY
    assert amount == round(amount, 4)
    return amount


CONVERSIONS: dict[str, Callable[[str], object]] = {
    "Int64.Type": int,
    "Currency.Type": _currency,
    "type number": float,
    "type date": date.fromisoformat,
    "type datetimezone": lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
    "type text": str,
}
"""What Power Query does with a value, in the words of Python."""


def test_types_of_power_query_fit_csv(server: Server) -> None:
    """Each column of the answer gets a type, and each value is one of that type."""
    program = programs("CSV")
    types = dict(re.findall(r'\{"(\w+)", ([\w. ]+)\}', program))
    rows = list(csv.DictReader(io.StringIO(request(server, program).text)))

    assert power_query_types() == types
    assert list(types) == list(rows[0])
    for row in rows:
        for name, value in row.items():
            assert value == "" or CONVERSIONS[types[name]](value) is not None


def test_types_of_power_query_fit_parquet(server: Server) -> None:
    """The columns of the file are those that the program names, of kinds that become these types."""
    program = programs("Parquet")
    types = dict(re.findall(r'\{"(\w+)", ([\w. ]+)\}', program))
    schema = parquet.read_schema(io.BytesIO(request(server, program).content))
    kinds = {
        "Int64.Type": pa.types.is_integer,
        "Currency.Type": lambda kind: pa.types.is_decimal(kind) and kind.scale == 4,
        "type number": pa.types.is_decimal,
        "type date": pa.types.is_date,
        "type datetimezone": pa.types.is_timestamp,
        "type text": lambda kind: pa.types.is_string(kind) or pa.types.is_dictionary(kind),
    }

    assert list(types) == schema.names
    assert [] == [field.name for field in schema if not kinds[types[field.name]](field.type)]


def test_pages_say_what_was_not_run() -> None:
    """Excel and Power BI run on Windows alone; the pages are honest about it."""
    assert "Excel itself was not run" in EXCEL.read_text()
    assert "Power BI was not run" in POWER_BI.read_text()
    assert ROOT / "docs" / "how-to" / "excel.md" in documents.PAGES
