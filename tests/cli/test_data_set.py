"""A data set as files, over a small journal and the real encoders."""

from __future__ import annotations

import csv
import json
import logging
import threading
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from datasynth.cli import data_set
from datasynth.cli.draft import Draft
from datasynth.config import ConfigDocument
from datasynth.encoding import Format, header, make_encoder
from tests.books import list_parties, list_users
from tests.transports.journal import SmallJournal

if TYPE_CHECKING:
    from pathlib import Path

    from datasynth.generation.block import Block
    from datasynth.service.journals.protocols import JournalLike

COUNT = 3 * data_set.BLOCK_ENTRIES + 17
DOCUMENT = ConfigDocument.defaults().merge({"transactions": {"target_count": COUNT}})
NAMES = {
    "config.yaml",
    "entries.ndjson",
    "accounts.csv",
    "parties.csv",
    "users.csv",
    "balances.csv",
    "open-items.csv",
    "open-items-opening.csv",
}


class BusyJournal(SmallJournal):
    """A journal that notes which threads compute its blocks, and fails where a test wants it to."""

    def __init__(self, broken_from: int = COUNT) -> None:
        super().__init__(DOCUMENT.config)
        self.threads: set[int] = set()
        self.begun: list[int] = []
        self.broken_from = broken_from

    def block(self, first: int, count: int) -> Block:
        self.threads.add(threading.get_ident())
        self.begun.append(first)
        if first >= self.broken_from:
            raise KeyboardInterrupt
        return super().block(first, count)


def write(folder: Path, journal: JournalLike, threads: int = 2) -> list[int]:
    """Write the files; what the progress bar was told."""
    told: list[int] = []
    with Draft(folder) as draft:
        source = data_set.Source(DOCUMENT, journal, list_parties, list_users)
        data_set.write_data_set(source, draft, threads, told.append)
    return told


def rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_entries_are_those_of_the_journal(tmp_path: Path, threads: int) -> None:
    """For any number of threads the entries are the journal's in the document view, in order."""
    journal = SmallJournal(DOCUMENT.config)
    encoder = make_encoder(Format.NDJSON_DOCUMENTS, journal.vocabulary, "")
    expected = encoder.encode(journal.block(0, COUNT)).data.tobytes()
    told = write(tmp_path, journal, threads)

    assert expected == (tmp_path / "entries.ndjson").read_bytes()
    assert (COUNT, 4) == (sum(told), len(told))


@pytest.mark.parametrize("form", [Format.NDJSON_LINES, Format.CSV_LINES])
def test_entries_alone(form: Format) -> None:
    """Without the other files entries may be written in any format, in order."""
    journal, written = SmallJournal(DOCUMENT.config), bytearray()
    encoder = make_encoder(form, journal.vocabulary, "")
    expected = encoder.encode(journal.block(0, COUNT)).data.tobytes()

    data_set.write_entries(journal, form, written.extend, 2, lambda _: None)

    assert expected == bytes(written)


def test_files(tmp_path: Path) -> None:
    """There is a file for each call, the opening items, and the configuration that made them."""
    write(tmp_path, SmallJournal(DOCUMENT.config))

    assert {path.name for path in tmp_path.iterdir()} == NAMES
    assert DOCUMENT.as_yaml() == (tmp_path / "config.yaml").read_text()
    assert ["1", "1100", "4", "4000"] == [row["account"] for row in rows(tmp_path / "accounts.csv")]
    assert ["C-1000"] == [row["partner_id"] for row in rows(tmp_path / "parties.csv")]
    assert ["U-1000", "S-1000"] == [row["user_id"] for row in rows(tmp_path / "users.csv")]


def test_balances_are_those_of_the_end(tmp_path: Path) -> None:
    """What the lines post is what the balances say was posted."""
    write(tmp_path, SmallJournal(DOCUMENT.config))
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for entry in (tmp_path / "entries.ndjson").read_text().splitlines():
        for line in json.loads(entry)["lines"]:
            posted[line["account"]] += Decimal(line["local_amount"])

    assert posted == {
        row["account"]: Decimal(row["debit"]) - Decimal(row["credit"])
        for row in rows(tmp_path / "balances.csv")
    }


def test_open_items_of_the_end_and_of_the_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All pages of open items are in the files, at the end and at the start."""
    monkeypatch.setattr(data_set, "LARGEST_PAGE", 100)
    write(tmp_path, SmallJournal(DOCUMENT.config))
    references = [row["reference"] for row in rows(tmp_path / "open-items.csv")]

    assert [f"INV-{number:010d}" for number in range(0, COUNT, 10)] == references
    assert [] == rows(tmp_path / "open-items-opening.csv")


def test_blocks_are_computed_on_native_threads_and_not_far_ahead(tmp_path: Path) -> None:
    """The thread that writes computes nothing."""
    journal = BusyJournal()
    write(tmp_path, journal)

    assert threading.get_ident() not in journal.threads
    assert 1 <= len(journal.threads) <= 2


def test_an_interrupt_leaves_no_files_and_no_threads(tmp_path: Path) -> None:
    """What ends the writing ends the threads, and nothing stays behind."""
    folder = tmp_path / "out"
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        write(folder, BusyJournal(broken_from=1))

    assert not folder.exists()
    assert before == threading.active_count()


@pytest.mark.parametrize(
    ("quiet", "level", "said"),
    [
        (False, logging.INFO, "datasynth: word\n"),
        (True, logging.INFO, ""),
        (True, logging.WARNING, "datasynth: word\n"),
    ],
)
def test_what_the_kernels_have_to_say(
    capfd: pytest.CaptureFixture[str], quiet: bool, level: int, said: str
) -> None:
    """That kernels are compiled is said on standard error, and in quiet only what goes wrong with them."""
    data_set._say(data_set.Manner(1, quiet=quiet), level, "word")

    assert ("", said) == capfd.readouterr()


def test_entries_under_a_progress_bar(capfd: pytest.CaptureFixture[str]) -> None:
    """A stream of a format with a header begins with it, and standard output has nothing of ours."""
    written = bytearray()
    document = ConfigDocument.defaults().merge({"transactions": {"target_count": 3}})
    data_set.generate_entries(document, Format.CSV_LINES, written.extend, data_set.Manner(1, quiet=True))

    assert bytes(written).startswith(header(Format.CSV_LINES))
    assert {"0", "1", "2"} == {row["sequence"] for row in csv.DictReader(written.decode().splitlines())}
    assert ("", "") == capfd.readouterr()
