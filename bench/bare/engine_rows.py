"""Rows for a cluster engine that cost nothing to make: one batch of a process, over and over."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from datasynth.entries_table import EntriesTable


def again(table: EntriesTable, entries: range) -> Iterator[pa.RecordBatch]:
    """Return as many batches as a range has blocks; all are the first one."""
    return itertools.repeat(_first(table), len(entries) // table.format.block_entries)


@lru_cache
def _first(table: EntriesTable) -> pa.RecordBatch:
    return next(table.batches(range(table.format.block_entries)))
