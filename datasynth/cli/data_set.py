"""A whole data set as files, or its entries alone as one stream of bytes.

The files are the entries, what they refer to, and the configuration they came
from.  Entries are computed and encoded on native threads, a few blocks ahead of
the one thread that writes them in their order; reference data takes a moment.
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tqdm import tqdm

from datasynth import logs
from datasynth.encoding import Format, header, make_encoder
from datasynth.encoding.tables import TableFormat, encode_table
from datasynth.generation.journal import Journal
from datasynth.generation.parties.directory import parties, users
from datasynth.kernel import watched
from datasynth.service.admission.allocator import keep_freed_memory
from datasynth.service.reference.reference import LARGEST_PAGE
from datasynth.service.reference.rows import (
    ACCOUNTS,
    BALANCES,
    OPEN_ITEMS,
    PARTIES,
    USERS,
    account_rows,
    balance_rows,
    open_item_rows,
    party_rows,
    user_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from concurrent.futures import Future

    import numpy as np
    from numpy.typing import NDArray

    from datasynth.cli.draft import Draft
    from datasynth.config import ConfigDocument
    from datasynth.encoding.tables import Row, Table
    from datasynth.service.journals.protocols import JournalLike
    from datasynth.service.journals.reference_protocols import ListParties, ListUsers

    Progress = Callable[[int], object]
    Write = Callable[[memoryview], object]

BLOCK_ENTRIES = 2_048
"""Entries that a thread computes at a time; of no consequence for what is in them."""

AHEAD = 2
"""Blocks on their way for each thread."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a data set is made from.

    Attributes
    ----------
    document
        The configuration.
    journal
        Its journal.
    list_parties, list_users
        What the journal itself does not know.
    """

    document: ConfigDocument
    journal: JournalLike
    list_parties: ListParties
    list_users: ListUsers


@dataclass(frozen=True, slots=True)
class Manner:
    """How the work is done; of no consequence for what is written.

    Attributes
    ----------
    threads
        Native generator threads.
    quiet
        Whether nothing is said while all is well; else a terminal at stderr sees a progress bar.
    """

    threads: int
    quiet: bool = False


def generate(document: ConfigDocument, draft: Draft, manner: Manner) -> None:
    """Write the data set of a configuration.

    Parameters
    ----------
    document
        The configuration.
    draft
        Where the files go.
    manner
        How.
    """
    with _prepared(document, manner) as (source, progress):
        write_data_set(source, draft, manner.threads, progress)


def generate_entries(document: ConfigDocument, form: Format, write: Write, manner: Manner) -> None:
    """Write the entries of a configuration one after the other, and nothing else.

    Parameters
    ----------
    document
        The configuration.
    form
        How they are encoded.
    write
        Takes the bytes.
    manner
        How.
    """
    with _prepared(document, manner) as (source, progress):
        write(memoryview(header(form)))
        write_entries(source.journal, form, write, manner.threads, progress)


@contextmanager
def _prepared(document: ConfigDocument, manner: Manner) -> Iterator[tuple[Source, Progress]]:
    """Build the journal under a progress bar."""
    keep_freed_memory()
    total = document.config.transactions.target_count
    # Begun before the journal is built, so that nobody looks at nothing for the second that this takes.
    with (
        tqdm(
            total=total,
            unit=" entries",
            unit_scale=True,
            dynamic_ncols=True,
            disable=True if manner.quiet else None,
        ) as bar,
        watched(partial(_say, manner)),
    ):
        yield Source(document, Journal(document.config), parties, users), bar.update


def _say(manner: Manner, level: int, sentence: str) -> None:
    """Tell what the wait is for; what goes wrong is told in quiet, too."""
    if level > logging.INFO or not manner.quiet:
        with tqdm.external_write_mode(sys.stderr):
            logs.write(logs.STDERR, f"datasynth: {sentence}")


def write_data_set(source: Source, draft: Draft, threads: int, progress: Progress) -> None:
    """Write all files.

    Parameters
    ----------
    source
        What they are made from.
    draft
        Where they go.
    threads
        Native generator threads.
    progress
        Told how many entries more have been written.
    """
    config, journal = source.document.config, source.journal
    with draft.file("config.yaml") as out:
        out.write(source.document.as_yaml().encode())
    with draft.file("entries.ndjson") as out:
        write_entries(journal, Format.NDJSON_DOCUMENTS, out.write, threads, progress)
    _write_table(draft, "accounts", ACCOUNTS, account_rows(journal.chart))
    _write_table(draft, "parties", PARTIES, party_rows(source.list_parties(config, None)))
    _write_table(draft, "users", USERS, user_rows(source.list_users(config), config, None))
    balances = balance_rows(journal.balances(journal.total), journal.chart, config, None)
    _write_table(draft, "balances", BALANCES, balances)
    _write_table(draft, "open-items", OPEN_ITEMS, _open_items(journal, journal.total))
    _write_table(draft, "open-items-opening", OPEN_ITEMS, _open_items(journal, 0))


def write_entries(journal: JournalLike, form: Format, write: Write, threads: int, progress: Progress) -> None:
    """Write all entries of a journal in their order; parameters as above."""
    encoder = make_encoder(form, journal.vocabulary, "")

    def make(first: int) -> tuple[int, NDArray[np.uint8]]:
        block = journal.block(first, min(BLOCK_ENTRIES, journal.total - first))
        return block.entries, encoder.encode(block).data

    firsts = range(0, journal.total, BLOCK_ENTRIES)
    with closing(_in_order(make, firsts, threads)) as blocks:
        for entries, data in blocks:
            write(data.data)
            progress(entries)


def _in_order(
    make: Callable[[int], tuple[int, NDArray[np.uint8]]], firsts: Iterable[int], threads: int
) -> Generator[tuple[int, NDArray[np.uint8]]]:
    """Make blocks on native threads, and yield them in their order."""
    waiting: deque[Future[tuple[int, NDArray[np.uint8]]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for first in firsts:
                waiting.append(pool.submit(make, first))
                if len(waiting) > threads * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Whoever is interrupted waits for the blocks that are begun, and for no others.
            pool.shutdown(wait=False, cancel_futures=True)


def _write_table(draft: Draft, name: str, table: Table, rows: Iterable[Row]) -> None:
    with draft.file(f"{name}.csv") as out:
        out.writelines(encode_table(table, TableFormat.CSV, rows))


def _open_items(journal: JournalLike, position: int) -> Iterator[Row]:
    place: int | None = 0
    while place is not None:
        items, place = journal.open_items(position, None, place, LARGEST_PAGE)
        yield from open_item_rows(items, journal)
