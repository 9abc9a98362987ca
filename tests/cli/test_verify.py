"""The command that judges a data set."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
import yaml

from datasynth.cli.verify import main
from tests.evaluation.good import good_books

if TYPE_CHECKING:
    from pathlib import Path

    from tests.evaluation.bookkeeping import Files

SERVER_MEANT = (
    "{}: folder not found; the address of a server begins with http:// or https://, such as http://{}"
)


def _write(books: Files, folder: Path) -> None:
    (folder / "entries.ndjson").write_bytes(b"".join(books.entries()))
    (folder / "config.yaml").write_text(yaml.safe_dump(books.config_document), "utf-8")
    for name, rows in books.tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                {key: str(value).lower() if isinstance(value, bool) else value for key, value in row.items()}
                for row in rows
            )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Good books as files."""
    _write(good_books(), tmp_path)
    return tmp_path


def test_green(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Good books end with status 0 and a green table."""
    status = main([str(folder)])

    output = capfd.readouterr()
    assert (0, "") == (status, output.err)
    assert output.out.startswith("217 entries, ")
    assert output.out.splitlines()[-1].startswith("green: all ")


def test_red(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A fault ends with status 1, and the last line names its check."""
    books = good_books()
    books.documents[0]["document_date"] = "2030-01-01"
    _write(books, tmp_path)

    status = main([str(tmp_path)])

    assert 1 == status
    assert capfd.readouterr().out.splitlines()[-1].endswith(": dates.document")


def test_json_file(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The checks go to a file, the table to standard output."""
    file = folder / "report.json"

    status = main([str(folder), "--json", str(file)])

    assert (0, True) == (status, json.loads(file.read_text("utf-8"))["passed"])
    assert "balance.document" in capfd.readouterr().out


def test_json_on_standard_output(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output has the JSON and nothing else; the table is on standard error."""
    status = main([str(folder), "--json", "-"])

    output = capfd.readouterr()
    assert (0, 217) == (status, json.loads(output.out)["entries"])
    assert "balance.document" in output.err


def test_another_configuration(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A data set can be judged by another configuration than its own."""
    file = folder / "other.yaml"
    other = {**good_books().config_document, "tax": {"enabled": False}}
    file.write_text(yaml.safe_dump(other), "utf-8")

    status = main([str(folder), "--config", str(file)])

    assert 1 == status
    assert capfd.readouterr().out.splitlines()[-1].endswith(": tax.rates")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "the following arguments are required: DIR|URL"),
        (["no/such"], "no/such: folder not found"),
        (["localhost:3000"], SERVER_MEANT.format("localhost:3000", "localhost:3000")),
        (["127.0.0.1:3000/base"], SERVER_MEANT.format("127.0.0.1:3000/base", "127.0.0.1:3000/base")),
        (["[::1]:3000"], SERVER_MEANT.format("[::1]:3000", "[::1]:3000")),
        (["ws://host/x"], SERVER_MEANT.format("ws://host/x", "host/x")),
        (["HTTP://127.0.0.1:1"], "http://127.0.0.1:1: Connection refused"),
        (["http://127.0.0.1:1"], "http://127.0.0.1:1: Connection refused"),
        ([".", "--limit", "3"], "unrecognized arguments: --limit 3"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: list[str], expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, no usage, status 2."""
    status = main(arguments)

    assert (2, ("", f"datasynth: {expected}\n")) == (status, capfd.readouterr())


def test_a_file_that_cannot_be_written(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The line names the file."""
    status = main([str(folder), "--json", str(folder / "no" / "such.json")])

    assert (2, 1) == (status, capfd.readouterr().err.count("\n"))
