"""The command line of ``datasynth generate``; what it writes: `tests/output`."""

from __future__ import annotations

import csv
import json
import os
import signal
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import compute, dataset, feather, parquet

from datasynth import logs
from datasynth.cli import generate
from datasynth.config import ConfigDocument
from datasynth.encoding import CSV_LINES, NDJSON_DOCUMENTS, NDJSON_LINES, EntriesFormat, header, make_encoder
from datasynth.generation.journal import Journal
from datasynth.settings import cores

if TYPE_CHECKING:
    from pathlib import Path

    from datasynth.config.model import Config
    from datasynth.generation.block import Vocabulary
    from datasynth.output import JournalRange, Sink, StagedFolder
    from datasynth.output.data_set import DataSet
    from datasynth.output.pipeline import Progress

    Asked = list[tuple[ConfigDocument, int]]
    Streamed = list[tuple[Config, EntriesFormat]]


@pytest.fixture(autouse=True)
def _memory_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the memory of the process that runs the tests as it is; `tests/test_allocator.py` has its own."""
    monkeypatch.setattr(generate, "keep_freed_memory", lambda: None)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the writing was asked for, with how many threads; one empty file is written in its place."""
    asked: Asked = []

    def write(data: DataSet, folder: StagedFolder, threads: int, _: Progress) -> None:
        assert data.document.config == data.source.journal.config
        asked.append((data.document, threads))
        with folder.file("entries.ndjson"):
            pass

    monkeypatch.setattr(generate, "write_data_set", write)
    return asked


@pytest.fixture
def streamed(monkeypatch: pytest.MonkeyPatch) -> Streamed:
    """What standard output was asked for; one line is written in its place."""
    asked: Streamed = []

    def make(format: EntriesFormat, vocabulary: Vocabulary) -> EntriesFormat:
        assert vocabulary.accounts
        return format

    def write(source: JournalRange, format: EntriesFormat, sink: Sink, *_: object) -> None:
        assert (0, source.journal.total) == (source.first, source.count)
        asked.append((source.journal.config, format))
        with sink as out:
            out.write(b"entries\n")

    monkeypatch.setattr(generate, "make_file_encoder", make)
    monkeypatch.setattr(generate, "write_range", write)
    return asked


def test_defaults(tmp_path: Path, asked: Asked) -> None:
    """With nothing but a folder, the default configuration is written with a thread for each core."""
    status = generate.main([str(tmp_path / "out")])
    ((document, threads),) = asked

    assert status == 0
    assert ConfigDocument.defaults().config == document.config
    assert cores() == threads
    assert (tmp_path / "out" / "entries.ndjson").exists()


def test_every_flag(tmp_path: Path, asked: Asked, capfd: pytest.CaptureFixture[str]) -> None:
    """Flags go over the file, and the file over the defaults."""
    file = tmp_path / "retail.yaml"
    file.write_text(
        "global: {industry: retail, seed: 7, period_months: 3}\ntransactions: {target_count: 5}\n"
    )
    presets = ["--industry", "energy", "--complexity", "small", "--start-date", "2023-02-28"]
    numbers = ["--count", "300", "--seed", "9223372036854775807", "--worker-threads", "3"]
    flags = ["--config", str(file), *presets, *numbers, "--force", "--quiet"]
    status = generate.main([*flags, str(tmp_path)])
    ((document, threads),) = asked
    general = document.config.general

    assert (0, 3, ("", "")) == (status, threads, capfd.readouterr())
    assert ("energy", date(2023, 2, 28), 2**63 - 1, 3) == (
        general.industry,
        general.start_date,
        general.seed,
        general.period_months,
    )
    assert "small" == document.config.chart_of_accounts.complexity
    assert 300 == document.config.transactions.target_count


@pytest.mark.parametrize(
    ("flags", "form"),
    [
        ([], NDJSON_DOCUMENTS),
        (["--format", "ndjson"], NDJSON_DOCUMENTS),
        (["--format", "ndjson-lines"], NDJSON_LINES),
        (["--format", "csv"], CSV_LINES),
    ],
)
def test_a_hyphen_is_standard_output(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    streamed: Streamed,
    flags: list[str],
    form: EntriesFormat,
) -> None:
    """It gets the entries in the format that was chosen, and nothing else; no folder is made."""
    monkeypatch.chdir(tmp_path)
    status = generate.main(["-", "--count", "7", *flags])
    ((config, chosen),) = streamed

    assert (0, ("entries\n", ""), []) == (status, capfd.readouterr(), list(tmp_path.iterdir()))
    assert (form, 7) == (chosen, config.transactions.target_count)


