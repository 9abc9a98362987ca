"""A whole data set as files: the entries, what they refer to, and the configuration they came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from datasynth.encoding import make_file_encoder
from datasynth.encoding.tables import TableFormat, encode_table
from datasynth.generation.parties.directory import parties, users
from datasynth.output import reference_rows
from datasynth.output.pipeline import OutputFile, write_files, write_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from datasynth.config import ConfigDocument
    from datasynth.encoding import EntriesFormat
    from datasynth.encoding.tables import Row, Table
    from datasynth.generation.journal import Journal
    from datasynth.output.journal_range import JournalRange
    from datasynth.output.pipeline import Progress
    from datasynth.output.sink import Sink

MOST_BLOCKS_TOGETHER = 8
"""Blocks that are made as one where their entries go into several files."""

ITEMS_AT_A_TIME = 10_000
"""Open items that are listed at a time."""


class OutputFolder(Protocol):
    """Where files are made."""

    def file(self, name: str) -> Sink:
        """Return a new file of this name."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """What a data set is of.

    Attributes
    ----------
    document
        The configuration.
    source
        The entries; their journal may have triggers.
    format
        How entries are written.
    """

    document: ConfigDocument
    source: JournalRange
    format: EntriesFormat


def write_data_set(data: DataSet, folder: OutputFolder, threads: int, progress: Progress) -> None:
    """Write all files.

    Parameters
    ----------
    data
        What is written.
    folder
        Where they go.
    threads
        Native generator threads; reference data takes one, for a moment.
    progress
        Called with the number of entries that have just been written.
    """
    write_entries(data, folder, f"entries{data.format.extension}", threads, progress)
    write_reference(data, folder)


def write_entries(data: DataSet, folder: OutputFolder, name: str, threads: int, progress: Progress) -> None:
    """Write the entries into a file of this name; parameters are those of `write_data_set`."""
    encoder = make_file_encoder(data.format, data.source.journal.vocabulary)
    write_range(data.source, encoder, folder.file(name), threads, progress, data.format.block_entries)


def write_months(data: DataSet, folder: OutputFolder, threads: int, progress: Progress) -> None:
    """Write a file for each calendar month with entries; parameters are those of `write_data_set`."""
    for month, source in data.source.months():
        name = f"entries/month={month:%Y-%m}/entries{data.format.extension}"
        write_entries(replace(data, source=source), folder, name, threads, progress)


def write_companies(data: DataSet, folder: OutputFolder, threads: int, progress: Progress) -> None:
    """Write a file for each company, all in one go; parameters are those of `write_data_set`."""
    companies = data.document.config.companies
    targets = [
        OutputFile(
            make_file_encoder(replace(data.format, company=company.code), data.source.journal.vocabulary),
            folder.file(f"entries/company={company.code}/entries{data.format.extension}"),
        )
        for company in companies
    ]
    # A company has a part of each block, so blocks are larger.
    entries = data.format.block_entries * min(len(companies), MOST_BLOCKS_TOGETHER)
    write_files(data.source, targets, threads, progress, entries)


def write_reference(data: DataSet, folder: OutputFolder) -> None:
    """Write the configuration and the tables that entries refer to, as of the end of the entries."""
    config, journal, source = data.document.config, data.source.journal, data.source
    with folder.file("config.yaml") as out:
        out.write(data.document.as_yaml().encode())

    tables: list[tuple[str, Table, Iterable[Row]]] = [
        ("accounts", reference_rows.ACCOUNTS, reference_rows.account_rows(journal.chart)),
        ("parties", reference_rows.PARTIES, reference_rows.party_rows(parties(config, None))),
        ("users", reference_rows.USERS, reference_rows.user_rows(users(config), config, None)),
        ("balances", reference_rows.BALANCES, _balances(data, source.end)),
        ("open-items", reference_rows.OPEN_ITEMS, _open_items(journal, source.end)),
        ("open-items-opening", reference_rows.OPEN_ITEMS, _open_items(journal, source.first)),
    ]
    for name, table, rows in tables:
        _write_table(folder, name, table, rows)
    if source.first:
        # Of the whole, `balances` has the opening balances, too.
        write_opening(data, folder, "balances-opening")


def write_opening(data: DataSet, folder: OutputFolder, name: str) -> None:
    """Write the balances before the first entry into a CSV file of this name, without its end."""
    _write_table(folder, name, reference_rows.BALANCES, _balances(data, data.source.first))


def _balances(data: DataSet, position: int) -> Iterable[Row]:
    journal = data.source.journal
    found = journal.balances(position)
    return reference_rows.balance_rows(found, journal.chart, data.document.config, None)


def _write_table(folder: OutputFolder, name: str, table: Table, rows: Iterable[Row]) -> None:
    with folder.file(f"{name}.csv") as out:
        for chunk in encode_table(table, TableFormat.CSV, rows):
            out.write(chunk)


def _open_items(journal: Journal, position: int) -> Iterator[Row]:
    place: int | None = 0
    while place is not None:
        items, place = journal.open_items(position, None, place, ITEMS_AT_A_TIME)
        yield from reference_rows.open_item_rows(items, journal.config, journal.chart, journal.vocabulary)
