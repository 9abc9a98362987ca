"""Half of a journal in each of two processes, which get its configuration and compute it themselves.

::

    python two_processes.py [ENTRIES]
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from pyarrow import compute

from datasynth import Journal

AT_A_TIME = 20_000
PROCESSES = 2


def count_documents(journal: Journal, entries: range) -> Counter[str]:
    """Count the documents of each business process in a range of entries."""
    counts: Counter[str] = Counter()
    for first in entries[::AT_A_TIME]:
        block = journal.block(first, min(AT_A_TIME, entries.stop - first))
        processes = block.to_arrow("document").column("business_process")
        for found in compute.value_counts(processes).to_pylist():
            counts[found["values"]] += found["counts"]
    return counts


def main() -> None:
    """Print how many documents of each business process a triggered journal has."""
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    journal = Journal.from_config({"transactions": {"target_count": entries}})
    journal, trigger = journal.trigger("month_end", entries // 2)
    share = -(-journal.total // PROCESSES)
    ranges = [range(first, min(first + share, journal.total)) for first in range(0, journal.total, share)]
    with ProcessPoolExecutor(PROCESSES) as pool:
        counts = sum(pool.map(partial(count_documents, journal), ranges), Counter())
    for process, count in sorted(counts.items()):
        print(f"{process:<5}{count:>12,}")
    print(f"{counts.total():,} documents, {trigger.entries} of them by the trigger")


if __name__ == "__main__":
    main()
