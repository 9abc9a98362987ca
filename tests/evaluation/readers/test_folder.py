"""Folders."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
import yaml

from datasynth.evaluation import evaluate
from datasynth.evaluation.readers.dataset_builder import read_dataset
from datasynth.evaluation.readers.folder import Folder
from datasynth.evaluation.readers.source import Unreadable
from tests.evaluation.good import good_books

if TYPE_CHECKING:
    from pathlib import Path

FILES = (
    "entries.ndjson",
    "config.yaml",
    "accounts.csv",
    "parties.csv",
    "users.csv",
    "balances.csv",
    "open-items.csv",
    "open-items-opening.csv",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Good books as files."""
    books = good_books()
    (tmp_path / "entries.ndjson").write_bytes(b"".join(books.entries()))
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(books.config_document), "utf-8")
    for name, rows in books.tables.items():
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(
                {key: str(value).lower() if isinstance(value, bool) else value for key, value in row.items()}
                for row in rows
            )
    return tmp_path


def test_folder(folder: Path) -> None:
    """A folder is judged as the books it was written from."""
    source = Folder(folder)
    config = source.config()
    books = good_books()

    expected = evaluate(read_dataset(books, books.config()), books.config())

    assert expected == evaluate(read_dataset(source, config), config)


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_is_not_there(folder: Path, file: str) -> None:
    """The line names the file or the folder."""
    (folder / file).unlink()

    with pytest.raises(Unreadable, match=rf"^{folder}[^\n]+$"):
        read_dataset(Folder(folder), Folder(folder).config())


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """So does that of a folder."""
    with pytest.raises(Unreadable, match="folder not found"):
        Folder(tmp_path / "none")


def test_entries_that_are_none(folder: Path) -> None:
    """The line tells how far the file could be read."""
    (folder / "entries.ndjson").write_text("{}\nhello\n", "utf-8")

    with pytest.raises(Unreadable, match=r"^entries after the first 0: [^\n]+$"):
        read_dataset(Folder(folder), Folder(folder).config())


def test_no_entries(folder: Path) -> None:
    """Nothing cannot be judged."""
    (folder / "entries.ndjson").write_text("", "utf-8")

    with pytest.raises(Unreadable, match="the data has no entries"):
        read_dataset(Folder(folder), Folder(folder).config())
