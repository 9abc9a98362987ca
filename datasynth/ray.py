"""Entries as a Ray data set; needs the extra ``ray``.

::

    from datasynth import ray

    ray.read(config={"transactions": {"target_count": 10_000_000}}).write_parquet("out")
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import ray.data

from datasynth.entries_table import EntriesTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ENTRIES_A_PARTITION = 131_072
"""Some 600,000 rows of the view ``line``."""


def read(
    config: Mapping[str, object] | None = None,
    view: str = "line",
    partitions: int | None = None,
    first: int = 0,
    count: int | None = None,
    triggers: Sequence[tuple[str, int]] = (),
) -> ray.data.Dataset:
    """Return entries as a data set that is computed where its blocks are.

    Parameters and errors are those of `datasynth.dask.read`; `partitions` is its `npartitions`.
    """
    table = EntriesTable.of(config, view, triggers)
    entries = table.entries(first, count)
    parts = table.partitions(entries, partitions or -(-len(entries) // ENTRIES_A_PARTITION) or 1)
    parts = parts or [range(first, first)]
    numbers = ray.data.range(len(parts), override_num_blocks=len(parts))
    return numbers.map_batches(
        partial(_compute, table, parts), batch_size=1, batch_format="pyarrow", zero_copy_batch=True
    )


def _compute(table: EntriesTable, parts: list[range], numbers: pa.Table) -> Iterator[pa.Table]:
    for number in numbers["id"].to_pylist():
        # A table of no rows first, so that an empty part has its columns, too.
        yield table.schema.empty_table()
        for batch in table.batches(parts[number]):
            yield pa.Table.from_batches([batch])
