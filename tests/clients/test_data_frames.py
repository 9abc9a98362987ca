"""Polars, pandas, DuckDB and pyarrow read downloads as the how-to says, with the types that it promises."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.request import urlopen

import pytest
import requests
from pyarrow import parquet

from datasynth.encoding.fields import ROW_FIELDS
from scripts.data_frame_tables import PAGE, Types, types_of, types_of_files
from tests import documents
from tests.contract.page import on
from tests.server import ROOT, gunicorn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

TIMEOUT = 60
TOOLS = ("polars", "pandas", "duckdb", "pyarrow")
FORMS = ("parquet", "arrow", "csv", "ndjson")
"""Each section has a program for each format, in this order."""

TYPED = FORMS[:3]
SAVED = "/tmp/entries."  # noqa: S108 - as the page has it
COMPANIES = [
    {"code": "0100", "country": "US"},
    {"code": "0200", "currency": "JPY", "country": "JP"},
    {"code": "0300", "currency": "KWD", "country": "US"},
]


class Source(NamedTuple):
    """A stream in which every column has values, those of triggers and between companies too.

    Attributes
    ----------
    server
        It has it.
    stream
        Its id.
    folder
        Where its downloads are saved, for what reads files only.
    """

    server: Server
    stream: str
    folder: Path

    def url(self, form: str) -> str:
        """Address of the whole stream."""
        return f"{self.server.base_url}/api/entries?stream_id={self.stream}&format={form}"

    def file(self, form: str) -> Path:
        """Return the saved download, which is saved if it was not."""
        file = self.folder / f"entries.{form}"
        if not file.exists():
            file.write_bytes(requests.get(self.url(form), timeout=TIMEOUT).content)
        return file


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Source]:
    """Run a stream of three companies and three currencies, with a trigger."""
    server = gunicorn()
    api = f"{server.base_url}/api"
    config = {
        "companies": COMPANIES,
        "transactions": {"target_count": 3_000},
        "chart_of_accounts": {"complexity": "small"},
    }
    requests.post(f"{api}/config", json=config, timeout=TIMEOUT).raise_for_status()
    started = requests.post(f"{api}/stream/start", json={"entries_per_second": 100}, timeout=TIMEOUT).json()
    requests.post(f"{api}/stream/trigger/month_end", timeout=TIMEOUT).raise_for_status()
    yield Source(server, started["stream_id"], tmp_path_factory.mktemp("frames"))
    server.stop()


def blocks(tool: str) -> dict[str, str]:
    """The programs of a tool's section, by format."""
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)
    section = next(text for text in sections if text.lower().startswith(tool))
    programs = re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return dict(zip(FORMS, programs, strict=True))


def run(source: Source, tool: str, form: str) -> Any:
    """Run a program of the page on the stream; the entries that it has read."""
    program = on(source.server, blocks(tool)[form])
    program = re.sub(r'"http://[^"]*"', repr(source.url(form)), program)
    program = program.replace(f"{SAVED}{form}", str(source.file(form)))
    names: dict[str, Any] = {}
    exec(compile(program, str(PAGE), "exec"), names)  # noqa: S102 - the page's own
    return names["entries"]


def types_in(tool: str, entries: Any) -> dict[str, str]:
    """Type of each column, as the tool prints it."""
    match tool:
        case "polars":
            return {name: str(kind) for name, kind in entries.schema.items()}
        case "pandas":
            return {str(name): str(kind) for name, kind in entries.dtypes.items()}
        case "duckdb":
            return {name: str(kind) for name, kind in zip(entries.columns, entries.types, strict=True)}
        case _:
            return {field.name: str(field.type) for field in entries.schema}


def rows_in(tool: str, entries: Any) -> list[dict[str, Any]]:
    """Every row, as Python sees it."""
    match tool:
        case "polars":
            return list(entries.iter_rows(named=True))
        case "pandas":
            return [dict(zip(entries.columns, row, strict=True)) for row in entries.itertuples(index=False)]
        case "duckdb":
            return [dict(zip(entries.columns, row, strict=True)) for row in entries.fetchall()]
        case _:
            return list(entries.to_pylist())


@pytest.mark.parametrize("tool", TOOLS)
def test_types_are_those_of_the_table(source: Source, tool: str) -> None:
    """Every column of the CSV has the type that the page's table names, in a stream where all have values."""
    pytest.importorskip(tool, reason=f"{tool} is not installed")
    place = Types._fields.index(tool)
    expected = {field.name: types_of(field)[place] for field in ROW_FIELDS}

    assert expected == types_in(tool, run(source, tool, "csv"))


@pytest.mark.parametrize("form", ["parquet", "arrow"])
@pytest.mark.parametrize("tool", TOOLS)
def test_types_are_those_of_files(source: Source, tool: str, form: str) -> None:
    """Every column of a file has the type that the page's other table names, and what differs in Arrow."""
    pytest.importorskip(tool, reason=f"{tool} is not installed")
    expected = types_of_files()[tool]
    if form == "arrow":
        expected = {name: kind.replace("timestamp[ms", "timestamp[s") for name, kind in expected.items()}
        expected["partner_id"] = expected["partner_type"]
    if (form, tool) == ("arrow", "polars"):
        expected = {name: kind.replace("time_unit='s'", "time_unit='ms'") for name, kind in expected.items()}

    assert expected == types_in(tool, run(source, tool, form))


