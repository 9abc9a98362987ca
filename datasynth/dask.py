"""Entries as a Dask data frame; needs the extra ``dask``.

::

    from datasynth import dask

    frame = dask.read(config={"transactions": {"target_count": 10_000_000}}, npartitions=100)
    frame.groupby("account")[["debit", "credit"]].sum().compute()
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import dask.dataframe as dd
import pandas as pd
from dask.dataframe.extensions import make_scalar

from datasynth.entries_table import EntriesTable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

ENTRIES_A_PARTITION = 131_072
"""Some 600,000 rows of the view ``line``, about 200 MB as a data frame."""

# Dask plans with an example of each result, and has none of decimals: sums of amounts would fail.
make_scalar.register(Decimal, lambda value: value)


def read(
    config: Mapping[str, object] | None = None,
    view: str = "line",
    npartitions: int | None = None,
    first: int = 0,
    count: int | None = None,
    triggers: Sequence[tuple[str, int]] = (),
) -> dd.DataFrame:
    """Return entries as a data frame that is computed where its partitions are.

    Parameters
    ----------
    config
        What a configuration file would hold, in plain values; what it leaves out has its default.
    view
        ``line``: a row a line; ``document``: a row an entry, with its lines as a list.
    npartitions
        Number of partitions, at most; by default one for `ENTRIES_A_PARTITION`.
    first, count
        Sequence number of the first entry, and number of entries; all by default.
    triggers
        Pattern and sequence number of each trigger.

    Raises
    ------
    InvalidConfiguration
        With every problem of the configuration.
    ValueError
        There is no such view, or no such range.
    """
    table = EntriesTable.of(config, view, triggers)
    entries = table.entries(first, count)
    parts = table.partitions(entries, npartitions or -(-len(entries) // ENTRIES_A_PARTITION) or 1)
    meta = _frame(table.schema.empty_table())
    return dd.from_map(_part, parts or [range(first, first)], table=table, meta=meta)


def _part(entries: range, table: EntriesTable) -> pd.DataFrame:
    return _frame(table.table(entries))


def _frame(table: pa.Table) -> pd.DataFrame:
    """A data frame with Arrow's own types, so that amounts stay exact."""
    return table.to_pandas(types_mapper=pd.ArrowDtype)
