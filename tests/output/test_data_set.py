"""A data set as files."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from datasynth.encoding import NDJSON_DOCUMENTS, make_encoder
from datasynth.generation.journal import Journal
from datasynth.generation.parties.directory import parties, users
from datasynth.output import JournalRange, StagedFolder, data_set

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 5_000
DOCUMENT = ConfigDocument.defaults().merge(
    {"chart_of_accounts": {"complexity": "small"}, "transactions": {"target_count": COUNT}}
)
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


def write(folder: Path, journal: Journal) -> list[int]:
    """Write the files; what was told of the progress."""
    told: list[int] = []
    with StagedFolder(folder) as staged:
        data = data_set.DataSet(DOCUMENT, JournalRange.whole(journal), NDJSON_DOCUMENTS)
        data_set.write_data_set(data, staged, 2, told.append)
    return told


def rows(file: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Build the journal, with a close that was triggered."""
    return Journal(DOCUMENT.config).trigger("month_end", 2_000)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, journal: Journal) -> Path:
    """Write the data set, once."""
    folder = tmp_path_factory.mktemp("data_set")
    assert journal.total == sum(write(folder, journal))
    return folder


def test_entries_are_those_of_the_journal(folder: Path, journal: Journal) -> None:
    """Entries are the journal's in the document view, triggered ones included."""
    encoder = make_encoder(NDJSON_DOCUMENTS, journal.vocabulary, "")
    expected = encoder.encode(journal.block(0, journal.total)).data.tobytes()

    assert expected == (folder / "entries.ndjson").read_bytes()


def test_files(folder: Path, journal: Journal) -> None:
    """There is a file for each call, the opening items, and the configuration that made them."""
    config = DOCUMENT.config
    chart = journal.chart

    assert {path.name for path in folder.iterdir()} == NAMES
    assert DOCUMENT.as_yaml() == (folder / "config.yaml").read_text()
    assert len(chart.headings) + len(chart.accounts) == len(rows(folder / "accounts.csv"))
    assert [party.partner_id for party in parties(config, None)] == [
        row["partner_id"] for row in rows(folder / "parties.csv")
    ]
    assert [user.user_id for user in users(config)] == [row["user_id"] for row in rows(folder / "users.csv")]


def test_balances_are_those_of_the_end(folder: Path) -> None:
    """What the lines post is what the balances say was posted."""
    posted: dict[str, Decimal] = defaultdict(Decimal)
    for entry in (folder / "entries.ndjson").read_text().splitlines():
        for line in json.loads(entry)["lines"]:
            posted[line["account"]] += Decimal(line["local_amount"])
    moved = {
        row["account"]: Decimal(row["debit"]) - Decimal(row["credit"])
        for row in rows(folder / "balances.csv")
    }

    assert {account: amount for account, amount in moved.items() if account in posted} == posted
    assert not any(amount for account, amount in moved.items() if account not in posted)


@pytest.mark.parametrize(("name", "position"), [("open-items", None), ("open-items-opening", 0)])
def test_open_items_of_the_end_and_of_the_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, journal: Journal, name: str, position: int | None
) -> None:
    """All open items are in the files, at the end and at the start, however many are listed at a time."""
    monkeypatch.setattr(data_set, "ITEMS_AT_A_TIME", 10)
    write(tmp_path, journal)
    items, after = journal.open_items(journal.total if position is None else position, None, 0, 100_000)

    assert after is None
    assert len(items) > 10
    assert [item.reference for item in items] == [row["reference"] for row in rows(tmp_path / f"{name}.csv")]