def test_a_folder_may_be_called_hyphen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Asked) -> None:
    """With a path before it the name is a folder's."""
    monkeypatch.chdir(tmp_path)

    assert 0 == generate.main(["./-"])
    assert 1 == len(asked)
    assert (tmp_path / "-" / "entries.ndjson").exists()


def test_a_reader_that_goes_ends_it(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    streamed: Streamed,
) -> None:
    """When nobody reads standard output any more the status is that of SIGPIPE, and nothing is said."""
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(logs, "STDOUT", writing)
    status = generate.main(["-"])
    os.close(writing)

    assert (141, 1, ("", "")) == (status, len(streamed), capfd.readouterr())


def test_what_cannot_be_told_does_not_matter(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    asked: Asked,
) -> None:
    """The files are there, whether or not standard output takes the line that says so."""
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(logs, "STDOUT", full)
    status = generate.main([str(tmp_path / "out")])
    os.close(full)

    assert (0, 1, ("", "")) == (status, len(asked), capfd.readouterr())


def test_it_says_what_it_has_written(tmp_path: Path, asked: Asked, capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output has one line, and standard error is quiet unless it is a terminal."""
    folder = tmp_path / "out"
    generate.main(["--count", "1200", str(folder)])

    assert asked
    assert (f"Wrote 1,200 entries and the reference data to {folder}.\n", "") == capfd.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "DIR"),
        ([""], "the name of the folder is empty"),
        (["DIR", "--count", "0"], "--count: '0' is not a whole number from 1 to 1,000,000,000,000"),
        (["DIR", "--count", f"{10**12 + 1}"], "--count: '1000000000001' is not a whole number from 1 to 1,0"),
        (["DIR", "--count", "1" * 5_000], "--count: '1111"),
        (["DIR", "--count", "many"], "--count"),
        (["DIR", "--seed", "-1"], "--seed: '-1' is not a whole number from 0 to 2^63 - 1"),
        (["DIR", "--seed", "9223372036854775808"], "to 2^63 - 1"),
        (["DIR", "--industry", "piracy"], "--industry"),
        (["DIR", "--complexity", "huge"], "--complexity"),
        (["DIR", "--start-date", "2023-02-29"], "global.start_date: The date 2023-02-29 does not exist."),
        (["DIR", "--format", "parket"], "--format"),
        (["DIR", "--format", "csv", "--view", "document"], "--view: the format csv has no view document"),
        (
            ["DIR", "--compression", "snappy"],
            "--compression: the format ndjson has no compression snappy; it has: none, gzip, zstd",
        ),
        (["DIR", "--amounts", "minor"], "--amounts: the format ndjson has amounts as text"),
        (["DIR", "--fields", "debti"], "Did you mean debit?"),
        (["DIR", "--fields", "debit,debit"], "--fields: each field can be given only once"),
        (["DIR", "--company", "4711"], "--company: unknown company '4711'"),
        (["DIR", "--from", "100001"], "--from: must be a number from 0 to 100,000, the number of entries"),
        (["DIR", "--from-date", "2024-02-30"], "--from-date"),
        (["DIR", "--parts", "3"], "--part"),
        (["DIR", "--parts", "3", "--part", "3"], "--part: must be a number from 0 to 2"),
        (["DIR", "--opening-balances"], "--opening-balances: needs a folder and --parts"),
        (["a.csv", "--partition-by", "month"], "--partition-by: needs a folder"),
        (["DIR", "--partition-by", "day"], "--partition-by"),
        (["DIR", "--dialect", "excel"], "--dialect: the format ndjson has no dialect"),
        (["DIR", "--decimal-comma"], "--decimal-comma: only the dialect excel has decimal commas"),
        (["DIR", "--format", "xlsx"], "--format xlsx: needs a file"),
        (["a.xlsx", "--view", "line"], "--view: does not work with the format xlsx"),
        (["FULL/file.csv"], "FULL/file.csv: The file already exists"),
        (["no/file.csv"], "no/file.csv: No such file or directory"),
        (["-", "--force"], "--force"),
        (["DIR", "--worker-threads", "0"], "--worker-threads"),
        (["DIR", "--config", "missing.yaml"], "missing.yaml"),
        (["DIR", "--colour", "red"], "--colour"),
        (["DIR", "--forc"], "--forc"),
        (["FULL"], "--force"),
        (["FULL/file"], "FULL/file: Not a directory"),
        (["FULL/file/DIR"], "Not a directory"),
        (["/proc/nowhere"], "/proc/nowhere"),
    ],
)
def test_bad_usage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    """What cannot be done costs one clear line and status 2, and leaves no folder behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FULL").mkdir()
    (tmp_path / "FULL" / "file").touch()
    (tmp_path / "FULL" / "file.csv").touch()
    status = generate.main(arguments)
    printed, said = capfd.readouterr()

    assert (2, "", 1) == (status, printed, said.count("\n"))
    assert words in said
    assert not (tmp_path / "DIR").exists()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    number: signal.Signals,
    status: int,
) -> None:
    """After a signal that ends it there is no folder and no traceback, and the status says so."""

    def interrupt(_: DataSet, folder: StagedFolder, *__: object) -> None:
        with folder.file("entries.ndjson") as out:
            out.write(b"half")
            signal.raise_signal(number)

    monkeypatch.setattr(generate, "write_data_set", interrupt)

    assert (status, ("", "")) == (generate.main([str(tmp_path / "out")]), capfd.readouterr())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "form"),
    [("ndjson", NDJSON_DOCUMENTS), ("ndjson-lines", NDJSON_LINES), ("csv", CSV_LINES)],
)
def test_entries_on_standard_output(
    name: str, form: EntriesFormat, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Standard output has what a download has, its header too, and standard error has nothing."""
    flags = ["--count", "3", "--complexity", "small", "--worker-threads", "1", "--format", name, "--quiet"]
    status = generate.main(["-", *flags])
    document = ConfigDocument.defaults().merge(
        {"transactions": {"target_count": 3}, "chart_of_accounts": {"complexity": "small"}}
    )
    journal = Journal(document.config)
    encoded = make_encoder(form, journal.vocabulary, "").encode(journal.block(0, 3))

    assert (0, (header(form) + encoded.data.tobytes(), b"")) == (status, capfdbinary.readouterr())


def generated(tmp_path: Path, name: str, *flags: str) -> Path:
    """Write entries of a small journal into a file or a folder."""
    place = tmp_path / name
    assert 0 == generate.main([str(place), "--count", "20000", "--complexity", "small", "--quiet", *flags])
    return place


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.feather"])
def test_files_of_columns(tmp_path: Path, name: str) -> None:
    """The end of a name says the format; what it says opens as that."""
    file = generated(tmp_path, name)
    table = parquet.read_table(file) if name == "a.parquet" else feather.read_table(file)

    assert 20_000 == len(table["sequence"].unique())
    assert [file] == list(tmp_path.iterdir())


@pytest.mark.parametrize("extension", [".ndjson", ".csv", ".csv.gz", ".ndjson.zst"])
@pytest.mark.parametrize("parts", [2, 7])
def test_parts_concatenate_to_the_whole(tmp_path: Path, extension: str, parts: int) -> None:
    """Files of parts, one after the other, are the file of the whole; only the first has a header."""
    whole = generated(tmp_path, f"whole{extension}").read_bytes()
    files = [
        generated(tmp_path, f"{number}{extension}", "--parts", str(parts), "--part", str(number))
        for number in range(parts)
    ]

    assert whole == b"".join(file.read_bytes() for file in files)


def test_a_workbook(tmp_path: Path) -> None:
    """The end of a name says so."""
    place = tmp_path / "a.xlsx"

    assert 0 == generate.main([str(place), "--count", "20", "--quiet", "--from", "10"])
    assert place.read_bytes().startswith(b"PK")


def test_parts_of_a_folder(tmp_path: Path) -> None:
    """Each part is a file of its own; part 0 brings the reference data, as of the end of the whole."""
    folder = tmp_path / "out"
    for number in (1, 0, 2):
        generated(tmp_path, "out", "--format", "parquet", "--parts", "3", "--part", str(number))
    whole = generated(tmp_path, "whole", "--format", "parquet")
    tables = [parquet.read_table(folder / f"entries-{number}-of-3.parquet") for number in range(3)]

    assert parquet.read_table(whole / "entries.parquet").equals(pa.concat_tables(tables))
    assert (whole / "balances.csv").read_bytes() == (folder / "balances.csv").read_bytes()
    assert len(list(whole.iterdir())) + 2 == len(list(folder.iterdir()))


@pytest.mark.parametrize("runs", [["--parts 2 --part 0", "--parts 2 --part 1"], ["--partition-by month"]])
def test_files_of_a_data_set_have_one_list_of_words(tmp_path: Path, runs: list[str]) -> None:
    """So pyarrow reads a folder as one table, and groups it by any column of words."""
    folders = [generated(tmp_path, "out", "--format", "parquet", *run.split()) for run in runs]
    table = dataset.dataset(sorted(folders[0].rglob("*.parquet"))).to_table()
    words = [column.name for column in table.schema if pa.types.is_dictionary(column.type)]
    counts = [table.group_by(name).aggregate([([], "count_all")])["count_all"] for name in words]

    assert (17, {table.num_rows}) == (len(words), {compute.sum(count).as_py() for count in counts})


def test_a_range(tmp_path: Path) -> None:
    """Only the wanted entries are written, with the balances before them."""
    flags = [
        "--format",
        "csv",
        "--from",
        "15000",
        "--to-date",
        "2024-11-30",
        "--fields",
        "sequence,posting_date",
    ]
    folder = generated(tmp_path, "out", *flags)
    rows = [row.split(",") for row in (folder / "entries.csv").read_text().splitlines()]

    assert ["sequence", "posting_date"] == rows[0]
    assert "15000" == rows[1][0]
    assert "2024-11-30" == rows[-1][1]
    assert (folder / "balances-opening.csv").exists()


def test_an_object_for_programs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With --json the line that says what was written is a JSON object."""
    generate.main([str(tmp_path / "a.csv"), "--count", "100", "--json"])
    said = json.loads(capfd.readouterr().out)

    assert {"place": str(tmp_path / "a.csv"), "entries": 100, "format": "csv"} == {
        key: said[key] for key in ("place", "entries", "format")
    }
    assert said["seconds"] > 0


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a signal nothing stays of a file, and one that was there before is as it was."""
    file = tmp_path / "a.csv"
    file.write_text("before")

    def interrupt(_: JournalRange, __: object, sink: Sink, *___: object) -> None:
        with sink as out:
            out.write(b"half")
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(generate, "write_range", interrupt)

    assert 143 == generate.main([str(file), "--force", "--count", "10"])
    assert ([file], "before") == (list(tmp_path.iterdir()), file.read_text())


def test_a_file_a_month(tmp_path: Path) -> None:
    """Each month has the entries that are posted in it; together they are all."""
    folder = generated(tmp_path, "out", "--format", "parquet", "--partition-by", "month") / "entries"
    tables = {path.parent.name: parquet.ParquetFile(path).read() for path in folder.rglob("*.parquet")}
    months = {
        name: set(compute.strftime(table["posting_date"], "month=%Y-%m").to_pylist())
        for name, table in tables.items()
    }

    assert {name: {name} for name in tables} == months
    assert [f"month=2024-{month:02}" for month in range(1, 13)] == sorted(tables)
    assert 20_000 == sum(len(table["sequence"].unique()) for table in tables.values())


def test_a_file_a_company(tmp_path: Path) -> None:
    """Each company has its own entries, and no others."""
    config = tmp_path / "companies.yaml"
    config.write_text("companies: [{code: '1000'}, {code: '2000'}]")
    flags = ["--config", str(config), "--format", "csv", "--partition-by", "company"]
    folder = generated(tmp_path, "out", *flags, "--fields", "company_code,sequence")
    whole = generated(tmp_path, "whole", *flags[:4], "--fields", "company_code,sequence")
    files = {path.parent.name: path.read_text().splitlines() for path in folder.rglob("entries.csv")}
    rows = (whole / "entries.csv").read_text().splitlines()

    assert {"company=1000", "company=2000"} == set(files)
    assert [rows[0], *(row for row in rows if row.startswith("2000,"))] == files["company=2000"]
    assert len(rows) + 1 == sum(map(len, files.values()))


def test_opening_balances_of_a_part(tmp_path: Path) -> None:
    """They are the balances at the end of the parts before it."""
    flags = ["--format", "csv", "--parts", "3", "--opening-balances"]
    folder = generated(tmp_path, "out", *flags, "--part", "1")
    generated(tmp_path, "before.csv", "--parts", "3", "--part", "0", "--fields", "account,local_amount")
    moved: dict[str, Decimal] = {}
    for line in (tmp_path / "before.csv").read_text().splitlines()[1:]:
        account, amount = line.split(",")
        moved[account] = moved.get(account, Decimal(0)) + max(Decimal(amount), Decimal(0))
    with (folder / "balances-opening-1-of-3.csv").open() as file:
        found = {line["account"]: Decimal(line["debit"]) for line in csv.DictReader(file)}

    assert {account: debit for account, debit in found.items() if debit} == {
        account: debit for account, debit in moved.items() if debit
    }
