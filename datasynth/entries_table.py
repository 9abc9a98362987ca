"""The entries of a configuration as a table for cluster engines: what is sent to a worker, and what it does.

A worker gets a configuration, triggers and a range, some kilobytes, and computes its entries from them.
It needs nothing of another worker.  Each process builds the journal once.
"""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow as pa

from datasynth.config import config_from_mapping
from datasynth.encoding import EntriesFormat, FileFormat, View
from datasynth.encoding.arrow_schema import entries_schema
from datasynth.library import Journal
from datasynth.output import JournalRange

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

JOURNALS = 2
"""Journals that a process keeps, so that a query of two tables builds each of them once."""

_BUILDING = threading.Lock()


@dataclass(frozen=True, slots=True)
class EntriesTable:
    """Entries as rows; a small value that can be sent anywhere.

    Attributes
    ----------
    document
        The configuration, as JSON: what it leaves out has its default.
    triggers
        Pattern and sequence number of each trigger, in order.
    format
        Its view, fields, amounts and company count.
    """

    document: str = "{}"
    triggers: tuple[tuple[str, int], ...] = ()
    format: EntriesFormat = field(default=EntriesFormat(FileFormat.ARROW))

    @classmethod
    def of(
        cls, config: Mapping[str, object] | None, view: str, triggers: Sequence[tuple[str, int]] = ()
    ) -> EntriesTable:
        """Make the table of a configuration in plain values, checked at once.

        Raises
        ------
        InvalidConfiguration
            With every problem.
        ValueError
            There is no such view.
        """
        document = json.dumps(dict(config or {}))
        config_from_mapping(json.loads(document))
        return cls(
            document,
            tuple((pattern, at_sequence) for pattern, at_sequence in triggers),
            EntriesFormat(FileFormat.ARROW, View(view)),
        )

    @property
    def schema(self) -> pa.Schema:
        """That of every batch: the published one, with words as plain strings and times in microseconds.

        Cluster engines know no dictionaries, and no times in seconds.
        """
        return pa.schema([_plain(column) for column in entries_schema(self.format)])

    @property
    def total(self) -> int:
        """Number of entries; without triggers no journal is built for it."""
        if self.triggers:
            return self._journal.total
        return config_from_mapping(json.loads(self.document)).transactions.target_count

    def entries(self, first: int = 0, count: int | None = None) -> range:
        """Return the sequence numbers of a range, cut at the end; ValueError if there are none such."""
        total = self.total
        if not 0 <= first <= total or (count is not None and count < 0):
            raise ValueError(
                f"first must be from 0 to {total:,}, the number of entries; count must not be negative"
            )
        return range(first, total if count is None else min(total, first + count))

    def partitions(self, entries: range, parts: int) -> list[range]:
        """Cut a range into so many of about the same size, at the borders of blocks; none is empty."""
        size = self.format.block_entries
        first_block, end_block = entries.start // size, -(-entries.stop // size)
        blocks = end_block - first_block
        borders = [(first_block + blocks * part // parts) * size for part in range(parts + 1)]
        cut = [
            range(max(begin, entries.start), min(end, entries.stop))
            for begin, end in itertools.pairwise(borders)
        ]
        return [part for part in cut if part]

    def days(self, entries: range, begin: date | None, end: date | None) -> range:
        """Return the part of a range that is posted from one day to another; None for any day."""
        source = JournalRange(self._journal, entries.start, len(entries)).between(begin, end)
        return range(source.first, source.end)

    def batches(self, entries: range) -> Iterator[pa.RecordBatch]:
        """Compute a range, a record batch a block."""
        journal, schema = self._journal, self.schema
        encoder = journal.arrow_encoder(self.format.view)
        for part in JournalRange(journal, entries.start, len(entries)).cut(self.format.block_entries):
            batch = encoder.encode(journal.block(part.first, part.count))
            yield batch.cast(schema)

    def table(self, entries: range) -> pa.Table:
        """Compute a range as one table."""
        return pa.Table.from_batches(self.batches(entries), schema=self.schema)

    @property
    def _journal(self) -> Journal:
        # Threads of a process wait for one build instead of doing it again.
        with _BUILDING:
            return _built(self.document, self.triggers)


@lru_cache(maxsize=JOURNALS)
def _built(document: str, triggers: tuple[tuple[str, int], ...]) -> Journal:
    journal = Journal.from_config(json.loads(document))
    for pattern, at_sequence in triggers:
        journal, _ = journal.trigger(pattern, at_sequence)
    return journal


def _plain(column: pa.Field) -> pa.Field:
    return column.with_type(_plain_type(column.type))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    if pa.types.is_list(kind):
        return pa.list_(pa.struct([_plain(column) for column in kind.value_type]))
    return kind
