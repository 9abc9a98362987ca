"""What every engine has to find, from one process without an engine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pyarrow import compute

from datasynth.entries_table import EntriesTable

if TYPE_CHECKING:
    from decimal import Decimal

CONFIG = {"transactions": {"target_count": 40_000}, "chart_of_accounts": {"complexity": "small"}}
PARTITIONS = (1, 2, 7)


class Sums(NamedTuple):
    """Rows, and the sums of debits and credits."""

    rows: int
    debit: Decimal
    credit: Decimal


@cache
def sums() -> Sums:
    """Sum the whole journal."""
    table = EntriesTable.of(CONFIG, "line")
    whole = table.table(table.entries())
    return Sums(whole.num_rows, compute.sum(whole["debit"]).as_py(), compute.sum(whole["credit"]).as_py())
