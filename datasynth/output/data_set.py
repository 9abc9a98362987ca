"""A whole data set as files: the entries, what they refer to, and the configuration they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.encoding import Format
from datasynth.encoding.tables import TableFormat, encode_table
from datasynth.generation.parties.directory import parties, users
from datasynth.output import reference_rows
from datasynth.output.file_encoder import RecordEncoder
from datasynth.output.journal_range import JournalRange
from datasynth.output.pipeline import write_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.config import ConfigDocument
    from datasynth.encoding.tables import Row, Table
    from datasynth.generation.journal import Journal
    from datasynth.output.pipeline import Progress
    from datasynth.output.staged_folder import StagedFolder

ITEMS_AT_A_TIME = 10_000
"""Open items that are listed at a time."""


def write_data_set(
    document: ConfigDocument, journal: Journal, folder: StagedFolder, threads: int, progress: Progress
) -> None:
    """Write all files.

    Parameters
    ----------
    document
        The configuration.
    journal
        Its journal; it may have triggers.
    folder
        Where they go.
    threads
        Native generator threads; reference data takes one, for a moment.
    progress
        Called with the number of entries that have just been written.
    """
    config = document.config
    with folder.file("config.yaml") as out:
        out.write(document.as_yaml().encode())
    encoder = RecordEncoder(Format.NDJSON_DOCUMENTS, journal.vocabulary)
    write_range(JournalRange.whole(journal), encoder, folder.file("entries.ndjson"), threads, progress)
    balances = reference_rows.balance_rows(journal.balances(journal.total), journal.chart, config, None)
    for name, table, rows in (
        ("accounts", reference_rows.ACCOUNTS, reference_rows.account_rows(journal.chart)),
        ("parties", reference_rows.PARTIES, reference_rows.party_rows(parties(config, None))),
        ("users", reference_rows.USERS, reference_rows.user_rows(users(config), config, None)),
        ("balances", reference_rows.BALANCES, balances),
        ("open-items", reference_rows.OPEN_ITEMS, _open_items(journal, journal.total)),
        ("open-items-opening", reference_rows.OPEN_ITEMS, _open_items(journal, 0)),
    ):
        _write_table(folder, name, table, rows)


def _write_table(folder: StagedFolder, name: str, table: Table, rows: Iterable[Row]) -> None:
    with folder.file(f"{name}.csv") as out:
        out.writelines(encode_table(table, TableFormat.CSV, rows))


def _open_items(journal: Journal, position: int) -> Iterator[Row]:
    place: int | None = 0
    while place is not None:
        items, place = journal.open_items(position, None, place, ITEMS_AT_A_TIME)
        yield from reference_rows.open_item_rows(items, journal.config, journal.chart, journal.vocabulary)
