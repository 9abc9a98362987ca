"""The trial balance of a million entries, summed from Arrow record batches.

::

    python trial_balance.py [ENTRIES]
"""

from __future__ import annotations

import sys

import pyarrow as pa
from pyarrow import compute

from datasynth import Journal

AT_A_TIME = 50_000
"""Entries of a block; some hundred megabytes as a record batch."""


def trial_balance(journal: Journal) -> pa.Table:
    """Sum what is posted on each account, debits less credits in company currency."""
    # Threads of Arrow can abort a program that ends soon after (apache/arrow issue 39862).
    keys = ["account", "account_name"]
    sums = []
    for first in range(0, journal.total, AT_A_TIME):
        batch = journal.block(first, min(AT_A_TIME, journal.total - first)).to_arrow()
        lines = pa.table(batch.select([*keys, "local_amount"]))
        sums.append(lines.group_by(keys, use_threads=False).aggregate([("local_amount", "sum")]))
    added = pa.concat_tables(sums).rename_columns(["account", "account_name", "movement"])
    grouped = added.group_by(keys, use_threads=False).aggregate([("movement", "sum")])
    return grouped.sort_by([("movement_sum", "descending")])


def main() -> None:
    """Print the accounts that moved most, and the total, which is zero."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    table = trial_balance(Journal.from_config({"transactions": {"target_count": entries}}))
    for row in [*table.slice(0, 3).to_pylist(), *table.slice(len(table) - 3).to_pylist()]:
        print(f"{row['account']}  {row['account_name']:<40}{row['movement_sum']:>25,.2f}")
    print(f"{len(table)} accounts, in all {compute.sum(table['movement_sum']).as_py():.2f}")


if __name__ == "__main__":
    main()