@pytest.mark.parametrize("form", TYPED)
@pytest.mark.parametrize("tool", TOOLS)
def test_values_are_those_that_were_sent(source: Source, tool: str, form: str) -> None:
    """Codes keep their zeros, amounts every digit, and nothing is null that was not, as NDJSON tells."""
    pytest.importorskip(tool, reason=f"{tool} is not installed")
    lines = source.file("ndjson").read_bytes().splitlines()
    sent = [json.loads(line) for line in lines]
    rows = rows_in(tool, run(source, tool, form))
    found = dict.fromkeys(("0100", "0200", "0300"), 0)

    assert len(sent) == len(rows)
    for expected, row in zip(sent, rows, strict=True):
        for name, value in expected.items():
            _assert_same(name, value, row[name])
        found[row["company_code"]] += 1
    assert all(found.values())


def _assert_same(name: str, value: object, read: Any) -> None:
    if value is None:
        # pandas has a value of its own for each kind of nothing.
        assert read is None or str(read) in {"nan", "NaT", "<NA>"}, (name, read)
    elif name == "exchange_rate":
        assert float(str(value)) == float(read)
    elif name.endswith("_at"):
        assert str(value) == read.strftime("%Y-%m-%dT%H:%M:%SZ")
    elif name.endswith("_date"):
        assert str(value) == read.strftime("%Y-%m-%d")
    elif name in {"debit", "credit", "local_amount", "tax_amount"}:
        assert Decimal(str(value)) == read
    else:
        assert value == read, name


@pytest.mark.parametrize("tool", TOOLS)
def test_ndjson_reads_whole(source: Source, tool: str) -> None:
    """The line for NDJSON reads every row and column, codes and amounts as text."""
    pytest.importorskip(tool, reason=f"{tool} is not installed")
    entries = run(source, tool, "ndjson")
    rows = rows_in(tool, entries)

    assert len(source.file("ndjson").read_bytes().splitlines()) == len(rows)
    assert {field.name for field in ROW_FIELDS} == set(rows[0])
    assert {"0100", "0200", "0300"} == {row["company_code"] for row in rows}
    assert all(isinstance(row["debit"], str) for row in rows)


@pytest.mark.parametrize("form", TYPED)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_trial_balance_is_zero(
    source: Source, tool: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a program prints at its end is zero for each currency, in decimals."""
    pytest.importorskip(tool, reason=f"{tool} is not installed")
    run(source, tool, form)
    printed = capsys.readouterr().out
    sums = re.findall(r"Decimal\('([^']*)'\)", printed)

    assert len(sums) >= len(COMPANIES)
    assert {"0.0000"} == set(sums)


def readme_lines() -> dict[str, str]:
    """The README's line of each tool."""
    table = re.search(r"\| tool \|.*?\n\n", (ROOT / "README.md").read_text(), re.DOTALL)
    assert table is not None
    return {
        name.split(",")[0].lower(): line
        for name, line in re.findall(r"^\| ([^|]+) \| `(.*)` \|$", table[0], re.MULTILINE)
        if name != "tool"
    }


@pytest.mark.parametrize("tool", TOOLS)
def test_lines_of_the_readme(source: Source, tool: str) -> None:
    """Each line of the README's table reads the whole stream, with the types of files."""
    module = pytest.importorskip(tool, reason=f"{tool} is not installed")
    line = readme_lines()[tool].replace("entries.parquet", str(source.file("parquet")))
    names = {
        "url": source.url("parquet"),
        "urlopen": urlopen,
        {"polars": "pl", "pandas": "pd", "pyarrow": "pa"}.get(tool, tool): module,
        "parquet": parquet,
    }
    entries = eval(line, names)  # noqa: S307 - the README's own

    assert types_of_files()[tool] == types_in(tool, entries)
    assert len(source.file("ndjson").read_bytes().splitlines()) == len(rows_in(tool, entries))


@pytest.mark.parametrize("path", ["accounts", "parties", "users", "balances", "open-items"])
def test_polars_reads_reference_data(source: Source, path: str) -> None:
    """Tables of reference data can be read from their addresses, too."""
    polars = pytest.importorskip("polars", reason="polars is not installed")
    url = f"{source.server.base_url}/api/{path}?format=csv"
    table = polars.read_csv(url, infer_schema=False)
    expected = requests.get(url, timeout=TIMEOUT).text.splitlines()

    assert len(expected) - 1 == table.height
    assert expected[0].split(",") == table.columns


def test_the_page_is_about_these_tools() -> None:
    """Each tool has a section with a program for each format, and a line in the README."""
    assert all(set(FORMS) == set(blocks(tool)) for tool in TOOLS)
    assert set(TOOLS) == set(readme_lines())
    assert PAGE in documents.PAGES
