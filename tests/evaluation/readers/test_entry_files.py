"""Files of entries."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.config import ConfigDocument
from datasynth.encoding import (
    NDJSON_DOCUMENTS,
    Amounts,
    Compression,
    Dialect,
    EntriesFormat,
    FileFormat,
    View,
    make_file_encoder,
)
from datasynth.evaluation.dataset import ENTRY_FIELDS, LINE_FIELDS
from datasynth.evaluation.readers.dataset_builder import read_dataset
from datasynth.evaluation.readers.entry_files import whole_entries
from datasynth.evaluation.readers.folder import Folder
from datasynth.evaluation.readers.source import Unreadable
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange, StagedFolder
from datasynth.output.data_set import DataSet, write_data_set
from datasynth.output.pipeline import write_range

if TYPE_CHECKING:
    from pathlib import Path

    from datasynth.evaluation import Dataset

ENTRIES = 17_000
"""More than a row group of Parquet has."""

DOCUMENT = ConfigDocument.defaults().merge(
    {
        "transactions": {"target_count": ENTRIES},
        "companies": [
            {"code": "1000"},
            {"code": "2000", "currency": "JPY", "country": "JP"},
            {"code": "3000", "currency": "KWD", "country": "KW"},
        ],
    }
)

FORMATS = [
    EntriesFormat(),
    EntriesFormat(compression=Compression.ZSTD),
    EntriesFormat(view=View.DOCUMENT, compression=Compression.GZIP),
    EntriesFormat(FileFormat.CSV),
    EntriesFormat(FileFormat.CSV, compression=Compression.GZIP),
    EntriesFormat(FileFormat.ARROW, footer=True),
    EntriesFormat(FileFormat.ARROW, View.DOCUMENT, Amounts.TEXT, footer=True),
    EntriesFormat(FileFormat.PARQUET),
    EntriesFormat(FileFormat.PARQUET, View.DOCUMENT),
    EntriesFormat(FileFormat.PARQUET, amounts=Amounts.TEXT, compression=Compression.ZSTD),
]


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Build the journal, once."""
    return Journal(DOCUMENT.config)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, journal: Journal) -> Path:
    """Write the data set with documents as NDJSON, once."""
    folder = tmp_path_factory.mktemp("data_set")
    with StagedFolder(folder) as staged:
        data = DataSet(DOCUMENT, JournalRange.whole(journal), NDJSON_DOCUMENTS)
        write_data_set(data, staged, 2, lambda _: None)
    return folder


@pytest.fixture(scope="module")
def expected(folder: Path) -> dict[str, list[Any]]:
    """Read what the documents say, once."""
    return _columns(read_dataset(Folder(folder), DOCUMENT.config))


def _written(folder: Path, reference: Path, journal: Journal, format: EntriesFormat) -> Path:
    """Write the entries in a format beside links to the reference data."""
    for file in reference.iterdir():
        if not file.name.startswith("entries"):
            (folder / file.name).symlink_to(file)
    name = f"entries{format.extension}"
    with StagedFolder(folder, force=True) as staged:
        write_range(
            JournalRange.whole(journal),
            make_file_encoder(format, journal.vocabulary),
            staged.file(name),
            2,
            lambda _: None,
            format.block_entries,
        )
    return folder / name


def _columns(data: Dataset) -> dict[str, list[Any]]:
    """Values by column, words for codes and rates as numbers."""
    found: dict[str, list[Any]] = {"first_line": data.first_line.tolist()}
    for fields, columns in ((ENTRY_FIELDS, data.entries), (LINE_FIELDS, data.lines)):
        for field in fields:
            values = getattr(columns, field.name).tolist()
            if field.words:
                words = [*data.vocabulary.words[field.words], None]
                values = [words[code] for code in values]
            found[field.name] = [Decimal(value) for value in values] if field.words == "rates" else values
    return found


@pytest.mark.slow
@pytest.mark.parametrize("format", FORMATS, ids=lambda format: f"{format.extension}-{format.view}")
def test_every_format_is_read_alike(
    tmp_path: Path, folder: Path, journal: Journal, expected: dict[str, list[Any]], format: EntriesFormat
) -> None:
    """What is judged does not depend on the format, and nothing of it is found inexact or missing."""
    _written(tmp_path, folder, journal, format)

    found = read_dataset(Folder(tmp_path), DOCUMENT.config)

    assert (0, {}) == (found.flaws.inexact, dict(found.flaws.missing))
    for name, values in _columns(found).items():
        assert expected[name] == values, name


@pytest.mark.parametrize(
    ("format", "message"),
    [
        (
            EntriesFormat(FileFormat.PARQUET, amounts=Amounts.MINOR),
            "amounts are whole minor units; .*decimal",
        ),
        (EntriesFormat(FileFormat.ARROW, fields=("account",), footer=True), "unknown column sequence"),
        (EntriesFormat(FileFormat.CSV, dialect=Dialect.EXCEL), "Column 'sequence' .* does not exist"),
    ],
)
def test_what_cannot_be_judged(
    tmp_path: Path, folder: Path, journal: Journal, format: EntriesFormat, message: str
) -> None:
    """The line says what is wrong and in which file."""
    path = _written(tmp_path, folder, journal, format)

    with pytest.raises(Unreadable, match=rf"{path}: [^\n]*{message}[^\n]*$"):
        read_dataset(Folder(tmp_path), DOCUMENT.config)


@pytest.mark.parametrize("name", ["entries.parquet", "entries.arrow", "entries.csv", "entries.csv.gz"])
@pytest.mark.parametrize("content", [b"", b"PAR1", b"\x00\xff\n" * 1_000])
def test_what_is_no_such_file(tmp_path: Path, name: str, content: bytes) -> None:
    """A file that is empty, cut off or of another kind is refused in one line that names it."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(Unreadable, match=rf"{tmp_path / name}: [^\n]+$"):
        read_dataset(Folder(tmp_path), DOCUMENT.config)


def test_several_files_of_entries(tmp_path: Path) -> None:
    """Which of two files is meant cannot be told."""
    for name in ("entries.csv", "entries.parquet"):
        (tmp_path / name).write_bytes(b"")

    with pytest.raises(Unreadable, match=r"several files .*: entries\.csv, entries\.p"):
        Folder(tmp_path)


def test_row_groups_of_another_writer(tmp_path: Path, folder: Path, journal: Journal) -> None:
    """Entries that a row group cuts through are read as one."""
    path = _written(tmp_path, folder, journal, EntriesFormat(FileFormat.PARQUET))
    whole = read_dataset(Folder(tmp_path), DOCUMENT.config).first_line.tolist()
    rows = pq.read_table(path)
    path.unlink()
    pq.write_table(rows, path, row_group_size=7_777)

    assert whole == read_dataset(Folder(tmp_path), DOCUMENT.config).first_line.tolist()


@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 30), max_size=5))
def test_whole_entries(steps: list[int], cuts: list[int]) -> None:
    """Wherever tables are cut, the parts hold the same rows, and no entry is in two of them."""
    sequence = [sum(steps[: place + 1]) for place in range(len(steps))]
    table = pa.table({"sequence": pa.array(sequence, pa.int64())})
    borders = [0, *sorted(min(cut, len(steps)) for cut in cuts), len(steps)]

    parts = whole_entries(table.slice(first, end - first) for first, end in itertools.pairwise(borders))

    found = [part.column("sequence").to_pylist() for part in parts]
    assert sequence == [number for part in found for number in part]
    assert all(before[-1] != after[0] for before, after in itertools.pairwise(found))
